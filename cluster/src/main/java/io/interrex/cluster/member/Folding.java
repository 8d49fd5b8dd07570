package io.interrex.cluster.member;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.GroupCommand.StartRebuild;
import io.interrex.cluster.group.GroupEvent.RebuildMethod;
import io.interrex.cluster.port.Database.Position;
import io.interrex.cluster.port.Database.Promoted;
import java.util.Collection;
import java.util.TreeSet;

/** What an agent remembers of a step whose outcome it knows. An unknown outcome is looked at again. */
public final class Folding {

    private Folding() {}

    /** @param value what the step gave, as {@link io.interrex.cluster.port.Database} says for each */
    public static Progress done(Progress p, Step step, Object value, long nowMs) {
        return switch (step) {
            case Step.Initialise s -> p;
            case Step.StartStandby s ->
                p.startedAs(s.upstream() == null ? null : s.upstream().member());
            case Step.StartPrimary s -> p.startedAs(null).lease(false);
            case Step.Follow s -> p.following(s.upstream().member());
            case Step.Detach s -> p.detachedAt(s.epoch(), (Position) value);
            case Step.Promote s -> p.promotedAs(s.epoch(), (Promoted) value).withoutClients();
            case Step.WriteMarker s -> p.marked(s.epoch(), (Lsn) value);
            case Step.ApplySyncSet s -> p.syncSetApplied(s.syncSet(), (Lsn) value);
            case Step.CheckFlushed s -> p.flushed(s.lsn(), members(value));
            case Step.EnsureSlots s -> p.slotsFor(s.members());
            case Step.Checkpoint s -> p.checkpointedFor(s.operation());
            case Step.HoldPoolers s -> p.asking(s.operation(), nowMs);
            case Step.Admit s -> p.admitted(s.after(), s.readOnly());
            case Step.StopClean s -> p.stoppedCleanlyAt((Lsn) value, nowMs).emptied();
            case Step.Rewind s -> p.rebuilt(s.upstream().member(), null);
            case Step.Clone s -> copied(p, s);
            case Step.Kill s ->
                (s.hung() ? p.died(nowMs, true, s.why()) : p.stopped())
                        .lease(false)
                        .unkillable(null)
                        .emptied();
            case Step.Release s -> p;
            case Step.Submit s -> isOtherWay(s) ? p.rebuilding(Rebuilds::otherwise) : p;
        };
    }

    /** By order its server gets all its restarts back. */
    private static Progress copied(Progress p, Step.Clone s) {
        Progress copied =
                p.rebuilt(s.source().equals(s.upstream()) ? s.upstream().member() : null, s.order());
        return s.order() == null ? copied : copied.remembering(CrashHistory.NONE);
    }

    private static boolean isOtherWay(Step.Submit s) {
        return s.command() instanceof StartRebuild start && start.method() != RebuildMethod.CLONE;
    }

    /** A step begins, or ends, whatever its outcome: from now on a server that it starts may run, and one that it lets follow may move. */
    public static Progress began(Progress p, Step step) {
        return switch (step) {
            case Step.Initialise s -> p.starting();
            case Step.StartStandby s -> p.starting();
            case Step.StartPrimary s -> p.starting();
            case Step.Rewind s -> p.starting();
            case Step.Clone s -> p.starting();
            case Step.Follow s -> p.moving();
            case Step.Detach s -> p;
            case Step.Promote s -> p;
            case Step.WriteMarker s -> p;
            case Step.ApplySyncSet s -> p;
            case Step.CheckFlushed s -> p;
            case Step.EnsureSlots s -> p;
            case Step.Checkpoint s -> p;
            case Step.HoldPoolers s -> p;
            case Step.Admit s -> p;
            case Step.StopClean s -> p;
            case Step.Kill s -> p;
            case Step.Release s -> p;
            case Step.Submit s -> p;
        };
    }

    /**
     * A copy of which nobody knows has failed, too: a source whose host is dead never refuses, and is not to be asked forever.
     *
     * @param why with its remedy: it reaches the log, where the rebuild waits or goes another way
     * @param refused nothing changed; else nobody knows
     */
    public static Progress failed(Progress p, Step step, String why, boolean refused) {
        return refused || step instanceof Step.Clone ? p.rebuilding(r -> r.failed(step, why)) : p;
    }

    private static TreeSet<String> members(Object value) {
        var members = new TreeSet<String>();
        for (Object member : (Collection<?>) value) {
            members.add((String) member);
        }
        return members;
    }
}
