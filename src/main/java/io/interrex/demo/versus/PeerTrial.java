package io.interrex.demo.versus;

import io.interrex.lab.DirectProber;
import io.interrex.lab.LabException;
import io.interrex.lab.Outage;
import io.interrex.lab.ProbeSettings;
import io.interrex.lab.Verification;
import io.interrex.lab.WriteProbe;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Breaks one thing of another system while clients write, waits until they can again, mends it, and looks for what is lost. */
final class PeerTrial implements AutoCloseable {

    static final Duration NEVER_AFTER = Duration.ofSeconds(90);

    private static final Duration WATCHED_MAX = Duration.ofSeconds(240);
    private static final Duration WHOLE_MAX = Duration.ofSeconds(180);
    private static final Duration CREATE_MAX = Duration.ofSeconds(60);
    private static final Duration VERIFY_MAX = Duration.ofSeconds(30);
    private static final Duration TELL_FROM = Duration.ofMillis(200);
    private static final int WRITES_BEFORE = 50;

    /** Writes flow again when there was no longer pause than the second in so much time. */
    private static final Duration FLOWING = Duration.ofSeconds(3);

    private static final Duration PAUSE_MAX = Duration.ofSeconds(1);

    private final Peer peer;
    private final WriteProbe probe;
    private final DirectProber direct;
    private int lostBefore;

    private PeerTrial(Peer peer, WriteProbe probe, DirectProber direct) {
        this.peer = peer;
        this.probe = probe;
        this.direct = direct;
    }

    static PeerTrial begin(Peer peer) {
        String run = "run-" + System.currentTimeMillis();
        WriteProbe probe =
                WriteProbe.start(peer.router(), ProbeSettings.client(run), CREATE_MAX, TELL_FROM, outage -> {});
        return new PeerTrial(peer, probe, DirectProber.start(peer.members(), ProbeSettings.direct(run)));
    }

    PeerResult run(PeerFault fault) {
        requireWhole("before the fault");
        peer.prepare(fault);
        awaitWrites();
        List<String> victims = fault.victims(peer);
        int conflictsBefore = direct.accepted().conflicts().size();

        long faultNanos = System.nanoTime();
        fault.inject(peer, victims);
        boolean served = awaitService(fault, faultNanos);
        Duration outage =
                served ? probe.longestOutage(faultNanos, System.nanoTime()).duration() : null;

        fault.mend(peer, victims);
        boolean whole = Patience.until(WHOLE_MAX, peer::isWhole) && awaitFlow();
        return new PeerResult(
                outage, whole ? lost() : null, direct.accepted().conflicts().size() - conflictsBefore, whole);
    }

    private void requireWhole(String when) {
        if (!Patience.until(WHOLE_MAX, peer::isWhole)) {
            throw new LabException("it was not whole " + when);
        }
    }

    private void awaitWrites() {
        try {
            if (!probe.awaitAcknowledged(WRITES_BEFORE, CREATE_MAX)) {
                throw new LabException("no write was acknowledged, although it is whole; the last failure: "
                        + probe.counts().lastFailure());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while a client writes", e);
        }
    }

    /** False: no write was acknowledged for {@link #NEVER_AFTER}. */
    private boolean awaitService(PeerFault fault, long faultNanos) {
        long watchedNanos = faultNanos + fault.watched().toNanos();
        boolean decided =
                Patience.until(WATCHED_MAX, () -> isLost() || System.nanoTime() > watchedNanos && isFlowing());
        return decided && !isLost();
    }

    private boolean isLost() {
        long now = System.nanoTime();
        Outage last = probe.longestOutage(now, now);
        return !last.over() && last.duration().compareTo(NEVER_AFTER) >= 0;
    }

    private boolean isFlowing() {
        long now = System.nanoTime();
        Outage last = probe.longestOutage(now - FLOWING.toNanos(), now);
        return last.duration().compareTo(PAUSE_MAX) <= 0;
    }

    private boolean awaitFlow() {
        return Patience.until(NEVER_AFTER, this::isFlowing);
    }

    private @Nullable Integer lost() {
        Verification seen = probe.verify(peer.router(), VERIFY_MAX);
        int lost = seen.lost() - lostBefore;
        lostBefore = seen.lost();
        return lost;
    }

    @Override
    public void close() {
        probe.close();
        direct.close();
    }
}
