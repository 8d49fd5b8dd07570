package io.interrex.cluster.exhaustive;

import io.interrex.cluster.exhaustive.LeaseBounds.LeaseFault;
import java.util.Set;

/** A hole in the lease, opened around the production code to show that the exhaustive check sees it. */
enum LeaseMutant {
    LEASE_FROM_RECEIPT("I3", 7, "The gate's timer starts when the majority has answered, not when the round was sent."),
    NO_SILENCE("I17", 3, "W = 0: a voter grants as soon as it is up."),
    SHORT_SILENCE("I17", 4, "W is one tick: a voter grants before the promises of its last run have ended."),
    VOTER_PROMISES_TWICE("I2", 11, "A voter does not look at the promise that it has given."),
    NO_ROOM_FOR_CLOCKS("I2", 13, "H = T: nothing is left for clocks of different rates."),
    OLD_ROUND_COUNTS("I2", 15, "Answers to an older round count for the newest."),
    OLD_RUN_COUNTS("I2", 11, "Answers to an earlier run of the holder count for this one."),
    VOTER_FORGETS_EPOCH("I16", 2, "A voter's highest epoch is not on disk when it answers."),
    MINORITY_LEASE("I2", 7, "One vote makes a lease."),
    RELEASE_BEFORE_CLOSE("I2", 13, "The lease is given back while the gate is open."),
    GATE_NOT_CLOSED("I1", 15, "The gate is left to its timer when it is to be closed.");

    /** The promise of protocol.md that sees it. */
    final String invariant;

    /** Length of a shortest way there. */
    final int moves;

    final String sentence;

    LeaseMutant(String invariant, int moves, String sentence) {
        this.invariant = invariant;
        this.moves = moves;
        this.sentence = sentence;
    }

    /** With the fault that it is about, if it is about one. */
    LeaseBounds bounds() {
        Set<LeaseFault> faults = switch (this) {
            case NO_SILENCE, SHORT_SILENCE -> Set.of(LeaseFault.VOTER_RESTARTS);
            case OLD_RUN_COUNTS -> Set.of(LeaseFault.HOLDER_RESTARTS);
            case LEASE_FROM_RECEIPT,
                    VOTER_PROMISES_TWICE,
                    NO_ROOM_FOR_CLOCKS,
                    OLD_ROUND_COUNTS,
                    VOTER_FORGETS_EPOCH,
                    MINORITY_LEASE,
                    RELEASE_BEFORE_CLOSE,
                    GATE_NOT_CLOSED -> Set.of();
        };
        return LeaseBounds.inCi(this).withFaults(faults);
    }
}
