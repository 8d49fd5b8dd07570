package io.interrex.cluster.group;

import io.interrex.cluster.group.GroupCommand.BeginScheduled;
import io.interrex.cluster.group.GroupCommand.CancelScheduled;
import io.interrex.cluster.group.GroupCommand.OrderSwitchover;
import io.interrex.cluster.group.GroupCommand.ScheduleSwitchover;
import io.interrex.cluster.group.GroupEvent.SwitchoverOrdered;
import io.interrex.cluster.group.GroupEvent.SwitchoverScheduleEnded;
import io.interrex.cluster.group.GroupEvent.SwitchoverScheduleHeld;
import io.interrex.cluster.group.GroupEvent.SwitchoverScheduled;
import io.interrex.cluster.group.GroupState.Phase;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Decides which switchover is kept for a later time, when it begins, and when it is given up. Whether it may begin is
 * {@link OrderDecisions}' to say, as of one that is ordered at that moment; so it goes in a pause, too.
 */
final class ScheduleDecisions {

    static final long AHEAD_MAX_MS = 30L * 24 * 3_600_000;
    static final long WITHIN_MAX_MS = 24L * 3_600_000;

    private ScheduleDecisions() {}

    static Decision schedule(GroupState state, ScheduleSwitchover c) {
        Decision ended = OrderDecisions.ended(state, c.operation());
        if (ended != null) {
            return ended;
        }
        ScheduledSwitchover there = state.upkeep().scheduled();
        GroupState.Operation running = state.operation();
        if (there != null && there.operation().equals(c.operation())
                || running != null && running.id().equals(c.operation())) {
            return Decision.accept(RuleId.ORDER_ACCEPTED, "this order was taken already");
        }
        if (there != null) {
            return refuse(state, RuleId.SCHEDULE_TAKEN, c, "there is " + there.words() + "; cancel it first");
        }
        String target = c.target();
        if (target != null && !state.members().containsKey(target)) {
            return refuse(
                    state,
                    RuleId.ORDER_UNKNOWN_MEMBER,
                    c,
                    "there is no member %s; the members are %s"
                            .formatted(target, state.members().keySet()));
        }
        if (target != null && target.equals(state.primary())) {
            return refuse(state, RuleId.ORDER_SELF, c, target + " is the primary");
        }
        String wrong = wrongTime(c);
        if (wrong != null) {
            return refuse(state, RuleId.SCHEDULE_TIME, c, wrong);
        }
        String slots = SlotDecisions.atStake(state, c.loseSlots());
        if (slots != null) {
            return refuse(state, RuleId.SLOTS_AT_STAKE, c, slots);
        }
        var scheduled = new SwitchoverScheduled(
                state.epoch(),
                RuleId.ORDER_ACCEPTED,
                c.operation(),
                c.actor(),
                target,
                c.atMs(),
                c.untilMs(),
                c.loseSlots());
        return Decision.accept(
                RuleId.ORDER_ACCEPTED, ScheduledSwitchover.of(scheduled).words() + " is scheduled", scheduled);
    }

    private static @Nullable String wrongTime(ScheduleSwitchover c) {
        long nowMs = c.stamp().wallMs();
        long withinMs = c.untilMs() - c.atMs();
        String clock = "it is %s by the clock of %s"
                .formatted(Instant.ofEpochMilli(nowMs), c.stamp().node());
        if (c.atMs() <= nowMs) {
            return "%s is past: %s".formatted(Instant.ofEpochMilli(c.atMs()), clock);
        }
        if (c.atMs() - nowMs > AHEAD_MAX_MS) {
            return "%s is more than 30 days ahead: %s".formatted(Instant.ofEpochMilli(c.atMs()), clock);
        }
        return withinMs <= 0 || withinMs > WITHIN_MAX_MS
                ? "it may begin for up to a day after its time, not for %d ms".formatted(withinMs)
                : null;
    }

    static Decision cancel(GroupState state, CancelScheduled c) {
        Decision ended = OrderDecisions.ended(state, c.operation());
        if (ended != null) {
            return ended;
        }
        ScheduledSwitchover there = state.upkeep().scheduled();
        if (there == null) {
            String why = state.operation() == null
                    ? "no switchover is scheduled"
                    : "no switchover is scheduled any more, and one runs";
            return OrderDecisions.refuse(state, RuleId.SCHEDULE_NONE, "cancel switchover", c.actor(), why);
        }
        String why = "%s cancelled it".formatted(c.actor());
        return Decision.accept(
                RuleId.SCHEDULE_CANCELLED,
                there.words() + " is cancelled",
                new SwitchoverScheduleEnded(
                        state.epoch(), RuleId.SCHEDULE_CANCELLED, there.operation(), c.operation(), why));
    }

    /** Its time may have come. Before that, and where nothing is new, nothing is recorded. */
    static Decision begin(GroupState state, BeginScheduled c) {
        ScheduledSwitchover there = state.upkeep().scheduled();
        long nowMs = c.stamp().wallMs();
        if (there == null || !there.isDue(nowMs)) {
            return Decision.refuse(RuleId.SCHEDULE_DUE, "no scheduled switchover has come to its time");
        }
        if (c.epoch() != state.epoch()) {
            return Decision.refuse(RuleId.FAILOVER_STALE, "the epoch is " + state.epoch());
        }
        String primary = state.primary();
        if (state.phase() == Phase.ESTABLISHED && primary != null && primary.equals(there.target())) {
            return ended(state, there, RuleId.SCHEDULE_POINTLESS, primary + " is the primary already");
        }
        Decision now = OrderDecisions.switchover(
                state,
                new OrderSwitchover(
                        c.stamp(), there.operation(), there.actor(), there.target(), c.lagBytes(), there.loseSlots()));
        if (there.isTooLate(nowMs)) {
            return ended(state, there, RuleId.SCHEDULE_EXPIRED, lastReason(there, now));
        }
        if (!now.accepted()) {
            return there.told().contains(now.rule())
                    ? Decision.refuse(now.rule(), now.why())
                    : Decision.refuse(
                            now.rule(),
                            now.why(),
                            new SwitchoverScheduleHeld(
                                    state.epoch(), RuleId.SCHEDULE_HELD, there.operation(), now.rule(), now.why()));
        }
        return Decision.accept(
                RuleId.SCHEDULE_DUE,
                now.why(),
                now.events().stream()
                        .map(e -> e instanceof SwitchoverOrdered ordered ? byItsTime(ordered) : e)
                        .toList());
    }

    private static GroupEvent byItsTime(SwitchoverOrdered e) {
        return new SwitchoverOrdered(e.epoch(), RuleId.SCHEDULE_DUE, e.operation(), e.actor(), e.from(), e.target());
    }

    private static String lastReason(ScheduledSwitchover there, Decision now) {
        String held = there.held();
        String last = now.accepted() ? held : ScheduledSwitchover.words(now.rule(), now.why());
        return "it could not begin until %s: %s"
                .formatted(
                        Instant.ofEpochMilli(there.untilMs()),
                        last == null ? "no supervisor could propose it in time" : last);
    }

    private static Decision ended(GroupState state, ScheduledSwitchover there, RuleId rule, String why) {
        return Decision.accept(
                rule, why, new SwitchoverScheduleEnded(state.epoch(), rule, there.operation(), null, why));
    }

    private static Decision refuse(GroupState state, RuleId rule, ScheduleSwitchover c, String why) {
        String target = c.target();
        String order = "schedule switchover" + (target == null ? "" : " to " + target);
        return OrderDecisions.refuse(state, rule, order, c.actor(), why);
    }
}
