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
                v.hard().servedAsPrimary() ? Plan.step(step, DOING + ": " + standby.doing()) : asItIs();
            case Step.Initialise step -> asItIs();
            case Step.StartStandby step -> asItIs();
            case Step.StartPrimary step -> asItIs();
            case Step.Promote step -> asItIs();
            case Step.WriteMarker step -> asItIs();
            case Step.ApplySyncSet step -> asItIs();
            case Step.CheckFlushed step -> asItIs();
            case Step.EnsureSlots step -> asItIs();
            case Step.Checkpoint step -> asItIs();
            case Step.HoldPoolers step -> asItIs();
            case Step.Admit step -> asItIs();
            case Step.StopClean step -> asItIs();
            case Step.Rewind step -> asItIs();
            case Step.Clone step -> asItIs();
            case Step.Release step -> asItIs();
            case Step.Submit step -> asItIs();
        };
    }

    static Plan asItIs() {
        return Plan.idle(DOING + ": left as it is");
    }
}
