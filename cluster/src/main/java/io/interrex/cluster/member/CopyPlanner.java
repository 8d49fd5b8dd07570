package io.interrex.cluster.member;

import io.interrex.cluster.group.Copies;
import io.interrex.cluster.group.CopySource;
import io.interrex.cluster.group.GroupCommand.ChooseCloneSource;
import io.interrex.cluster.group.GroupCommand.ReportRebuildHeld;
import io.interrex.cluster.group.GroupEvent.RebuildMethod;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.port.Database.Upstream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides how a member that is to be cloned gets its copy: whom it reads from is in the log first, a source that failed it is not
 * asked again in this rebuild, and what holds it is told.
 */
final class CopyPlanner {

    private CopyPlanner() {}

    static Plan plan(MemberView v, GroupState group, Upstream upstream) {
        String source = group.troubles().copies().source(v.member());
        Rebuilds.Failed failed = copyFailed(v);
        String spent = failed == null || failed.source().equals(upstream.member()) ? null : failed.source();
        boolean gone = source != null && !group.members().containsKey(source);
        if (source == null || gone || source.equals(spent)) {
            List<CopySource> sources = spent != null || gone ? List.of() : v.copySources();
            String why = failed == null || spent == null
                    ? ""
                    : "the copy of %s failed: %s".formatted(failed.source(), failed.why());
            return Plan.step(
                    new Step.Submit(new ChooseCloneSource(v.stamp(), group.epoch(), v.member(), sources, why)),
                    "asking whom to copy from");
        }
        var step = new Step.Clone(
                upstream, MemberView.upstream(group, source), group.reinits().get(v.member()));
        return told(v, group, StandbyPlanner.stopFirst(v, step, "cloning " + source));
    }

    /** Why the last rewind or copy failed goes to the log before it is tried again. */
    static Plan told(MemberView v, GroupState group, Plan plan) {
        Rebuilds.Failed failed = v.progress().rebuilds().failed();
        RebuildMethod method = group.rebuilding().get(v.member());
        if (failed == null
                || method == null
                || failed.copy() != (method == RebuildMethod.CLONE)
                || Copies.isSame(group.troubles().copies().held(v.member()), failed.why())) {
            return plan;
        }
        return Plan.step(
                new Step.Submit(new ReportRebuildHeld(v.stamp(), group.epoch(), v.member(), failed.why())),
                "telling why it is not made whole: " + failed.why());
    }

    static String because(MemberView v) {
        Rebuilds.Failed failed = v.progress().rebuilds().failed();
        return failed == null ? "" : ": " + failed.why();
    }

    private static Rebuilds.@Nullable Failed copyFailed(MemberView v) {
        Rebuilds.Failed failed = v.progress().rebuilds().failed();
        return failed != null && failed.copy() ? failed : null;
    }
}
