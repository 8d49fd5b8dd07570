package io.interrex.cluster.group;

import io.interrex.cluster.durability.LiveConfiguration;
import io.interrex.cluster.group.GroupCommand.OrderReinit;
import io.interrex.cluster.group.GroupEvent.OperationFinished;
import io.interrex.cluster.group.GroupEvent.ReinitOrdered;
import io.interrex.cluster.group.GroupState.Phase;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Decides what a person may do to one member; every refusal is recorded with its rule. */
final class MemberOrderDecisions {

    private MemberOrderDecisions() {}

    static Decision reinit(GroupState state, OrderReinit c) {
        Decision ended = OrderDecisions.ended(state, c.operation());
        if (ended != null) {
            return ended;
        }
        String member = c.member();
        if (c.operation().equals(state.reinits().get(member))) {
            return Decision.accept(RuleId.ORDER_ACCEPTED, "this order is being carried out already");
        }
        if (!state.members().containsKey(member)) {
            return refuse(
                    state,
                    RuleId.ORDER_UNKNOWN_MEMBER,
                    c,
                    "there is no member %s; the members are %s"
                            .formatted(member, state.members().keySet()));
        }
        if (state.phase() != Phase.ESTABLISHED || state.operation() != null) {
            return refuse(
                    state,
                    RuleId.ORDER_BUSY,
                    c,
                    "epoch %d is %s%s"
                            .formatted(
                                    state.epoch(),
                                    state.phase(),
                                    state.operation() == null ? "" : ", and a switchover runs"));
        }
        if (state.upkeep().isInMaintenance(member)) {
            return refuse(state, RuleId.IN_MAINTENANCE, c, Maintenance.remedy(member));
        }
        String restart = RestartDecisions.byRestart(state);
        if (restart != null) {
            return refuse(state, RuleId.ORDER_BUSY, c, restart);
        }
        if (member.equals(state.primary())) {
            return refuse(state, RuleId.ORDER_SELF, c, member + " is the primary; switch over first");
        }
        if (state.isCloning(member) || state.reinits().containsKey(member)) {
            return refuse(state, RuleId.ORDER_ALREADY, c, member + " is being copied anew already");
        }
        String tooFew = tooFewCopies(state, member);
        return tooFew != null
                ? refuse(state, RuleId.ORDER_KEEPS_COPIES, c, tooFew)
                : Decision.accept(
                        RuleId.ORDER_ACCEPTED,
                        member + " is copied anew",
                        new ReinitOrdered(state.epoch(), RuleId.ORDER_ACCEPTED, c.operation(), c.actor(), member));
    }

    /** What says so to whoever waits for the end of the order; none where there is no order. */
    static List<GroupEvent> reinitEnds(GroupState state, String member, boolean succeeded, String why) {
        UUID order = state.reinits().get(member);
        return order == null
                ? List.of()
                : List.of(new OperationFinished(state.epoch(), RuleId.ORDER_FINISHED, order, succeeded, why));
    }

    private static @Nullable String tooFewCopies(GroupState state, String member) {
        String remedy = "get another standby to follow first";
        for (LiveConfiguration live : state.liveConfigurations()) {
            boolean counts = live.syncSet().standbys().contains(member);
            if (counts
                    && state.stayingWithout(live.syncSet(), member)
                            < live.syncSet().k()) {
                return "commits wait for %s; %s".formatted(live.syncSet(), remedy);
            }
        }
        int others = state.members().size() - 2;
        return state.settings().synchronous()
                        && state.stayingWithout(state.syncSet(), member)
                                < Math.min(state.settings().k(), others)
                ? "commits wait for %s, which are too few without %s; %s".formatted(state.syncSet(), member, remedy)
                : null;
    }

    private static Decision refuse(GroupState state, RuleId rule, OrderReinit c, String why) {
        return OrderDecisions.refuse(state, rule, "reinit " + c.member(), c.actor(), why);
    }
}
