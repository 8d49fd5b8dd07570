package io.interrex.cluster.group;

import io.interrex.cluster.format.Format;
import io.interrex.cluster.group.GroupCommand.AdoptGroup;
import io.interrex.cluster.group.GroupCommand.CreateGroup;
import io.interrex.cluster.group.GroupEvent.FormatRaised;
import io.interrex.cluster.group.GroupEvent.GroupAdopted;
import io.interrex.cluster.group.GroupEvent.GroupCreated;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a command does to a group: {@code decide(state, command) → decision}. Pure; the same input gives the same
 * answer. The rules by which it decides are {@link RuleId}'s.
 */
public final class GroupDecider {

    private GroupDecider() {}

    /** @param state null where the group's log is empty */
    public static Decision decide(@Nullable GroupState state, GroupCommand command) {
        if (state == null) {
            return beginning(command);
        }
        return switch (command) {
            case CreateGroup c -> create(state, c);
            case AdoptGroup c -> adopt(state, c);
            case GroupCommand.RecordSettings c -> SettingsDecisions.record(state, c);
            case GroupCommand.RaiseFormat c -> SettingsDecisions.raise(state, c);
            case GroupCommand.ReportSuspicion c -> ReportDecisions.suspicion(state, c);
            case GroupCommand.ClearSuspicion c -> ReportDecisions.cleared(state, c);
            case GroupCommand.ReportMemberHealth c -> ReportDecisions.health(state, c);
            case GroupCommand.StartFailover c -> FailoverDecisions.start(state, c);
            case GroupCommand.AuthorizePromotion c -> PromotionDecisions.authorize(state, c);
            case GroupCommand.ReportFenced c -> ReportDecisions.fenced(state, c);
            case GroupCommand.ReportEstablished c -> PromotionDecisions.established(state, c);
            case GroupCommand.ReportRestarted c -> PromotionDecisions.restarted(state, c);
            case GroupCommand.ReportGate c -> ReportDecisions.gate(state, c);
            case GroupCommand.ReportRoute c -> ReportDecisions.route(state, c);
            case GroupCommand.ReportNotified c -> ReportDecisions.notified(state, c);
            case GroupCommand.ReviseSyncSet c -> SyncSetDecisions.revise(state, c);
            case GroupCommand.ReportSyncSetApplied c -> SyncSetDecisions.applied(state, c);
            case GroupCommand.StartRebuild c -> RebuildDecisions.start(state, c);
            case GroupCommand.ChooseCloneSource c -> CloneSourceDecisions.choose(state, c);
            case GroupCommand.ReportWalKept c -> CloneSourceDecisions.kept(state, c);
            case GroupCommand.ReportRebuildHeld c -> CloneSourceDecisions.held(state, c);
            case GroupCommand.ReportJoined c -> RebuildDecisions.joined(state, c);
            case GroupCommand.ReportStuck c -> RebuildDecisions.stuck(state, c);
            case GroupCommand.OrderSwitchover c -> OrderDecisions.switchover(state, c);
            case GroupCommand.OrderFailover c -> OrderDecisions.failover(state, c);
            case GroupCommand.OrderReinit c -> MemberOrderDecisions.reinit(state, c);
            case GroupCommand.OrderMaintenance c -> MaintenanceDecisions.begin(state, c);
            case GroupCommand.EndMaintenance c -> MaintenanceDecisions.end(state, c);
            case GroupCommand.ExpireMaintenance c -> MaintenanceDecisions.expire(state, c);
            case GroupCommand.OrderRestart c -> RestartDecisions.order(state, c);
            case GroupCommand.ReportServerRestarted c -> RestartDecisions.restarted(state, c);
            case GroupCommand.EndRestart c -> RestartDecisions.end(state, c);
            case GroupCommand.RestartHandOver c -> RestartDecisions.handOver(state, c);
            case GroupCommand.ScheduleSwitchover c -> ScheduleDecisions.schedule(state, c);
            case GroupCommand.CancelScheduled c -> ScheduleDecisions.cancel(state, c);
            case GroupCommand.BeginScheduled c -> ScheduleDecisions.begin(state, c);
            case GroupCommand.EndPause c -> OrderDecisions.endPause(state, c);
            case GroupCommand.OrderForcePromotion c -> ForceDecisions.order(state, c);
            case GroupCommand.OrderMode c -> OrderDecisions.mode(state, c);
            case GroupCommand.ReportOperation c -> OrderDecisions.finished(state, c);
            case GroupCommand.ReportDisk c -> TroubleDecisions.disk(state, c);
            case GroupCommand.ReportGreyFailure c -> TroubleDecisions.grey(state, c);
            case GroupCommand.HandOver c -> TroubleDecisions.handOver(state, c);
            case GroupCommand.LimitWrites c -> TroubleDecisions.limit(state, c);
            case GroupCommand.ReportPoolersBusy c -> OrderDecisions.poolersBusy(state, c);
            case GroupCommand.OrderPowerOff c -> FencingDecisions.order(state, c);
            case GroupCommand.ReportPowerOff c -> FencingDecisions.reported(state, c);
            case GroupCommand.RecoverVoters c -> VoterDecisions.recover(state, c);
            case GroupCommand.OrderReadmission c -> SeatDecisions.vacate(state, c);
            case GroupCommand.TakeSeat c -> SeatDecisions.take(state, c);
            case GroupCommand.MoveSeat c -> SeatDecisions.move(state, c);
            case ReportLogicalSlot c -> SlotDecisions.made(state, c);
            case GroupCommand.ReportVotersLost c -> ReportDecisions.votersLost(state, c);
        };
    }

    /** An empty log gets its group, and nothing else before. */
    private static Decision beginning(GroupCommand command) {
        if (command instanceof CreateGroup create) {
            return create(null, create);
        }
        return command instanceof AdoptGroup adopt
                ? adopt(null, adopt)
                : Decision.refuse(RuleId.FAILOVER_STALE, "the group has not been created yet");
    }

    /** Whether a lost primary would be replaced now without a person's order. */
    public static boolean failsOverByItself(GroupState state, long wallMs) {
        return state.mode() == Mode.AUTO && !FailoverDecisions.tooMany(state, wallMs);
    }

    /** Whether the failover that runs began so long ago that the next epoch may begin. */
    public static boolean isExpired(GroupState state, GroupCommand.Stamp stamp) {
        return FailoverDecisions.isExpired(state, stamp);
    }

    private static Decision create(@Nullable GroupState state, CreateGroup c) {
        if (state != null) {
            return exists(state);
        }
        return Decision.accept(
                RuleId.GROUP_CREATED,
                "group " + c.group() + " begins with " + c.first(),
                List.of(
                        new GroupCreated(
                                1,
                                RuleId.GROUP_CREATED,
                                c.group(),
                                c.first(),
                                c.uuid(),
                                c.members(),
                                1,
                                c.voters(),
                                c.settings()),
                        newest()));
    }

    /** What a group begins with is written as this release knows it: no node of an older one reads that. */
    private static FormatRaised newest() {
        return new FormatRaised(1, RuleId.FORMAT_RAISED, Format.CURRENT, Format.FIRST);
    }

    private static Decision adopt(@Nullable GroupState state, AdoptGroup c) {
        if (state != null) {
            return exists(state);
        }
        return Decision.accept(
                RuleId.GROUP_ADOPTED,
                "group " + c.group() + " begins with the database of " + c.first(),
                List.of(
                        new GroupAdopted(
                                1,
                                RuleId.GROUP_ADOPTED,
                                c.group(),
                                c.first(),
                                c.uuid(),
                                c.members(),
                                1,
                                c.voters(),
                                c.settings(),
                                c.systemId(),
                                c.timeline(),
                                c.actor()),
                        newest()));
    }

    private static Decision exists(GroupState state) {
        return Decision.refuse(
                RuleId.GROUP_EXISTS, "group " + state.group() + " exists since epoch 1 of " + state.firstMember());
    }
}
