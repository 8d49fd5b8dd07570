package io.interrex.cluster.simulation;

import io.interrex.cluster.group.GroupEvent.ServerRestarted;
import io.interrex.cluster.group.GroupEvolution;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Restart;
import io.interrex.cluster.group.RuleId;

/** Falsifies what a member knows of persons' orders. */
final class OrderDoctor {

    private OrderDoctor() {}

    /** As if all others were restarted. */
    static GroupState onlyOneLeft(GroupState group, String member) {
        Restart restart = group.upkeep().restart();
        GroupState state = group;
        for (String other : group.others(member).keySet()) {
            if (restart != null
                    && restart.left().stream().anyMatch(run -> run.member().equals(member))) {
                state = GroupEvolution.evolve(
                        state,
                        new ServerRestarted(
                                group.epoch(), RuleId.RESTART_STEP, restart.operation(), other, 0, restart.sinceMs()));
            }
        }
        return state;
    }
}
