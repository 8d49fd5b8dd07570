package io.interrex.node;

import io.interrex.cluster.settings.Quantity;
import io.interrex.cluster.settings.Timings;
import io.interrex.config.ConfigProblems;
import io.interrex.config.NodeConfig;
import io.interrex.guard.ClosingDelay;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether a node without the kernel's gate may start: it ends a lost lease by killing PostgreSQL, and the time that this takes
 * here, measured, has to fit between T and H.
 */
record ClosingCheck(NodeConfig node, Measurement measurement) {

    private static final Logger LOG = LoggerFactory.getLogger(ClosingCheck.class);
    /** A start is the busiest moment of a node; the quietest of so many measurements counts. */
    private static final int MEASUREMENTS_MAX = 3;

    /** How g is found. */
    interface Measurement {
        /** @param limit what takes longer is too slow, by however much */
        ClosingDelay take(Duration limit) throws IOException, InterruptedException;
    }

    /** Gives g. Refuses T, in words, where the guard needs more time than the timings leave it. */
    Duration require() throws IOException, InterruptedException, ConfigProblems {
        Timings timings = node.cluster().timings();
        Duration allowed = timings.closingAllowed();
        ClosingDelay best = measurement.take(allowed);
        for (int n = 1; n < MEASUREMENTS_MAX && best.closingTime().compareTo(allowed) > 0; n++) {
            ClosingDelay next = measurement.take(allowed);
            best = next.slowest().compareTo(best.slowest()) < 0 ? next : best;
        }
        if (best.closingTime().compareTo(allowed) > 0) {
            throw refusal(timings, best, allowed);
        }
        LOG.info(
                "the guard closes within g = {} us, as measured: twice the slowest of {} deaths; allowed are {} us",
                micros(best.closingTime()),
                best.deaths(),
                micros(allowed));
        return best.closingTime();
    }

    private ConfigProblems refusal(Timings timings, ClosingDelay best, Duration allowed) {
        return node.refusal(
                "timings.lease-for",
                Quantity.format(timings.leaseFor()),
                "without the kernel's gate a lost lease is enforced by killing PostgreSQL, which takes up to g = "
                        + micros(best.closingTime()) + " us on this host, as measured (twice the slowest of "
                        + best.deaths() + " deaths); T(1+ρ) + g ≤ H(1−ρ) allows " + micros(allowed) + " us",
                "Lower it or raise timings.promise-for, take the profile default, or give the node CAP_NET_ADMIN and"
                        + " nftables (gate.kernel)");
    }

    private static long micros(Duration time) {
        return time.toNanos() / 1000;
    }
}
