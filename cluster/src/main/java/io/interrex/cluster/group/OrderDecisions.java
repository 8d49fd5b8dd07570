package io.interrex.cluster.group;

import io.interrex.cluster.group.GroupCommand.EndPause;
import io.interrex.cluster.group.GroupCommand.OrderFailover;
import io.interrex.cluster.group.GroupCommand.OrderMode;
import io.interrex.cluster.group.GroupCommand.OrderSwitchover;
import io.interrex.cluster.group.GroupCommand.ReportOperation;
import io.interrex.cluster.group.GroupCommand.ReportPoolersBusy;
import io.interrex.cluster.group.GroupCommand.StandbyLag;
import io.interrex.cluster.group.GroupCommand.StartFailover;
import io.interrex.cluster.group.GroupEvent.Durability;
import io.interrex.cluster.group.GroupEvent.ModeChanged;
import io.interrex.cluster.group.GroupEvent.OperationFinished;
import io.interrex.cluster.group.GroupEvent.OrderRefused;
import io.interrex.cluster.group.GroupEvent.SwitchoverOrdered;
import io.interrex.cluster.group.GroupState.Operation;
import io.interrex.cluster.group.GroupState.Phase;
import io.interrex.cluster.group.Troubles.GreyFailure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Decides what a person's order does; every refusal is recorded with its rule. */
final class OrderDecisions {

    private OrderDecisions() {}

    static Decision switchover(GroupState state, OrderSwitchover c) {
        Decision ended = ended(state, c.operation());
        if (ended != null) {
            return ended;
        }
        String order = c.target() == null ? "switchover" : "switchover to " + c.target();
        Operation running = state.operation();
        if (running != null && running.id().equals(c.operation())) {
            return Decision.accept(RuleId.ORDER_ACCEPTED, "this order is being carried out already");
        }
        if (state.phase() != Phase.ESTABLISHED || running != null) {
            return state.primary() == null
                    ? refuse(state, RuleId.ORDER_NO_PRIMARY, order, c.actor(), "the group has no primary yet")
                    : refuse(
                            state,
                            RuleId.ORDER_BUSY,
                            order,
                            c.actor(),
                            "epoch %d is %s%s"
                                    .formatted(
                                            state.epoch(),
                                            state.phase(),
                                            running == null ? "" : ", another switchover runs"));
        }
        String restart = RestartDecisions.byRestart(state);
        if (restart != null) {
            return refuse(state, RuleId.ORDER_BUSY, order, c.actor(), restart);
        }
        String target = c.target() == null ? best(state, c.lagBytes()) : c.target();
        if (target == null) {
            return refuse(
                    state,
                    RuleId.ORDER_LAGGING,
                    order,
                    c.actor(),
                    "no standby that may take over streams within the lag limit: see the tags, maintenance and alarms of status");
        }
        Decision refusal = objection(state, c, order, target);
        if (refusal != null) {
            return refusal;
        }
        String from = state.primary();
        if (from == null) {
            return refuse(state, RuleId.ORDER_NO_PRIMARY, order, c.actor(), "the group has no primary");
        }
        String slots = SlotDecisions.atStake(state, c.loseSlots());
        if (slots != null) {
            return refuse(state, RuleId.SLOTS_AT_STAKE, order, c.actor(), slots);
        }
        return Decision.accept(
                RuleId.ORDER_ACCEPTED,
                "switchover from %s to %s".formatted(from, target),
                new SwitchoverOrdered(state.epoch(), RuleId.ORDER_ACCEPTED, c.operation(), c.actor(), from, target));
    }

    /** Somebody who did not hear the answer sends an order again: what came of it is told, and nothing is decided. */
    static @Nullable Decision ended(GroupState state, @Nullable UUID order) {
        return state.finished().stream()
                .filter(finished -> finished.id().equals(order))
                .findFirst()
                .map(finished -> finished.succeeded()
                        ? Decision.accept(RuleId.ORDER_FINISHED, "this order is done: " + finished.why())
                        : Decision.refuse(RuleId.ORDER_FINISHED, "this order failed: " + finished.why()))
                .orElse(null);
    }

    private static @Nullable Decision objection(GroupState state, OrderSwitchover c, String order, String target) {
        MemberInfo member = state.members().get(target);
        if (member == null) {
            return refuse(
                    state,
                    RuleId.ORDER_UNKNOWN_MEMBER,
                    order,
                    c.actor(),
                    "there is no member %s; the members are %s"
                            .formatted(target, state.members().keySet()));
        }
        if (target.equals(state.primary())) {
            return refuse(state, RuleId.ORDER_SELF, order, c.actor(), target + " is the primary");
        }
        if (state.upkeep().isInMaintenance(target)) {
            return refuse(state, RuleId.IN_MAINTENANCE, order, c.actor(), Maintenance.remedy(target));
        }
        Optional<StandbyLag> lag =
                c.lagBytes().stream().filter(l -> l.member().equals(target)).findFirst();
        if (lag.isEmpty()) {
            return refuse(state, RuleId.ORDER_LAGGING, order, c.actor(), target + " does not stream from the primary");
        }
        if (lag.get().bytes() > state.settings().maxLagBytes()) {
            return refuse(
                    state,
                    RuleId.ORDER_LAGGING,
                    order,
                    c.actor(),
                    "%s is %d bytes behind, the limit is %d"
                            .formatted(
                                    target, lag.get().bytes(), state.settings().maxLagBytes()));
        }
        if (state.durability() == Durability.SYNC && !state.syncSet().standbys().contains(target)) {
            return refuse(
                    state,
                    RuleId.ORDER_NOT_SYNC,
                    order,
                    c.actor(),
                    "%s is not in the synchronous set %s".formatted(target, state.syncSet()));
        }
        return null;
    }

    static @Nullable String best(GroupState state, List<StandbyLag> lags) {
        return lags.stream()
                .filter(l -> state.mayTakeOver(l.member()) && !l.member().equals(state.primary()))
                .filter(l -> !state.troubles().has(GreyFailure.FLUSH_STALLED, l.member())
                        && !state.troubles().has(GreyFailure.RESTARTS_SPENT, l.member()))
                .filter(l -> state.durability() != Durability.SYNC
                        || state.syncSet().standbys().contains(l.member()))
                .filter(l -> l.bytes() <= state.settings().maxLagBytes())
                .min(Comparator.comparingInt((StandbyLag l) -> -state.member(l.member())
                                .map(MemberInfo::priority)
                                .orElse(0))
                        .thenComparingLong(StandbyLag::bytes)
                        .thenComparing(StandbyLag::member))
                .map(StandbyLag::member)
                .orElse(null);
    }

    static Decision failover(GroupState state, OrderFailover c) {
        Decision ended = ended(state, c.operation());
        if (ended != null) {
            return ended;
        }
        String order = c.target() == null ? "failover" : "failover to " + c.target();
        GroupState.Failover running = state.failover();
        if (running != null && c.operation().equals(running.operation())) {
            return Decision.accept(RuleId.ORDER_ACCEPTED, "this order is being carried out already");
        }
        String target = c.target();
        if (target != null && !state.members().containsKey(target)) {
            return refuse(
                    state,
                    RuleId.ORDER_UNKNOWN_MEMBER,
                    order,
                    c.actor(),
                    "there is no member %s; the members are %s"
                            .formatted(target, state.members().keySet()));
        }
        if (target != null && target.equals(state.primary())) {
            return refuse(state, RuleId.ORDER_SELF, order, c.actor(), target + " is the primary");
        }
        if (state.upkeep().isInMaintenance(target) && target != null) {
            return refuse(state, RuleId.IN_MAINTENANCE, order, c.actor(), Maintenance.remedy(target));
        }
        if (state.phase() != Phase.ESTABLISHED || state.operation() != null) {
            return refuse(
                    state, RuleId.ORDER_BUSY, order, c.actor(), "epoch " + state.epoch() + " is " + state.phase());
        }
        Decision started = FailoverDecisions.start(
                state, new StartFailover(c.stamp(), state.epoch(), Reason.ORDERED, List.of(), c.standbysInReach()));
        if (!started.accepted()) {
            return refuse(state, started.rule(), order, c.actor(), started.why());
        }
        return Decision.accept(
                RuleId.ORDER_ACCEPTED,
                started.why(),
                started.events().stream()
                        .map(e -> e instanceof GroupEvent.FailoverStarted s ? withOrder(s, c) : e)
                        .toList());
    }

    private static GroupEvent withOrder(GroupEvent.FailoverStarted s, OrderFailover c) {
        return new GroupEvent.FailoverStarted(
                s.epoch(),
                RuleId.ORDER_ACCEPTED,
                s.previous(),
                s.reason(),
                s.evidence(),
                s.owner(),
                s.expiresAtMs(),
                c.target(),
                c.operation());
    }

    static Decision mode(GroupState state, OrderMode c) {
        Decision ended = ended(state, c.operation());
        if (ended != null) {
            return ended;
        }
        if (state.mode() == c.mode() && state.pausedUntilMs() == c.untilMs()) {
            return refuse(
                    state, RuleId.ORDER_ALREADY, c.mode().name(), c.actor(), "the mode is " + c.mode() + " already");
        }
        var events = new ArrayList<GroupEvent>();
        events.add(new ModeChanged(
                state.epoch(),
                RuleId.ORDER_ACCEPTED,
                c.operation(),
                c.mode(),
                c.actor(),
                c.reason(),
                c.mode() == Mode.PAUSED ? c.untilMs() : 0));
        events.addAll(RestartDecisions.paused(state, c));
        return Decision.accept(RuleId.ORDER_ACCEPTED, "mode " + c.mode(), List.copyOf(events));
    }

    static Decision endPause(GroupState state, EndPause c) {
        long untilMs = state.pausedUntilMs();
        if (state.mode() != Mode.PAUSED || untilMs == 0 || c.stamp().wallMs() < untilMs) {
            return Decision.refuse(RuleId.PAUSE_ENDED, "no pause has come to its time");
        }
        String why = "the pause was given until %s".formatted(Instant.ofEpochMilli(untilMs));
        return Decision.accept(
                RuleId.PAUSE_ENDED,
                why,
                new ModeChanged(
                        state.epoch(),
                        RuleId.PAUSE_ENDED,
                        null,
                        Mode.AUTO,
                        c.stamp().node(),
                        why));
    }

    static Decision finished(GroupState state, ReportOperation c) {
        Operation operation = state.operation();
        if (operation == null || !operation.id().equals(c.operation())) {
            return Decision.refuse(RuleId.FAILOVER_STALE, "operation " + c.operation() + " is not running");
        }
        return Decision.accept(
                RuleId.ORDER_FINISHED,
                c.why(),
                new OperationFinished(state.epoch(), RuleId.ORDER_FINISHED, c.operation(), c.succeeded(), c.why()));
    }

    static Decision poolersBusy(GroupState state, ReportPoolersBusy c) {
        Operation operation = state.operation();
        Restart restart = state.upkeep().restart();
        boolean restarts = restart != null && restart.operation().equals(c.operation());
        if (!restarts && (operation == null || !operation.id().equals(c.operation()))) {
            return Decision.refuse(RuleId.FAILOVER_STALE, "operation " + c.operation() + " is not running");
        }
        return Decision.accept(
                RuleId.POOLERS_BUSY,
                c.why(),
                new OperationFinished(state.epoch(), RuleId.POOLERS_BUSY, c.operation(), false, c.why()));
    }

    static Decision refuse(GroupState state, RuleId rule, String order, String actor, String why) {
        return Decision.refuse(rule, why, new OrderRefused(state.epoch(), rule, order, actor, why));
    }
}
