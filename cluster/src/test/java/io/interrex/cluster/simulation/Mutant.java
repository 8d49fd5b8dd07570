package io.interrex.cluster.simulation;

/** A hole that the protocol closes, opened in the harness around the production code to show that an invariant sees it. */
enum Mutant {
    /** A standby answers a revocation and goes on taking WAL. */
    NO_REVOCATION,
    /** A voter's highest epoch is not on disk when it answers. */
    VOTER_FORGETS_EPOCH,
    /** W = 0: a voter grants as soon as it is up. */
    NO_SILENCE,
    /** A voter does not look at the promise that it has given. */
    VOTER_PROMISES_TWICE,
    /** H = T / 2. */
    SHORT_PROMISE,
    /** The gate's timer starts when the majority has answered, not when the round was sent. */
    LEASE_FROM_RECEIPT,
    /** The gate stays open until somebody closes it. */
    GATE_WITHOUT_TIMER,
    /** A primary lets clients in before its barrier is in the log. */
    BARRIER_SKIPPED,
    /** A member says that it is dead by a look that is older than its last step. */
    DEAD_BY_AN_OLD_LOOK,
    /** A member's promise is not on disk when it answers. */
    MEMBER_FORGETS_PROMISE,
    /** A changed synchronous set binds alone from the moment of its intent. */
    NO_JOINT_CONFIGURATION,
    /** Whoever appends does not look at the version it decided on. */
    APPEND_BLINDLY
}
