package io.interrex.cluster.member;

import io.interrex.cluster.group.GroupCommand.ReportGreyFailure;
import io.interrex.cluster.group.GroupEvent.Durability;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Troubles.GreyFailure;
import java.util.List;

/**
 * Decides how often a server that dies is started again: {@code restarts-max} times at once, across restarts of its node, then in
 * growing steps or not by this member at all. The budget refills with time in which the server runs, not with time that passes.
 */
final class RestartBudget {

    /** A hang has its cause outside the server more often than a crash: once is tried again, not three times. */
    private static final int HANGS_MAX = 1;

    private static final long SHORT_MAX_MS = 30_000;

    /** Doublings; the longest pause of a standby is then 32 s in {@code fast}: a group whose faults are over is whole a minute later. */
    private static final int DOUBLED_MAX = 5;

    private RestartBudget() {}

    static boolean isSpent(MemberView v, GroupState group) {
        Crashes crashes = v.progress().crashes();
        long windowMs = windowMs(group);
        return crashes.within(windowMs) > group.settings().restartsMax() || crashes.hangsWithin(windowMs) > HANGS_MAX;
    }

    /** Of a server that somebody waits for: 5 r after the first death too many, twice as long after each further one, at most half a minute. */
    static long waitMs(MemberView v, GroupState group) {
        return isSpent(v, group) ? lastMs(v) + Math.min(backOffMs(v, group), SHORT_MAX_MS) - v.nowMs() : 0;
    }

    /** A standby that nobody waits for stays down for longer: each start of it costs its primary a connection and WAL that is kept. */
    static Plan standby(MemberView v, GroupState group, Plan plan) {
        boolean awaited = group.phase() != GroupState.Phase.ESTABLISHED || group.durability() == Durability.DEGRADED;
        long waitMs = !isSpent(v, group) ? 0 : awaited ? waitMs(v, group) : lastMs(v) + backOffMs(v, group) - v.nowMs();
        return plan.step() instanceof Step.StartStandby && waitMs > 0
                ? Plan.idle("it crashes again and again: left down, starts again in %d ms".formatted(waitMs))
                : plan;
    }

    /** By the edge, when there is nothing else to do. */
    static Plan told(MemberView v, Plan plan) {
        GroupState group = v.group();
        if (group == null || plan.step() != null || plan.save() != null) {
            return plan;
        }
        boolean alone = group.upkeep().isInMaintenance(v.member());
        if (alone || !group.members().containsKey(v.member()) || !group.upkeep().knows(GreyFailure.RESTARTS_SPENT)) {
            return plan;
        }
        boolean spent = isSpent(v, group);
        if (spent == group.troubles().has(GreyFailure.RESTARTS_SPENT, v.member())) {
            return plan;
        }
        return plan.doing(new Step.Submit(new ReportGreyFailure(
                v.stamp(), v.member(), GreyFailure.RESTARTS_SPENT, spent, words(v, group, spent))));
    }

    private static String words(MemberView v, GroupState group, boolean spent) {
        CrashHistory history = v.progress().crashes().history();
        List<CrashHistory.Crash> counted = history.within(windowMs(group));
        if (!spent) {
            return "%d deaths are left in the last %d s that it ran".formatted(counted.size(), windowMs(group) / 1000);
        }
        return "died %d times within %d s of running (restarts-max %d in %d s), last: %s; see its server's log and mend the cause; it is tried again by itself, and 'interrex reinit --member %s' copies a standby anew"
                .formatted(
                        counted.size(),
                        (history.ranMs() - counted.getFirst().atRanMs()) / 1000,
                        group.settings().restartsMax(),
                        windowMs(group) / 1000,
                        counted.getLast().how(),
                        v.member());
    }

    /** Deaths that an agent before this one saw are waited for no longer. */
    private static long lastMs(MemberView v) {
        long lastMs = v.progress().crashes().lastMs();
        return lastMs < 0 ? Long.MIN_VALUE / 2 : lastMs;
    }

    private static long backOffMs(MemberView v, GroupState group) {
        long deaths = v.progress().crashes().within(windowMs(group));
        long tooMany = Math.max(1, deaths - group.settings().restartsMax());
        return 5 * v.timings().renewEvery().toMillis() << Math.min(tooMany - 1, DOUBLED_MAX);
    }

    static long windowMs(GroupState group) {
        return group.settings().restartWindow().toMillis();
    }
}
