package io.interrex.cluster.simulation;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.Evidence.Revoked;
import io.interrex.cluster.group.Forcing;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupCommand.AuthorizePromotion;
import io.interrex.cluster.group.GroupEvent.ForcePromotionOrdered;
import io.interrex.cluster.group.GroupEvent.MemberJoined;
import io.interrex.cluster.group.GroupEvolution;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.RuleId;
import java.util.Comparator;

/** What {@link Doctor} does to forced promotions. */
final class ForcedDoctor {

    private ForcedDoctor() {}

    static GroupState state(World world, GroupState state, GroupCommand command) {
        if (!(command instanceof AuthorizePromotion c)) {
            return state;
        }
        return world.has(Mutant.FORCED_IS_ANOTHER) ? toTheFurthest(state, c) : state;
    }

    /** As if who is furthest had been named. */
    private static GroupState toTheFurthest(GroupState state, AuthorizePromotion c) {
        Forcing.Order order = state.forcing().order();
        if (order == null || order.epoch() != state.epoch()) {
            return state;
        }
        return c.evidence().stream()
                .filter(Revoked.class::isInstance)
                .map(Revoked.class::cast)
                .max(Comparator.comparing(Revoked::flushLsn))
                .map(r -> GroupEvolution.evolve(
                        state,
                        new ForcePromotionOrdered(
                                state.epoch() - 1,
                                RuleId.ORDER_ACCEPTED,
                                order.operation(),
                                order.actor(),
                                order.reason(),
                                state.group(),
                                state.epoch() - 1,
                                r.member(),
                                RuleId.FAILOVER_NO_QUORUM,
                                order.loss())))
                .orElse(state);
    }

    static GroupState everybodyReached(GroupState group, String member) {
        boolean anew = group.forcing().cloneAnew().containsKey(member)
                && !group.rebuilding().containsKey(member);
        return anew
                ? GroupEvolution.evolve(group, new MemberJoined(group.epoch(), RuleId.REBUILD_DONE, member, Lsn.ZERO))
                : group;
    }
}
