package io.interrex.cluster.member;

import io.interrex.cluster.group.GroupState;

/**
 * Decides what becomes of a standby's plan while its member is in maintenance: it keeps its promises, takes no WAL of an older
 * epoch, and follows the primary where that takes no more than telling the server so. Nothing is started, stopped, copied or told,
 * and nobody reads. What may be out of recovery is killed as ever: that is no repair.
 */
final class LeftAlone {

    private static final String DOING = "in maintenance";

    private LeftAlone() {}

    static boolean is(MemberView v) {
        GroupState group = v.group();
        return group != null && group.upkeep().isInMaintenance(v.member());
    }

    static Plan plan(MemberView v, Plan standby) {
        if (standby.save() != null) {
            return Plan.saving(standby.save(), DOING);
        }
        return switch (standby.step()) {
            case null -> Plan.idle(DOING + ": " + standby.doing());
            case Step.Detach step -> Plan.step(step, DOING + ": " + standby.doing());
            case Step.Follow step -> Plan.step(step, DOING + ": " + standby.doing());
            case Step.Kill step ->
                v.hard().servedAsPrimary() ? Plan.step(step, DOING + ": " + standby.doing()) : leftAsItIs();
            case Step.Initialise step -> leftAsItIs();
            case Step.StartStandby step -> leftAsItIs();
            case Step.StartPrimary step -> leftAsItIs();
            case Step.Promote step -> leftAsItIs();
            case Step.WriteMarker step -> leftAsItIs();
            case Step.ApplySyncSet step -> leftAsItIs();
            case Step.CheckFlushed step -> leftAsItIs();
            case Step.EnsureSlots step -> leftAsItIs();
            case Step.Checkpoint step -> leftAsItIs();
            case Step.HoldPoolers step -> leftAsItIs();
            case Step.Admit step -> leftAsItIs();
            case Step.StopClean step -> leftAsItIs();
            case Step.Rewind step -> leftAsItIs();
            case Step.Clone step -> leftAsItIs();
            case Step.Release step -> leftAsItIs();
            case Step.Submit step -> leftAsItIs();
        };
    }

    private static Plan leftAsItIs() {
        return Plan.idle(DOING + ": left as it is");
    }
}
