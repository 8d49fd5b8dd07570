package io.interrex.cluster.exhaustive;

import io.interrex.cluster.exhaustive.LeaseBounds.LeaseFault;
import io.interrex.cluster.hands.HandsMessage.Renew;
import io.interrex.cluster.lease.LeaseState;
import io.interrex.cluster.lease.VoterHard;
import io.interrex.cluster.lease.VoterState;
import org.jspecify.annotations.Nullable;

/**
 * One state of {@link LeaseModel}: the production states of three voters and two holders, and what the shells around them,
 * the hosts and the network hold. Clocks count ticks since the beginning.
 */
final class LeaseWorld {

    static final String[] VOTERS = {"x", "y", "z"};
    static final String[] HOLDERS = {"a", "b"};

    final Voting[] voters = new Voting[VOTERS.length];
    final Holding[] holders = new Holding[HOLDERS.length];
    /** The highest epoch that the log gave out. */
    int epoch = 1;
    /** The one that happened. */
    @Nullable
    LeaseFault fault;

    /** As bits: what was copied for this state and may be changed; everything else is shared with the state before. */
    private int own;

    LeaseWorld copy() {
        var copy = new LeaseWorld();
        System.arraycopy(voters, 0, copy.voters, 0, voters.length);
        System.arraycopy(holders, 0, copy.holders, 0, holders.length);
        copy.epoch = epoch;
        copy.fault = fault;
        return copy;
    }

    /** To be changed. */
    Voting voter(int v) {
        if ((own & 1 << v) == 0) {
            voters[v] = voters[v].copy();
            own |= 1 << v;
        }
        return voters[v];
    }

    /** To be changed. */
    Holding holder(int h) {
        int bit = 1 << VOTERS.length + h;
        if ((own & bit) == 0) {
            holders[h] = holders[h].copy();
            own |= bit;
        }
        return holders[h];
    }

    /** A voter, its disk and its clock. */
    static final class Voting {
        VoterState state;
        VoterHard disk = VoterHard.NEW;
        int clock;
        int sinceSkip;
        /** It may grant from here on (I17). */
        int speaksFrom;
        /** By holder: its Ack of the current round, or of an earlier one, is on its way for ever. */
        final boolean[] acked = new boolean[HOLDERS.length];

        final boolean[] ackedBefore = new boolean[HOLDERS.length];

        Voting(VoterState state) {
            this.state = state;
        }

        long nowNs() {
            return clock * LeaseBounds.TICK_NS;
        }

        Voting copy() {
            var copy = new Voting(state);
            copy.disk = disk;
            copy.clock = clock;
            copy.sinceSkip = sinceSkip;
            copy.speaksFrom = speaksFrom;
            System.arraycopy(acked, 0, copy.acked, 0, acked.length);
            System.arraycopy(ackedBefore, 0, copy.ackedBefore, 0, acked.length);
            return copy;
        }
    }

    /** A member's lease, its gate in the kernel, and its disk. */
    static final class Holding {
        LeaseState lease;
        int clock;
        int sinceSkip;
        boolean down;
        boolean paused;
        boolean stunned;
        /** It woke from a stun and its loop has not run since. */
        boolean unaware;
        /** The end of its lease counts from before a stun. */
        boolean staleLease;
        /** The last round that was begun before it found out about a stun. */
        long staleRound;
        /** The highest epoch that it knows, on its disk. */
        int promised;
        /** The highest that it gave back, on its disk. */
        int released;
        /** It was given an epoch: after a restart its gate may be open. */
        boolean served;
        /** The timers of the current round are not staged yet. */
        boolean staging;
        /** When the gate closes by the round that was staged; 0: none is. */
        int stagedUntil;
        /** The round that the guard was told last, and whose confirmation was not heard; 0: none. */
        long arming;
        /** When the gate closes; 0: it is closed. */
        int gateUntil;
        /** When the current round was sent. */
        int sentAt;
        /** By epoch, the newest round that was ever sent: it may arrive at any time, and again. */
        @Nullable
        Renew[] sent;

        Holding(LeaseState lease, @Nullable Renew[] sent) {
            this.lease = lease;
            this.sent = sent;
        }

        long nowNs() {
            return clock * LeaseBounds.TICK_NS;
        }

        /** The guard's word is on its way, and still counts: it says nothing after the deadline, and nothing of an older round. */
        boolean confirms() {
            return arming != 0 && lease.armGuard() && arming == lease.grantedRound() && lease.isHeld(nowNs());
        }

        boolean isStill() {
            return down || paused || stunned;
        }

        /** Further answers to its current round change nothing. */
        boolean isDecided() {
            return lease.wanted() == 0 || lease.acks().size() >= lease.majority();
        }

        /** It wants or holds something that runs out. */
        boolean isBusy() {
            return lease.wanted() != 0 || lease.held() || gateIsOpen();
        }

        boolean gateIsOpen() {
            return gateUntil > clock;
        }

        Holding copy() {
            var copy = new Holding(lease, sent.clone());
            copy.clock = clock;
            copy.sinceSkip = sinceSkip;
            copy.down = down;
            copy.paused = paused;
            copy.stunned = stunned;
            copy.unaware = unaware;
            copy.staleLease = staleLease;
            copy.staleRound = staleRound;
            copy.promised = promised;
            copy.released = released;
            copy.served = served;
            copy.staging = staging;
            copy.stagedUntil = stagedUntil;
            copy.arming = arming;
            copy.gateUntil = gateUntil;
            copy.sentAt = sentAt;
            return copy;
        }
    }
}
