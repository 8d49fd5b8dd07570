package io.interrex.actors.agent;

import io.interrex.cluster.group.GroupCommand.ReportGreyFailure;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.Troubles.GreyFailure;
import io.interrex.cluster.member.Progress;

/** Tells the log when processes begin to outlive SIGKILL, and when they are dead; by the edge, however long the log is away. */
final class AgentUndead {

    private final LateReports reports;
    private final String member;

    AgentUndead(LateReports reports, String member) {
        this.reports = reports;
        this.member = member;
    }

    /** Gives {@code now} back. */
    Progress told(Progress before, Progress now, Stamp stamp) {
        String evidence = now.unkillable();
        if ((before.unkillable() != null) != (evidence != null)) {
            reports.add(new ReportGreyFailure(
                    stamp,
                    member,
                    GreyFailure.UNKILLABLE,
                    evidence != null,
                    evidence != null ? evidence : "the guard has seen them end"));
        }
        return now;
    }
}
