package io.interrex.cluster.member;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.GroupCommand.ReportOperation;
import io.interrex.cluster.group.GroupCommand.ReportPoolersBusy;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.GroupState.Operation;

/** Decides the old primary's part of a switchover: checkpoint, poolers hold, gate, clean stop, target has it all, release. */
final class SwitchoverPlanner {

    private SwitchoverPlanner() {}

    static Plan serving(MemberView v, GroupState group, Operation operation) {
        long epoch = group.epoch();
        if (!operation.id().equals(v.progress().checkpointed())) {
            return Plan.step(new Step.Checkpoint(operation.id()), "switchover: checkpoint")
                    .holding(epoch, true, PrimaryPlanner.gate(v));
        }
        if (!PoolerWait.isOver(v, operation.id())) {
            return waitingForPoolers(v, group, operation);
        }
        return stopping(epoch, operation);
    }

    private static Plan stopping(long epoch, Operation operation) {
        return Plan.step(new Step.StopClean("switchover to " + operation.target()), "switchover: stopping")
                .holding(epoch, true, false);
    }

    /**
     * The gate stays open meanwhile: transactions end, and where one does not, nothing has happened. A disk that is nearly full
     * waits for nobody: a transaction that ends then is the lesser loss.
     */
    private static Plan waitingForPoolers(MemberView v, GroupState group, Operation operation) {
        long epoch = group.epoch();
        var missing = PoolerWait.missing(v, operation.id());
        boolean gaveUp = PoolerWait.isInVain(v, operation.id());
        if (gaveUp && group.handsOver()) {
            return stopping(epoch, operation);
        }
        if (gaveUp) {
            return Plan.step(
                            new Step.Submit(new ReportPoolersBusy(
                                    v.stamp(),
                                    operation.id(),
                                    "poolers could not make their clients wait (%s); the old primary goes on serving"
                                            .formatted(missing))),
                            "switchover: giving up")
                    .holding(epoch, true, PrimaryPlanner.gate(v));
        }
        return Plan.step(new Step.HoldPoolers(operation.id()), "switchover: waiting for " + missing.keySet())
                .holding(epoch, true, PrimaryPlanner.gate(v));
    }

    static Plan stopped(MemberView v, GroupState group, Operation operation, Lsn cleanStop) {
        long epoch = group.epoch();
        Lsn target = v.peerLsn().getOrDefault(operation.target(), Lsn.ZERO);
        if (target.isAtLeast(cleanStop)) {
            return PrimaryPlanner.release(v, epoch, "switchover to " + operation.target());
        }
        long waitedMs = v.nowMs() - v.progress().cleanStopMs();
        if (waitedMs > 2 * v.timings().suspectAfter().toMillis()) {
            return Plan.step(
                            new Step.Submit(new ReportOperation(
                                    v.stamp(),
                                    operation.id(),
                                    false,
                                    "%s has %s, the shutdown checkpoint ends at %s; the old primary starts again"
                                            .formatted(operation.target(), target, cleanStop))),
                            "switchover: giving up")
                    .holding(epoch, false, false);
        }
        return Plan.idle("switchover: waiting until %s has %s".formatted(operation.target(), cleanStop))
                .holding(epoch, false, false);
    }
}
