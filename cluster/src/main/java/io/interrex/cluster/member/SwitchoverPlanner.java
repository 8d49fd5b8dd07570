package io.interrex.cluster.member;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.GroupCommand.ReportOperation;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.GroupState.Operation;

/** Decides the old primary's part of a switchover: checkpoint, gate, clean stop, target has it all, release. */
final class SwitchoverPlanner {

    private SwitchoverPlanner() {}

    static Plan serving(MemberView v, GroupState group, Operation operation) {
        long epoch = group.epoch();
        if (!operation.id().equals(v.progress().checkpointed())) {
            return Plan.step(new Step.Checkpoint(operation.id()), "switchover: checkpoint")
                    .holding(epoch, true, true);
        }
        return Plan.step(new Step.StopClean("switchover to " + operation.target()), "switchover: stopping")
                .holding(epoch, true, false);
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
