package io.interrex.cluster.member;

import io.interrex.cluster.group.GroupCommand.ReportPoolersBusy;
import io.interrex.cluster.group.GroupCommand.ReportServerRestarted;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Restart;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a member stops its own server for a restart by order: when the log says that it is the next, it is well, and commits
 * do not wait for it where they could wait for others. The server starts again as after any stop.
 */
final class Restarting {

    private Restarting() {}

    /** Of a standby that streams; null: nothing of the kind is due. */
    static @Nullable Plan standby(MemberView v, GroupState group) {
        Restart restart = group.upkeep().restart();
        if (restart == null) {
            return null;
        }
        if (isBack(v, restart)) {
            return Plan.step(report(v, group), "telling that it was restarted").readable();
        }
        return isNext(v, group, restart) && maySpare(v, group) ? Plan.step(stop(restart), "restarting by order") : null;
    }

    /** Of a primary that serves; null: nothing of the kind is due. It keeps its reign, and opens behind a new barrier. */
    static @Nullable Plan primary(MemberView v, GroupState group) {
        Restart restart = group.upkeep().restart();
        long epoch = group.epoch();
        if (restart == null) {
            return null;
        }
        if (isBack(v, restart)) {
            return Plan.step(report(v, group), "telling that it was restarted")
                    .holding(epoch, true, PrimaryPlanner.gate(v));
        }
        if (!isNext(v, group, restart) || restart.switchover() || group.intent() != null) {
            return null;
        }
        if (!restart.operation().equals(v.progress().checkpointed())) {
            return Plan.step(new Step.Checkpoint(restart.operation()), "restarting by order: checkpoint")
                    .holding(epoch, true, PrimaryPlanner.gate(v));
        }
        return PoolerWait.isOver(v, restart.operation())
                ? Plan.step(stop(restart), "restarting by order").holding(epoch, true, false)
                : waitingForPoolers(v, restart).holding(epoch, true, PrimaryPlanner.gate(v));
    }

    /** Transactions through them end, and new ones wait for the server to be back; where one does not end, nothing has happened. */
    private static Plan waitingForPoolers(MemberView v, Restart restart) {
        UUID order = restart.operation();
        var missing = PoolerWait.missing(v, order);
        return PoolerWait.isInVain(v, order)
                ? Plan.step(
                        new Step.Submit(new ReportPoolersBusy(
                                v.stamp(),
                                order,
                                "poolers could not make their clients wait (%s); the primary goes on serving"
                                        .formatted(missing))),
                        "restarting by order: giving up")
                : Plan.step(new Step.HoldPoolers(order), "restarting by order: waiting for " + missing.keySet());
    }

    /** And clients are let in again. */
    private static boolean isBack(MemberView v, Restart restart) {
        return restart.isNews(v.member(), v.database().startedAtMs())
                && v.progress().admission().isOpen();
    }

    /** Also while the look is older than the stop: until another shows that the server is stopped nothing else is to be done. */
    private static boolean isNext(MemberView v, GroupState group, Restart restart) {
        return v.member().equals(group.nextRestart())
                && restart.ends(v.member(), v.database().startedAtMs());
    }

    private static Step report(MemberView v, GroupState group) {
        return new Step.Submit(new ReportServerRestarted(
                v.stamp(), group.epoch(), v.member(), v.database().startedAtMs()));
    }

    private static Step stop(Restart restart) {
        return new Step.StopClean("to be started again, as %s orders".formatted(restart.actor()));
    }

    /** In a group of so few members that commits never have another copy they wait for the restart. */
    private static boolean maySpare(MemberView v, GroupState group) {
        boolean counts = group.liveConfigurations().stream()
                .anyMatch(live -> live.syncSet().standbys().contains(v.member()));
        return !counts || group.members().size() - 2 < group.settings().k();
    }
}
