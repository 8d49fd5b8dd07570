package io.interrex.config;

import io.interrex.cluster.settings.Timings;
import java.time.Duration;
import java.util.List;

/**
 * Predicts how long writes stop after a fault, from the timings alone. What the timings do not say is a measured constant
 * of this file; recovery of a large WAL and a slow disk come on top.
 *
 * <p>Symbols as in protocol.md. The last renewal before a fault is up to r old, on average r/2; the steps of a failover
 * run beside the wait for H where the protocol allows it:
 *
 * <pre>
 * agreed    = max(suspect + r, log)          voters agree to start; the log has a leader again if it lost one
 * revoked   = agreed + d + revoke            standbys have promised
 * free      = max(revoked, H)                the old promises have run out
 * writable  = free + append + d + promote + d + route
 * </pre>
 */
public final class Prediction {

    /** The log's longest gap when its leader is lost, in the profile fast (design.md); in a slower one no longer than a suspicion takes. */
    private static final long LOG_MS = 1400;

    /** Revoking a standby: 21 to 41 ms measured. */
    private static final long REVOKE_MS = 50;

    /** Two appends of a decision to the log: p99 40 to 50 ms each. */
    private static final long APPEND_MS = 100;

    /** pg_promote polled until recovery has ended: 100 to 200 ms. */
    private static final long PROMOTE_MS = 250;

    /** Marker, gate and routes. */
    private static final long ROUTE_MS = 100;

    /** Killing the tree and starting PostgreSQL again with little WAL to replay. */
    private static final long RESTART_MS = 400;

    private Prediction() {}

    /**
     * @param fault what goes wrong
     * @param typical expected on a network far better than d
     * @param atMost with every delay at the limit that the timings allow, and no second fault
     * @param formula how it comes about
     */
    public record Outage(String fault, Duration typical, Duration atMost, String formula) {}

    public static List<Outage> of(Timings t) {
        long r = t.renewEvery().toMillis();
        long d = t.roundTripMax().toMillis();
        long suspect = t.suspectAfter().toMillis();
        long h = t.promiseFor().toMillis();
        long probe = t.writeProbeMax().toMillis();

        long log = Math.max(LOG_MS, suspect + r);

        long work = APPEND_MS + PROMOTE_MS + ROUTE_MS;
        long failover = Math.max(suspect + REVOKE_MS, h) - r / 2 + work;
        long failoverMax = Math.max(log + d + REVOKE_MS, h) + d + d + work;
        String failoverFormula = "max(max(suspect + r, log) + d + revoke, H) + append + d + promote + d + route";
        return List.of(
                outage("primary's host lost, or cut off", failover, failoverMax, failoverFormula),
                outage("primary's agent hung or gone", failover, failoverMax, "as above; T closes the gate before H"),
                outage(
                        "primary's postmaster crashed",
                        RESTART_MS + r / 2,
                        RESTART_MS + r + d,
                        "restart + barrier + r + d (a lease round sent after the barrier)"),
                outage(
                        "primary's write path hangs",
                        probe + r / 2 + RESTART_MS + r / 2,
                        probe + r + RESTART_MS + r + d,
                        "write-probe-max + r + as a crash"),
                outage(
                        "last spare synchronous standby lost (k = |S|)",
                        3 * r + APPEND_MS,
                        3 * r + d + 2 * APPEND_MS + log,
                        "3 failed probes at r + append + d; at most + log"),
                outage("synchronous standby lost (k < |S|)", 0, 0, "the others acknowledge"),
                outage("switchover", work, work + 2 * d, "append + d + promote + d + route; no wait for H"));
    }

    private static Outage outage(String fault, long typicalMs, long atMostMs, String formula) {
        return new Outage(fault, Duration.ofMillis(typicalMs), Duration.ofMillis(atMostMs), formula);
    }
}
