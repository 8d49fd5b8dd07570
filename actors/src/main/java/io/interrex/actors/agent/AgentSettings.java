package io.interrex.actors.agent;

import io.interrex.cluster.lease.LeaseState;
import io.interrex.cluster.settings.Timings;
import java.util.SortedSet;

/**
 * What an agent is told at its start.
 *
 * @param group the group of its member
 * @param member also the name of the node
 * @param voters by name
 * @param voterConfig number of that configuration
 * @param timings of the group
 * @param cloneFrom members of which a copy is made rather than of others
 */
public record AgentSettings(
        String group,
        String member,
        SortedSet<String> voters,
        int voterConfig,
        Timings timings,
        SortedSet<String> cloneFrom) {

    LeaseState.Identity holder(long incarnation) {
        return new LeaseState.Identity(group, member, incarnation, voterConfig, voters, timings);
    }
}
