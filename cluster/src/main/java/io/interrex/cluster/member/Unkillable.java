package io.interrex.cluster.member;

import io.interrex.cluster.group.GroupCommand.ReportGreyFailure;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Troubles.GreyFailure;
import io.interrex.cluster.port.DatabaseStatus.Process;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a primary does whose processes outlive SIGKILL: it lets its lease run out, so that the others fence it by time. It
 * gives nothing back, since it is not dead, and keeps nothing, since it serves nobody.
 */
final class Unkillable {

    private Unkillable() {}

    /** Null: nothing of that kind is known. */
    static @Nullable Plan plan(MemberView v) {
        String evidence = v.progress().unkillable();
        return evidence == null ? null : Plan.idle("its lease runs out: " + evidence);
    }

    /** A server that answers was started since, which the guard refuses while a process is left: an agent that was away says so. */
    static Plan toldOver(MemberView v, Plan plan) {
        GroupState group = v.group();
        Process process = v.database().process();
        boolean over = group != null
                && group.troubles().has(GreyFailure.UNKILLABLE, v.member())
                && v.progress().unkillable() == null
                && (process == Process.PRIMARY || process == Process.STANDBY);
        if (!over || plan.step() != null || plan.save() != null) {
            return plan;
        }
        var report = new ReportGreyFailure(
                v.stamp(), v.member(), GreyFailure.UNKILLABLE, false, "its server was started again");
        return plan.doing(new Step.Submit(report));
    }
}
