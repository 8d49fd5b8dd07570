package io.interrex.demo;

import io.interrex.lab.AcceptedWrites;
import io.interrex.lab.DirectProber;
import io.interrex.lab.Outage;
import io.interrex.lab.ProbeSettings;
import io.interrex.lab.ProbeTarget;
import io.interrex.lab.Verification;
import io.interrex.lab.WriteProbe;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The clients that write all the time through HAProxy and through PgBouncer, and the one that asks every member directly. */
final class Client implements AutoCloseable {

    private static final long POOLED_ENOUGH = 10;
    private static final Duration CREATE_MAX = Duration.ofSeconds(30);
    private static final Duration VERIFY_MAX = Duration.ofSeconds(30);
    private static final Duration TELL_FROM = Duration.ofMillis(200);

    private final ProbeTarget router;
    private final WriteProbe probe;
    private final WriteProbe pooled;
    private final DirectProber direct;

    private Client(ProbeTarget router, WriteProbe probe, WriteProbe pooled, DirectProber direct) {
        this.router = router;
        this.probe = probe;
        this.pooled = pooled;
        this.direct = direct;
    }

    /** @param onOutage is told of each time without an acknowledged write from 0.2 s, when it is over */
    static Client start(Installation installation, Consumer<Outage> onOutage) {
        String run = "run-" + System.currentTimeMillis();
        ProbeTarget router = installation.router();
        var members = new TreeMap<String, ProbeTarget>();
        Installation.MEMBERS.forEach(host -> members.put(host, installation.member(host)));
        WriteProbe probe = WriteProbe.start(router, ProbeSettings.client(run), CREATE_MAX, TELL_FROM, onOutage);
        WriteProbe pooled = WriteProbe.start(
                installation.pooler(), ProbeSettings.pooled(run + "-pooled"), CREATE_MAX, TELL_FROM, outage -> {});
        return new Client(router, probe, pooled, DirectProber.start(members, ProbeSettings.direct(run)));
    }

    void awaitWrites(long further, Duration limit) {
        await(probe, "the client", further, limit);
        await(pooled, "the client behind PgBouncer", Math.min(further, POOLED_ENOUGH), limit);
    }

    private static void await(WriteProbe probe, String who, long further, Duration limit) {
        try {
            if (!probe.awaitAcknowledged(further, limit)) {
                throw new DemoException("%s had not %d more writes acknowledged within %d s; its last failure: %s"
                        .formatted(
                                who, further, limit.toSeconds(), probe.counts().lastFailure()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DemoException("interrupted while a client writes", e);
        }
    }

    /** The longest time without an acknowledged write since then ({@link System#nanoTime}). */
    Outage longestOutage(long fromNanos) {
        return probe.longestOutage(fromNanos, System.nanoTime());
    }

    /** What became of transactions through PgBouncer so far. */
    WriteProbe.Counts pooled() {
        return pooled.counts();
    }

    /** Looks for every acknowledged write in the database, one client after the other. */
    List<Verification> verify() {
        return List.of(probe.verify(router, VERIFY_MAX), pooled.verify(router, VERIFY_MAX));
    }

    /** Times at which two members accepted writes. */
    List<AcceptedWrites.Conflict> conflicts() {
        return direct.accepted().conflicts();
    }

    @Override
    public void close() {
        probe.close();
        pooled.close();
        direct.close();
    }
}
