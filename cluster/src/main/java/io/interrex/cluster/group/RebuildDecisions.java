package io.interrex.cluster.group;

import io.interrex.cluster.group.GroupCommand.ReportJoined;
import io.interrex.cluster.group.GroupCommand.ReportStuck;
import io.interrex.cluster.group.GroupCommand.StartRebuild;
import io.interrex.cluster.group.GroupEvent.MemberJoined;
import io.interrex.cluster.group.GroupEvent.MemberStuck;
import io.interrex.cluster.group.GroupEvent.RebuildMethod;
import io.interrex.cluster.group.GroupEvent.RebuildStarted;
import io.interrex.cluster.group.GroupState.Phase;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides when a member is made whole again, and how many at a time. */
final class RebuildDecisions {

    private RebuildDecisions() {}

    static Decision start(GroupState state, StartRebuild c) {
        boolean current = c.epoch() == state.epoch() && state.phase() == Phase.ESTABLISHED;
        if (!current || c.member().equals(state.primary()) || !state.members().containsKey(c.member())) {
            return Decision.refuse(RuleId.FAILOVER_STALE, c.member() + " cannot be rebuilt in epoch " + state.epoch());
        }
        if (state.rebuilding().get(c.member()) == c.method()) {
            return Decision.accept(RuleId.REBUILD_STARTED, c.member() + " is being rebuilt already");
        }
        String other = c.method() == RebuildMethod.CLONE ? otherClone(state, c.member()) : null;
        if (other != null) {
            return Decision.refuse(RuleId.REBUILD_BUSY, other + " is being cloned");
        }
        if (c.method() == RebuildMethod.CLONE
                && state.troubles().disk(c.member()).isNearlyFull()) {
            return Decision.refuse(RuleId.CLONE_DISK_CRITICAL, "the disk of " + c.member() + " is nearly full");
        }
        boolean anew =
                c.method() == RebuildMethod.CLONE && state.forcing().cloneAnew().containsKey(c.member());
        RuleId rule = anew ? RuleId.FORCED_NOT_REACHED : RuleId.REBUILD_STARTED;
        return Decision.accept(rule, c.why(), new RebuildStarted(c.epoch(), rule, c.member(), c.method(), c.why()));
    }

    private static @Nullable String otherClone(GroupState state, String member) {
        return state.members().keySet().stream()
                .filter(m -> !m.equals(member) && state.isCloning(m))
                .findFirst()
                .orElse(null);
    }

    static Decision joined(GroupState state, ReportJoined c) {
        boolean news = state.rebuilding().containsKey(c.member())
                || c.member().equals(state.cloning())
                || state.fenced().containsKey(c.member())
                || state.forcing().cloneAnew().containsKey(c.member())
                || state.stuck().containsKey(c.member());
        if (c.epoch() != state.epoch() || !news || c.member().equals(state.primary())) {
            return Decision.refuse(RuleId.ORDER_ALREADY, c.member() + " was not away");
        }
        var events = new ArrayList<GroupEvent>();
        events.add(new MemberJoined(c.epoch(), RuleId.REBUILD_DONE, c.member(), c.lsn()));
        if (state.isCloning(c.member())) {
            events.addAll(MemberOrderDecisions.reinitEnds(
                    state, c.member(), true, c.member() + " was copied anew and streams"));
        }
        return Decision.accept(RuleId.REBUILD_DONE, c.member() + " streams again", List.copyOf(events));
    }

    static Decision stuck(GroupState state, ReportStuck c) {
        if (c.epoch() != state.epoch() || c.why().equals(state.stuck().get(c.member()))) {
            return Decision.refuse(RuleId.ORDER_ALREADY, "the alarm is raised already");
        }
        var events = new ArrayList<GroupEvent>();
        events.add(new MemberStuck(c.epoch(), RuleId.MEMBER_STUCK, c.member(), c.why()));
        events.addAll(MemberOrderDecisions.reinitEnds(state, c.member(), false, c.why()));
        return Decision.accept(RuleId.MEMBER_STUCK, c.why(), List.copyOf(events));
    }
}
