package io.interrex.cluster.exhaustive;

/** A hole in revocation, configuration or promotion, opened around the production code to show that the check sees it. */
enum PromotionMutant {
    NO_REVOCATION("I4", 7, "A standby answers a revocation and goes on taking WAL."),
    NO_REVOCATION_QUORUM("I7", 3, "Who did not answer counts as revoked."),
    SMALL_REVOCATION_QUORUM("I7", 3, "|S| − k standbys are enough to revoke."),
    NO_JOINT_CONFIGURATION("I7", 4, "A changed synchronous set binds alone from the moment of its intent."),
    SENDERS_NOT_AWAITED("I4", 9, "A new commit rule is taken for applied before every WAL sender has read it."),
    LSN_BEFORE_LINEAGE("I8", 19, "The election compares positions before lineages."),
    NO_FLOOR(
            "I4",
            10,
            "Any member with the right marker is taken for one that holds the floor of an earlier promotion."),
    CRASH_IS_A_CLEAN_STOP("I7", 4, "A crashed primary is taken for one that stopped cleanly at its last checkpoint."),
    MEMBER_FORGETS_PROMISE("I4", 9, "A member's promise is not on disk when it answers."),
    FLUSH_NOT_PROVEN("I4", 14, "The marker is taken for flushed by whoever ought to."),
    UNESTABLISHED_IS_HISTORY("I7", 7, "A promotion that was never established binds nobody.");

    /** The promise of protocol.md that sees it. */
    final String invariant;

    /** Length of a shortest way there. */
    final int moves;

    final String sentence;

    PromotionMutant(String invariant, int moves, String sentence) {
        this.invariant = invariant;
        this.moves = moves;
        this.sentence = sentence;
    }

    /** Large enough for what it opens. */
    PromotionBounds bounds() {
        boolean changes = this == NO_JOINT_CONFIGURATION || this == SENDERS_NOT_AWAITED;
        return new PromotionBounds(3, 1, changes ? 2 : 3, 1, 1, changes ? 1 : 0);
    }
}
