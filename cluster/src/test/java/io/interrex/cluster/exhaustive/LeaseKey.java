package io.interrex.cluster.exhaustive;

import static io.interrex.cluster.exhaustive.LeaseBounds.T;
import static io.interrex.cluster.exhaustive.LeaseBounds.TICK_NS;
import static io.interrex.cluster.exhaustive.LeaseWorld.HOLDERS;
import static io.interrex.cluster.exhaustive.LeaseWorld.VOTERS;

import io.interrex.cluster.exhaustive.LeaseWorld.Holding;
import io.interrex.cluster.exhaustive.LeaseWorld.Voting;
import io.interrex.cluster.lease.VoterState.Promise;
import io.interrex.cluster.lease.VoterState.Vote;
import java.util.Arrays;

/**
 * What tells two states of {@link LeaseModel} apart. Times are relative to the clock that they are of, and cut off where
 * nothing looks further; rounds are the current one or an older; the three voters are interchangeable.
 */
final class LeaseKey {

    private long bits;

    private LeaseKey() {}

    static void write(LeaseWorld w, boolean oldRounds, Key key) {
        long[] voters = new long[VOTERS.length];
        for (int v = 0; v < VOTERS.length; v++) {
            voters[v] = voter(w, v, oldRounds);
        }
        Arrays.sort(voters);
        for (long voter : voters) {
            key.add(voter);
        }
        for (Holding holding : w.holders) {
            key.add(holder(holding));
        }
        key.add(w.epoch * 8L + (w.fault == null ? 7 : w.fault.ordinal()));
    }

    private static long voter(LeaseWorld w, int v, boolean oldRounds) {
        Voting voting = w.voters[v];
        Vote vote = voting.state.vote("main");
        Promise promise = vote.promise();
        var k = new LeaseKey();
        if (promise == null || !promise.isLive(voting.nowNs())) {
            k.put(0, 8);
        } else {
            k.put(promise.member().equals(HOLDERS[0]) ? 1 : 2, 2);
            k.put(promise.epoch(), 3);
            k.put(ticks(promise.untilNs() - voting.nowNs()), 3);
        }
        k.put(vote.maxEpochSeen(), 3);
        k.put(voting.disk.maxEpochs().getOrDefault("main", 0L), 3);
        k.put(voting.disk.longestPromiseMs() > 0 ? 1 : 0, 1);
        k.put(voting.state.longestPromiseNs() > 0 ? 1 : 0, 1);
        k.put(voting.state.promised() ? 1 : 0, 1);
        k.put(Math.max(0, ticks(voting.state.silentUntilNs() - voting.nowNs())), 3);
        k.put(Math.max(0, voting.speaksFrom - voting.clock), 3);
        k.put(voting.sinceSkip, 3);
        for (int h = 0; h < HOLDERS.length; h++) {
            boolean counts = !w.holders[h].isDecided();
            boolean heard = w.holders[h].lease.acks().contains(VOTERS[v]);
            k.put(counts && voting.acked[h] ? 1 : 0, 1);
            k.put(counts && heard ? 1 : 0, 1);
            k.put(oldRounds && voting.ackedBefore[h] ? 1 : 0, 1);
        }
        return k.bits;
    }

    private static long holder(Holding h) {
        var lease = h.lease;
        var k = new LeaseKey();
        k.put(lease.wanted(), 3);
        k.put(lease.held() ? 1 + Math.clamp(ticks(lease.untilNs() - h.nowNs()), 0, T) : 0, 3);
        k.put(flags(lease.gateOpen(), h.confirms(), lease.roundSent(), lease.roundOpensGate()), 4);
        k.put(lease.armed() ? 1 + Math.clamp(ticks(lease.armedUntilNs() - h.nowNs()), 0, T) : 0, 3);
        k.put(h.confirms() && h.arming == lease.round() ? 1 : 0, 1);
        k.put(flags(lease.round() == 0, lease.armGuard(), lease.allowGate(), h.staging), 4);
        k.put(Math.min(T, ticks(h.nowNs() - lease.roundStartedNs())), 3);
        k.put(Math.min(2, ticks(h.nowNs() - lease.lastTickNs())), 2);
        k.put(lease.nextRoundNs() > h.nowNs() ? 1 : 0, 1);
        k.put(Math.max(0, h.stagedUntil - h.clock), 3);
        k.put(Math.max(0, h.gateUntil - h.clock), 3);
        k.put(h.isDecided() ? 1 : 0, 1);
        k.put(flags(h.down, h.paused, h.stunned, h.unaware), 4);
        k.put(
                flags(
                        h.staleLease,
                        lease.round() > h.staleRound,
                        h.served,
                        lease.identity().incarnation() > 1),
                4);
        k.put(h.promised, 3);
        k.put(h.released, 3);
        k.put(h.sinceSkip, 3);
        boolean currentIsSent = false;
        for (int epoch = 1; epoch < h.sent.length; epoch++) {
            var renew = h.sent[epoch];
            k.put(renew == null ? 0 : 1, 1);
            currentIsSent |= renew != null
                    && renew.n() == lease.round()
                    && renew.incarnation() == lease.identity().incarnation();
        }
        k.put(currentIsSent ? 1 : 0, 1);
        return k.bits;
    }

    private static long flags(boolean a, boolean b, boolean c, boolean d) {
        return (a ? 8 : 0) | (b ? 4 : 0) | (c ? 2 : 0) | (d ? 1 : 0);
    }

    private void put(long value, int width) {
        if (value < 0 || value >= 1L << width) {
            throw new IllegalStateException(value + " does not fit into " + width + " bits");
        }
        bits = bits << width | value;
    }

    /** Whole ticks, a begun one counts. */
    private static long ticks(long ns) {
        return Math.ceilDiv(ns, TICK_NS);
    }
}
