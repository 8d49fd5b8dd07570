package io.interrex.actors.supervisor;

import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupState;

/** When a supervisor asks for a newer format of its group's log. */
final class FormatRaise {

    /** So long after the last event, after the start and after the last try. */
    private static final long AFTER_MS = 1_000;

    private long askedMs;
    private int common;

    FormatRaise(long startedMs) {
        askedMs = startedMs;
    }

    /** @param all the format that every node knows, 0 while one is not connected */
    boolean isDue(GroupState group, int all, long lastEventMs, long nowMs) {
        common = all;
        return all > group.upkeep().format()
                && group.phase() == GroupState.Phase.ESTABLISHED
                && nowMs - lastEventMs > AFTER_MS
                && nowMs - askedMs > AFTER_MS;
    }

    GroupCommand raise(Stamp stamp, long nowMs) {
        askedMs = nowMs;
        return new GroupCommand.RaiseFormat(stamp, common);
    }
}
