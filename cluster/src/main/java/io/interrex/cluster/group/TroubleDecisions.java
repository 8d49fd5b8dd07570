package io.interrex.cluster.group;

import io.interrex.cluster.detection.Headroom;
import io.interrex.cluster.detection.Headroom.Level;
import io.interrex.cluster.group.GroupCommand.HandOver;
import io.interrex.cluster.group.GroupCommand.LimitWrites;
import io.interrex.cluster.group.GroupCommand.ReportDisk;
import io.interrex.cluster.group.GroupCommand.ReportGreyFailure;
import io.interrex.cluster.group.GroupEvent.DiskHeadroomChanged;
import io.interrex.cluster.group.GroupEvent.Durability;
import io.interrex.cluster.group.GroupEvent.GreyFailureChanged;
import io.interrex.cluster.group.GroupEvent.HandOverDecided;
import io.interrex.cluster.group.GroupEvent.SwitchoverOrdered;
import io.interrex.cluster.group.GroupEvent.WritesLimited;
import io.interrex.cluster.group.GroupState.Phase;
import io.interrex.cluster.settings.DiskPolicy.OnCritical;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is recorded of grey failures, by the edge only, and whether another member takes over before the primary's disk is
 * full: once in a reign, once in the window of failovers, never while paused, and only to a member that has room.
 */
final class TroubleDecisions {

    static final String ACTOR = "interrex";

    /** It is asked only whether it would be done. */
    private static final UUID NO_OPERATION = new UUID(0, 0);

    private TroubleDecisions() {}

    static Decision disk(GroupState state, ReportDisk c) {
        Level before = state.troubles().disk(c.member());
        Level seen = Headroom.of(before, c.spaces(), state.settings().disk());
        Level now = state.upkeep().knows(seen) ? seen : Level.CRITICAL;
        boolean alone = state.upkeep().isInMaintenance(c.member()) && now != Level.OK;
        if (!state.members().containsKey(c.member()) || alone || c.spaces().isEmpty() || now == before) {
            return Decision.refuse(RuleId.ORDER_ALREADY, "nothing new");
        }
        String why = Headroom.words(c.spaces());
        return Decision.accept(
                RuleId.DISK_HEADROOM,
                why,
                new DiskHeadroomChanged(
                        state.epoch(),
                        RuleId.DISK_HEADROOM,
                        c.member(),
                        now,
                        c.spaces(),
                        c.stamp().node(),
                        why));
    }

    static Decision grey(GroupState state, ReportGreyFailure c) {
        boolean known = state.troubles().has(c.failure(), c.member()) == c.present();
        boolean alone = c.present() && state.upkeep().isInMaintenance(c.member());
        if (known || alone || !state.members().containsKey(c.member())) {
            return Decision.refuse(RuleId.ORDER_ALREADY, "nothing new");
        }
        RuleId rule = switch (c.failure()) {
            case REPLAY_STALLED -> RuleId.REPLAY_STALLED;
            case CONNECTIONS_SHORT -> RuleId.CONNECTIONS_SHORT;
            case UNKILLABLE -> RuleId.UNKILLABLE;
            case RESTARTS_SPENT -> RuleId.RESTARTS_SPENT;
            case FLUSH_STALLED -> RuleId.FLUSH_STALLED;
            case SLOT_LOST -> RuleId.SLOT_LOST;
            case SLOT_BEHIND -> RuleId.SLOT_BEHIND;
        };
        return Decision.accept(
                rule,
                c.why(),
                new GreyFailureChanged(
                        state.epoch(),
                        rule,
                        c.member(),
                        c.failure(),
                        c.present(),
                        c.stamp().node(),
                        c.why()));
    }

    static Decision handOver(GroupState state, HandOver c) {
        String from = state.primary();
        boolean serves = state.phase() == Phase.ESTABLISHED && state.operation() == null && c.epoch() == state.epoch();
        if (!serves || from == null) {
            return Decision.refuse(RuleId.FAILOVER_STALE, "epoch %d is %s".formatted(state.epoch(), state.phase()));
        }
        if (state.settings().disk().onCritical() == OnCritical.WARN
                || !state.troubles().disk(from).isNearlyFull()) {
            return Decision.refuse(RuleId.ORDER_ALREADY, "there is nothing to hand over for");
        }
        if (new Troubles.HandOver(state.epoch(), RuleId.HAND_OVER)
                .equals(state.troubles().handOver())) {
            return Decision.refuse(RuleId.HAND_OVER_TOO_SOON, "it was tried in this reign");
        }
        if (state.mode() == Mode.PAUSED) {
            return held(state, c, from, RuleId.HAND_OVER_PAUSED, "the group is paused");
        }
        long lastMs = state.troubles().handedOverAtMs();
        long windowMs = state.settings().failoverWindow().toMillis();
        if (lastMs != Troubles.NEVER && c.stamp().wallMs() - lastMs < windowMs) {
            return held(
                    state,
                    c,
                    from,
                    RuleId.HAND_OVER_TOO_SOON,
                    "the last was %d s ago".formatted((c.stamp().wallMs() - lastMs) / 1000));
        }
        String target = target(state, c);
        if (target == null) {
            return held(
                    state,
                    c,
                    from,
                    RuleId.HAND_OVER_NOBODY,
                    "no synchronous standby streams within the lag limit and has room on its disks; %s goes on serving"
                            .formatted(from));
        }
        String why = "the disk of %s is nearly full, and %s has room".formatted(from, target);
        return Decision.accept(
                RuleId.HAND_OVER,
                why,
                new HandOverDecided(
                        state.epoch(), RuleId.HAND_OVER, from, target, c.stamp().wallMs(), why),
                new SwitchoverOrdered(state.epoch(), RuleId.HAND_OVER, c.operation(), ACTOR, from, target));
    }

    /** The last resort: whatever would let another member take over goes before it, and what a person writes by itself is not stopped. */
    static Decision limit(GroupState state, LimitWrites c) {
        String primary = state.primary();
        boolean serves = state.phase() == Phase.ESTABLISHED && state.operation() == null && c.epoch() == state.epoch();
        if (!serves || primary == null) {
            return Decision.refuse(RuleId.FAILOVER_STALE, "epoch %d is %s".formatted(state.epoch(), state.phase()));
        }
        Level level = state.troubles().disk(primary);
        boolean due = level == Level.EXHAUSTED && state.settings().disk().onCritical() == OnCritical.HAND_OVER;
        if (c.limited() == state.isReadOnly() || c.limited() != due) {
            return Decision.refuse(RuleId.ORDER_ALREADY, "the disks of %s are %s".formatted(primary, level));
        }
        var handOver = new HandOver(c.stamp(), c.epoch(), NO_OPERATION, c.roomy());
        if (due && handOver(state, handOver).accepted()) {
            return Decision.refuse(RuleId.HAND_OVER, "another member takes over instead");
        }
        String why = Headroom.words(c.spaces());
        return Decision.accept(
                RuleId.READ_ONLY,
                why,
                new WritesLimited(state.epoch(), RuleId.READ_ONLY, primary, due, c.spaces(), why));
    }

    /** While writes go on without a copy nobody else may be promoted, so that nothing is handed over either. */
    private static @Nullable String target(GroupState state, HandOver c) {
        if (state.durability() == Durability.DEGRADED) {
            return null;
        }
        var roomy = c.roomy().stream()
                .filter(lag -> state.troubles().disk(lag.member()) == Level.OK)
                .toList();
        return OrderDecisions.best(state, roomy);
    }

    /** Told once in a reign for each reason. */
    private static Decision held(GroupState state, HandOver c, String from, RuleId rule, String why) {
        return new Troubles.HandOver(state.epoch(), rule)
                        .equals(state.troubles().handOver())
                ? Decision.refuse(rule, why)
                : Decision.refuse(
                        rule,
                        why,
                        new HandOverDecided(
                                state.epoch(), rule, from, null, c.stamp().wallMs(), why));
    }
}
