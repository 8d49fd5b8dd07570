package io.interrex.cluster.group;

import io.interrex.cluster.durability.LiveConfiguration;
import io.interrex.cluster.group.GroupCommand.EndMaintenance;
import io.interrex.cluster.group.GroupCommand.ExpireMaintenance;
import io.interrex.cluster.group.GroupCommand.OrderMaintenance;
import io.interrex.cluster.group.GroupState.Phase;
import io.interrex.cluster.group.MaintenanceEvent.MaintenanceBegun;
import io.interrex.cluster.group.MaintenanceEvent.MaintenanceEnded;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Decides which members are left alone, and until when; every refusal of an order is recorded with its rule. */
final class MaintenanceDecisions {

    private MaintenanceDecisions() {}

    static Decision begin(GroupState state, OrderMaintenance c) {
        Decision ended = OrderDecisions.ended(state, c.operation());
        if (ended != null) {
            return ended;
        }
        String member = c.member();
        Maintenance running = state.upkeep().maintenance().get(member);
        if (running != null && running.operation().equals(c.operation())) {
            return Decision.accept(RuleId.MAINTENANCE_BEGUN, member + " is in maintenance already");
        }
        Decision refusal = objection(state, c);
        return refusal != null
                ? refusal
                : Decision.accept(
                        RuleId.MAINTENANCE_BEGUN,
                        "%s is in maintenance until %s%s"
                                .formatted(member, Instant.ofEpochMilli(c.untilMs()), stillCounts(state, member)),
                        new MaintenanceBegun(
                                state.epoch(),
                                RuleId.MAINTENANCE_BEGUN,
                                c.operation(),
                                c.actor(),
                                member,
                                c.reason(),
                                c.untilMs()));
    }

    private static String stillCounts(GroupState state, String member) {
        return state.counted().contains(member)
                ? "; commits count on it until status shows it out of the synchronous set: leave its server running until then"
                : "";
    }

    private static @Nullable Decision objection(GroupState state, OrderMaintenance c) {
        String member = c.member();
        if (!state.members().containsKey(member)) {
            return refuse(
                    state,
                    RuleId.ORDER_UNKNOWN_MEMBER,
                    c,
                    "there is no member %s; the members are %s"
                            .formatted(member, state.members().keySet()));
        }
        if (member.equals(state.primary()) || member.equals(state.designated())) {
            return refuse(
                    state,
                    RuleId.MAINTENANCE_PRIMARY,
                    c,
                    "%s is the primary: let another member take over first (interrex switchover)".formatted(member));
        }
        String busy = busyWith(state, member);
        if (busy != null) {
            return refuse(state, RuleId.ORDER_BUSY, c, busy);
        }
        for (LiveConfiguration live : state.liveConfigurations()) {
            var standbys = live.syncSet().standbys();
            if (standbys.contains(member)
                    && state.stayingWithout(live.syncSet(), member)
                            < state.settings().k()) {
                return refuse(
                        state,
                        RuleId.MAINTENANCE_KEEPS_COPIES,
                        c,
                        "commits wait for %s, and without %s for fewer than the %d that are configured; get another standby to follow first"
                                .formatted(
                                        live.syncSet(), member, state.settings().k()));
            }
        }
        return null;
    }

    private static @Nullable String busyWith(GroupState state, String member) {
        if (state.phase() != Phase.ESTABLISHED || state.operation() != null) {
            return "epoch %d is %s%s"
                    .formatted(
                            state.epoch(), state.phase(), state.operation() == null ? "" : ", and a switchover runs");
        }
        return state.isCloning(member) || state.reinits().containsKey(member)
                ? member + " is being copied anew"
                : RestartDecisions.byRestart(state);
    }

    /** Possible at any time: who is held by it may be the one that is missing. */
    static Decision end(GroupState state, EndMaintenance c) {
        Decision ended = OrderDecisions.ended(state, c.operation());
        if (ended != null) {
            return ended;
        }
        return state.upkeep().maintenance().containsKey(c.member())
                ? over(state, RuleId.MAINTENANCE_ENDED, c.member(), c.operation(), c.actor(), c.actor() + " ended it")
                : OrderDecisions.refuse(
                        state,
                        RuleId.MAINTENANCE_NONE,
                        "end maintenance of " + c.member(),
                        c.actor(),
                        c.member() + " is not in maintenance");
    }

    static Decision expire(GroupState state, ExpireMaintenance c) {
        Maintenance running = state.upkeep().maintenance().get(c.member());
        return running == null || c.stamp().wallMs() < running.untilMs()
                ? Decision.refuse(RuleId.MAINTENANCE_NONE, "no maintenance has come to its time")
                : over(
                        state,
                        RuleId.MAINTENANCE_EXPIRED,
                        c.member(),
                        running.operation(),
                        c.stamp().node(),
                        "it was given until %s".formatted(Instant.ofEpochMilli(running.untilMs())));
    }

    private static Decision over(
            GroupState state, RuleId rule, String member, UUID operation, String actor, String why) {
        return Decision.accept(
                rule,
                "%s is no longer in maintenance: %s".formatted(member, why),
                new MaintenanceEnded(state.epoch(), rule, operation, actor, member, why));
    }

    private static Decision refuse(GroupState state, RuleId rule, OrderMaintenance c, String why) {
        return OrderDecisions.refuse(state, rule, "maintenance of " + c.member(), c.actor(), why);
    }
}
