package io.interrex.cluster.exhaustive;

/**
 * How large the model of promotions is.
 *
 * @param members the first is the primary of epoch 1, all others are its synchronous standbys
 * @param k how many must have a commit
 * @param epochs the highest that may begin
 * @param commits of clients, in all
 * @param crashes, clean stops and broken-off promotions, in all
 * @param changes of the synchronous set, in all
 */
record PromotionBounds(int members, int k, int epochs, int commits, int crashes, int changes) {

    String words() {
        return "promotion, %d members, k = %d, %d failovers, %d commits, %d crashes, %d changes"
                .formatted(members, k, epochs - 1, commits, crashes, changes);
    }
}
