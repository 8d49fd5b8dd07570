package io.interrex.cluster.charter;

import java.util.List;

/**
 * What a person decided about the generation that this node's log begins, on its disk beside the charter until it is in the log.
 *
 * @param epoch with which the generation begins, above all that is known to be promised
 * @param lost the other voters of the generation before: what they alone knew is given up
 * @param known of the log that it begins with, in words
 */
public record VoterRecovery(int generation, long epoch, List<String> lost, String actor, String reason, String known) {

    public static final VoterRecovery NONE = new VoterRecovery(0, 0, List.of(), "", "", "");

    public VoterRecovery {
        lost = List.copyOf(lost);
    }
}
