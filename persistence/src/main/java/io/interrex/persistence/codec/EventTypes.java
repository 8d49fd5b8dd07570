package io.interrex.persistence.codec;

import io.interrex.cluster.format.Format;
import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.MaintenanceEvent;
import io.interrex.cluster.group.MembershipEvent;
import io.interrex.cluster.group.ReportLogicalSlot;
import io.interrex.cluster.group.SlotEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The stable names of everything that is stored. A name is never reused and never follows a renamed class; a schema
 * number goes up with every change of a type's fields, together with an {@link Upcaster}.
 */
final class EventTypes<T> {

    /**
     * @param schema current number, from 1
     * @param since the format that it came with; an older one has the schema before
     */
    record Type<T>(String name, int schema, Class<? extends T> javaType, int since) {

        int schemaIn(int format) {
            return format < since ? schema - 1 : schema;
        }
    }

    /** The format in which slots came. */
    private static final int SLOTS = 7;

    private final Map<String, Type<T>> byName = new LinkedHashMap<>();
    private final Map<Class<?>, Type<T>> byClass = new LinkedHashMap<>();

    private EventTypes() {}

    private EventTypes<T> with(String name, int schema, Class<? extends T> javaType) {
        return with(name, schema, javaType, Format.FIRST);
    }

    private EventTypes<T> with(String name, int schema, Class<? extends T> javaType, int since) {
        var type = new Type<T>(name, schema, javaType, since);
        if (byName.put(name, type) != null || byClass.put(javaType, type) != null) {
            throw new IllegalStateException("registered twice: " + name + " or " + javaType);
        }
        return this;
    }

    @Nullable
    Type<T> named(String name) {
        return byName.get(name);
    }

    @Nullable
    Type<T> of(Object value) {
        return byClass.get(value.getClass());
    }

    Iterable<Type<T>> all() {
        return byName.values();
    }

    static <T> EventTypes<T> of(String name, int schema, Class<? extends T> javaType) {
        return new EventTypes<T>().with(name, schema, javaType);
    }

    static EventTypes<GroupEvent> groupEvents() {
        return new EventTypes<GroupEvent>()
                .with("GroupCreated", 5, GroupEvent.GroupCreated.class, SLOTS)
                .with("GroupAdopted", 2, GroupEvent.GroupAdopted.class, SLOTS)
                .with("SettingsRecorded", 5, GroupEvent.SettingsRecorded.class, SLOTS)
                .with("ConfigurationReloaded", 1, GroupEvent.ConfigurationReloaded.class)
                .with("FormatRaised", 1, GroupEvent.FormatRaised.class)
                .with("PrimarySuspected", 1, GroupEvent.PrimarySuspected.class)
                .with("SuspicionCleared", 1, GroupEvent.SuspicionCleared.class)
                .with("MemberHealthChanged", 1, GroupEvent.MemberHealthChanged.class)
                .with("FailoverHeld", 1, GroupEvent.FailoverHeld.class)
                .with("FailoverStarted", 1, GroupEvent.FailoverStarted.class)
                .with("PrimaryFenced", 1, GroupEvent.PrimaryFenced.class)
                .with("PromotionAuthorized", 1, GroupEvent.PromotionAuthorized.class)
                .with("PrimaryEstablished", 1, GroupEvent.PrimaryEstablished.class)
                .with("RestartBarrier", 1, GroupEvent.RestartBarrier.class)
                .with("GateMoved", 1, GroupEvent.GateMoved.class)
                .with("RouteMoved", 1, GroupEvent.RouteMoved.class)
                .with("PeopleNotified", 1, GroupEvent.PeopleNotified.class)
                .with("SyncSetIntended", 1, GroupEvent.SyncSetIntended.class)
                .with("SyncSetApplied", 1, GroupEvent.SyncSetApplied.class)
                .with("DurabilityChanged", 1, GroupEvent.DurabilityChanged.class)
                .with("RebuildStarted", 1, GroupEvent.RebuildStarted.class)
                .with("CloneSourceChosen", 1, GroupEvent.CloneSourceChosen.class)
                .with("DivergentWalKept", 1, GroupEvent.DivergentWalKept.class)
                .with("RebuildHeld", 1, GroupEvent.RebuildHeld.class)
                .with("MemberJoined", 1, GroupEvent.MemberJoined.class)
                .with("MemberStuck", 1, GroupEvent.MemberStuck.class)
                .with("SwitchoverOrdered", 1, GroupEvent.SwitchoverOrdered.class)
                .with("ReinitOrdered", 1, GroupEvent.ReinitOrdered.class)
                .with("OrderRefused", 1, GroupEvent.OrderRefused.class)
                .with("OperationFinished", 1, GroupEvent.OperationFinished.class)
                .with("ModeChanged", 3, GroupEvent.ModeChanged.class)
                .with("VotersLost", 1, GroupEvent.VotersLost.class)
                .with("VotersRecovered", 1, GroupEvent.VotersRecovered.class)
                .with("SeatVacated", 1, GroupEvent.SeatVacated.class)
                .with("SeatTaken", 1, GroupEvent.SeatTaken.class)
                .with("SeatMoved", 1, MembershipEvent.SeatMoved.class)
                .with("MembersChanged", 1, MembershipEvent.MembersChanged.class)
                .with("ForcePromotionOrdered", 1, GroupEvent.ForcePromotionOrdered.class)
                .with("PromotionForced", 1, GroupEvent.PromotionForced.class)
                .with("DiskHeadroomChanged", 1, GroupEvent.DiskHeadroomChanged.class)
                .with("GreyFailureChanged", 1, GroupEvent.GreyFailureChanged.class)
                .with("HandOverDecided", 1, GroupEvent.HandOverDecided.class)
                .with("WritesLimited", 1, GroupEvent.WritesLimited.class)
                .with("FencingStepTaken", 1, GroupEvent.FencingStepTaken.class)
                .with("RestartOrdered", 1, GroupEvent.RestartOrdered.class)
                .with("ServerRestarted", 1, GroupEvent.ServerRestarted.class)
                .with("SwitchoverScheduled", 2, GroupEvent.SwitchoverScheduled.class, SLOTS)
                .with("SwitchoverScheduleHeld", 1, GroupEvent.SwitchoverScheduleHeld.class)
                .with("SwitchoverScheduleEnded", 1, GroupEvent.SwitchoverScheduleEnded.class)
                .with("MaintenanceBegun", 1, MaintenanceEvent.MaintenanceBegun.class)
                .with("MaintenanceEnded", 1, MaintenanceEvent.MaintenanceEnded.class)
                .with("LogicalSlotMade", 1, SlotEvent.LogicalSlotMade.class)
                .with("SlotPositionLost", 1, SlotEvent.SlotPositionLost.class);
    }

    static EventTypes<GroupCommand> groupCommands() {
        return new EventTypes<GroupCommand>()
                .with("CreateGroup", 6, GroupCommand.CreateGroup.class, SLOTS)
                .with("AdoptGroup", 2, GroupCommand.AdoptGroup.class, SLOTS)
                .with("RecordSettings", 7, GroupCommand.RecordSettings.class, SLOTS)
                .with("RaiseFormat", 1, GroupCommand.RaiseFormat.class)
                .with("ReportSuspicion", 2, GroupCommand.ReportSuspicion.class)
                .with("ClearSuspicion", 2, GroupCommand.ClearSuspicion.class)
                .with("ReportMemberHealth", 2, GroupCommand.ReportMemberHealth.class)
                .with("StartFailover", 2, GroupCommand.StartFailover.class)
                .with("AuthorizePromotion", 2, GroupCommand.AuthorizePromotion.class)
                .with("ReportFenced", 2, GroupCommand.ReportFenced.class)
                .with("ReportEstablished", 2, GroupCommand.ReportEstablished.class)
                .with("ReportRestarted", 2, GroupCommand.ReportRestarted.class)
                .with("ReportGate", 2, GroupCommand.ReportGate.class)
                .with("ReportRoute", 2, GroupCommand.ReportRoute.class)
                .with("ReportNotified", 2, GroupCommand.ReportNotified.class)
                .with("ReviseSyncSet", 2, GroupCommand.ReviseSyncSet.class)
                .with("ReportSyncSetApplied", 2, GroupCommand.ReportSyncSetApplied.class)
                .with("StartRebuild", 2, GroupCommand.StartRebuild.class)
                .with("ChooseCloneSource", 1, GroupCommand.ChooseCloneSource.class)
                .with("ReportWalKept", 1, GroupCommand.ReportWalKept.class)
                .with("ReportRebuildHeld", 1, GroupCommand.ReportRebuildHeld.class)
                .with("ReportJoined", 2, GroupCommand.ReportJoined.class)
                .with("ReportStuck", 2, GroupCommand.ReportStuck.class)
                .with("OrderSwitchover", 3, GroupCommand.OrderSwitchover.class, SLOTS)
                .with("OrderFailover", 2, GroupCommand.OrderFailover.class)
                .with("EndPause", 1, GroupCommand.EndPause.class)
                .with("OrderReinit", 1, GroupCommand.OrderReinit.class)
                .with("OrderMode", 4, GroupCommand.OrderMode.class)
                .with("ReportOperation", 2, GroupCommand.ReportOperation.class)
                .with("ReportPoolersBusy", 1, GroupCommand.ReportPoolersBusy.class)
                .with("ReportVotersLost", 2, GroupCommand.ReportVotersLost.class)
                .with("RecoverVoters", 1, GroupCommand.RecoverVoters.class)
                .with("OrderReadmission", 1, GroupCommand.OrderReadmission.class)
                .with("TakeSeat", 1, GroupCommand.TakeSeat.class)
                .with("MoveSeat", 1, GroupCommand.MoveSeat.class)
                .with("OrderForcePromotion", 1, GroupCommand.OrderForcePromotion.class)
                .with("ReportDisk", 1, GroupCommand.ReportDisk.class)
                .with("ReportGreyFailure", 1, GroupCommand.ReportGreyFailure.class)
                .with("HandOver", 1, GroupCommand.HandOver.class)
                .with("LimitWrites", 1, GroupCommand.LimitWrites.class)
                .with("OrderPowerOff", 1, GroupCommand.OrderPowerOff.class)
                .with("ReportPowerOff", 1, GroupCommand.ReportPowerOff.class)
                .with("OrderRestart", 2, GroupCommand.OrderRestart.class, SLOTS)
                .with("ReportServerRestarted", 1, GroupCommand.ReportServerRestarted.class)
                .with("EndRestart", 1, GroupCommand.EndRestart.class)
                .with("RestartHandOver", 1, GroupCommand.RestartHandOver.class)
                .with("ScheduleSwitchover", 2, GroupCommand.ScheduleSwitchover.class, SLOTS)
                .with("CancelScheduled", 1, GroupCommand.CancelScheduled.class)
                .with("BeginScheduled", 1, GroupCommand.BeginScheduled.class)
                .with("OrderMaintenance", 1, GroupCommand.OrderMaintenance.class)
                .with("EndMaintenance", 1, GroupCommand.EndMaintenance.class)
                .with("ExpireMaintenance", 1, GroupCommand.ExpireMaintenance.class)
                .with("ReportLogicalSlot", 1, ReportLogicalSlot.class);
    }

    static EventTypes<Evidence> evidence() {
        return new EventTypes<Evidence>()
                .with("VoterView", 1, Evidence.VoterView.class)
                .with("PeerView", 1, Evidence.PeerView.class)
                .with("Revoked", 1, Evidence.Revoked.class)
                .with("Dead", 1, Evidence.Dead.class)
                .with("NoAnswer", 1, Evidence.NoAnswer.class);
    }
}
