package io.interrex.cluster.exhaustive;

import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.GroupState.Promotion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the state that a mutated decision is given. */
final class PromotionDoctor {

    private PromotionDoctor() {}

    static GroupState with(GroupState s, SyncSet syncSet, @Nullable SyncSet intent, List<Promotion> unestablished) {
        return new GroupState(
                s.group(),
                s.epoch(),
                s.phase(),
                s.primary(),
                s.establishedEpoch(),
                s.firstMember(),
                s.firstUuid(),
                s.members(),
                s.voterConfig(),
                s.voters(),
                s.settings(),
                s.mode(),
                s.pausedUntilMs(),
                s.durability(),
                syncSet,
                intent,
                s.failover(),
                s.promotion(),
                unestablished,
                s.lineage(),
                s.systemId(),
                s.barrierLsn(),
                s.barrierCount(),
                s.fenced(),
                s.suspectedBy(),
                s.unhealthy(),
                s.rebuilding(),
                s.cloning(),
                s.reinits(),
                s.stuck(),
                s.operation(),
                s.finished(),
                s.forcing(),
                s.held(),
                s.failoversAtMs(),
                s.troubles(),
                s.upkeep());
    }
}
