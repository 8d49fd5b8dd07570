package io.interrex.cluster.simulation;

/** A hole that the protocol closes, opened in the harness around the production code to show that an invariant sees it. */
enum Mutant {
    VOTER_FORGETS_EPOCH("I16", 20, "A voter's highest epoch is not on disk when it answers."),
    VOTER_GRANTS_OLD_EPOCH("I16", 500, "A voter grants an epoch below the highest that it has seen."),
    NO_SILENCE("I17", 20, "W = 0: a voter grants as soon as it is up."),
    SILENCE_BELOW_PROMISE("I17", 100, "W < H: a voter grants before the promises of its last run have ended."),
    VOTER_PROMISES_TWICE("I2", 100, "A voter does not look at the promise that it has given."),
    SHORT_PROMISE("I2", 20, "H = T / 2."),
    MINORITY_LEASE("I2", 20, "One vote makes a lease."),
    OLD_ROUND_COUNTS("I2", 1000, "Answers to an older round count for the newest."),
    LEASE_FROM_RECEIPT(
            "I3", 20, "The gate's timer starts when the majority has answered, not when the round was sent."),
    GATE_WITHOUT_TIMER("I3", 20, "The gate stays open until somebody closes it."),
    GATE_NOT_CLOSED("I18", 50, "A member is dead and its gate still open."),
    BARRIER_SKIPPED("I5", 20, "A primary lets clients in before its barrier is in the log."),
    BARRIER_OF_AN_OLDER_RUN("I5", 50, "A restarted primary opens by the barrier of its last run."),
    FLUSH_NOT_PROVEN("I5", 100, "The marker is taken for flushed by whoever ought to."),
    PROMOTED_WITHOUT_LEASE("I2", 20, "A server leaves recovery before its lease is won."),
    DEAD_BY_AN_OLD_LOOK("I18", 2000, "A member says that it is dead by a look that is older than its last step."),
    POSTMASTER_IS_ALL("I18", 3000, "A server is taken for dead when its postmaster is."),
    RELEASE_BEFORE_DEATH("I18", 50, "The lease is given back while processes live."),
    RELEASE_FORGOTTEN("I16", 1000, "What was given back is forgotten in a restart."),
    MEMBER_FORGETS_PROMISE("I16", 300, "A member's promise is not on disk when it answers."),
    NO_REVOCATION("I4", 1500, "A standby answers a revocation and goes on taking WAL."),
    POSITION_BEFORE_END("I8", 10000, "A standby's position is read before its receiver has stopped."),
    NO_REVOCATION_QUORUM("I7", 1000, "Who did not answer counts as revoked."),
    SMALL_REVOCATION_QUORUM("I7", 1000, "|S| − k standbys are enough to revoke."),
    CRASH_IS_A_CLEAN_STOP("I7", 1000, "A crashed primary is taken for one that stopped cleanly."),
    SILENCE_IS_DEATH("I2", 200, "A primary that does not answer is taken for one that stopped cleanly."),
    LSN_BEFORE_LINEAGE("I8", 2000, "The election compares positions before lineages."),
    LINEAGE_BY_TIMELINE("I6", 2000, "Lineage is compared by timeline id, as PostgreSQL does."),
    NO_JOINT_CONFIGURATION("I7", 100, "A changed synchronous set binds alone from the moment of its intent."),
    ASYNC_BEFORE_PROVEN(
            "I7",
            3000,
            "A group is asynchronous when a person says so, not when the change of its synchronous set is proven."),
    SYNC_SET_BEFORE_INTENT("I7", 2000, "The synchronous set is changed before its intent is in the log."),
    SENDERS_NOT_AWAITED("I7", 1000, "A new commit rule is taken for applied before every WAL sender has read it."),
    ACK_BEFORE_DISK("I7", 20, "A standby says flushed for what it only received."),
    TWO_CLONES("I19", 200, "Two members are cloned at once."),
    COPIED_WHILE_COUNTED(
            "I19", 3000, "A member that a person lets copy anew does not leave the synchronous set first."),
    RESTARTED_AT_ONCE("I19", 3000, "A member that is to be restarted by order does not wait until it is the next."),
    APPEND_BLINDLY("I11", 500, "Whoever appends does not look at the version it decided on."),
    UNKNOWN_APPEND_BELIEVED("I10", 1000, "An append of unknown outcome is taken for done."),
    LOG_ERROR_IS_A_LOST_RACE(
            "I21", 1000, "A primary whose append the log did not answer takes the race for lost, and stops."),
    OPENED_BY_AN_EARLIER_ROUND("I5", 100, "A round that was sent before the barrier was in the log opens the gate."),
    FOLLOW_BELOW_PROMISE("I10", 1000, "A standby follows by a log that is older than what it has promised."),
    EXPIRED_EPOCH_CONTINUED("I16", 3000, "A candidate goes on with its epoch though it has seen the next begin."),
    COPY_UNDER_WAY_COUNTS("I8", 5000, "A copy under way answers a revocation as if it were whole."),
    INTERRUPTED_REWIND_STREAMS("I6", 2000, "A rewind that was interrupted is not seen to be incomplete."),
    NO_STANDBY_SIGNAL("I2", 200, "A former primary is started without standby.signal."),
    NO_VETO("I24", 1000, "A standby that gets WAL does not speak for its primary."),
    GUARD_WITHOUT_DEADLINE("I3", 1000, "Without a kernel's gate, the guard kills nothing when its deadline passes."),
    FORCED_WITHOUT_LEASE("I2", 1000, "A forced promotion leaves recovery before its lease is won."),
    FORCED_IS_ANOTHER("I9", 1000, "A forced promotion takes another member than the person named."),
    NOT_REACHED_STREAMS("I9", 5000, "Who was not reached by a forced promotion is streamed to or rewound."),
    UNKNOWN_POWER_IS_OFF(
            "I25", 5000, "A hook that does not know whether a host is off is taken for one that has powered it off."),
    POWER_NOT_AWAITED(
            "I25", 2000, "Where hosts can be powered off, a member is promoted before the old primary is proven dead.");

    /** The promise of protocol.md that sees it. */
    final String invariant;

    /** Within so many seeds, from 1. */
    final long seeds;

    final String sentence;

    Mutant(String invariant, long seeds, String sentence) {
        this.invariant = invariant;
        this.seeds = seeds;
        this.sentence = sentence;
    }
}
