package io.interrex.cluster.member;

import io.interrex.cluster.detection.WriteProbe;
import io.interrex.cluster.durability.LiveConfiguration;
import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.GroupCommand.ReportRestarted;
import io.interrex.cluster.group.GroupCommand.ReportSyncSetApplied;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.member.MemberHard.Role;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Decides what the recorded primary of the current epoch does: hold the lease, keep the server up, open behind a barrier. */
final class PrimaryPlanner {

    private PrimaryPlanner() {}

    static Plan plan(MemberView v, GroupState group) {
        long epoch = group.epoch();
        if (v.hard().role() != Role.PRIMARY || v.hard().roleEpoch() != epoch) {
            return Plan.saving(v.hard().as(Role.PRIMARY, epoch), "becoming the primary of epoch " + epoch);
        }
        if (MemberPlanner.mustDie(v)) {
            return Plan.step(new Step.Kill("its lease ran out"), "fencing itself")
                    .holding(epoch, true, false);
        }
        return switch (v.database().process()) {
            case PRIMARY -> serving(v, group);
            case STOPPED -> stopped(v, group);
            case STANDBY ->
                (v.leaseHeld(epoch)
                                ? Plan.step(
                                        new Step.StopClean("to start again as the primary"),
                                        "restarting as the primary")
                                : Plan.idle("waiting for its lease"))
                        .holding(epoch, true, false);
            case STARTING -> starting(v, group);
            case HUNG -> hung(v, epoch).holding(epoch, true, false);
            case ABSENT, INCOMPLETE -> release(v, epoch, "its data directory is gone");
        };
    }

    private static Plan hung(MemberView v, long epoch) {
        long since = v.progress().unwellSinceMs();
        boolean tooLong =
                since >= 0 && v.nowMs() - since > v.timings().writeProbeMax().toMillis();
        return tooLong
                ? Plan.step(
                        new Step.Kill("the server does not answer in epoch " + epoch, true),
                        "killing a server that hangs")
                : Plan.idle("the server does not answer");
    }

    private static Plan stopped(MemberView v, GroupState group) {
        long epoch = group.epoch();
        GroupState.Operation operation = group.operation();
        Lsn cleanStop = v.cleanStop();
        if (operation != null && operation.from().equals(v.member()) && cleanStop != null) {
            return SwitchoverPlanner.stopped(v, group, operation, cleanStop);
        }
        boolean byOrder = group.upkeep().restart() != null && cleanStop != null;
        if (!byOrder && RestartBudget.isSpent(v, group) && Succession.isPossible(v, group)) {
            return release(
                    v,
                    epoch,
                    "it crashed more often than %d times"
                            .formatted(group.settings().restartsMax()));
        }
        if (v.database().isDiskFull()) {
            String why = "its server is down, and its disk is full: %d KiB are left"
                    .formatted(v.database().diskFree() >> 10);
            return Succession.isPossible(v, group)
                    ? release(v, epoch, why)
                    : Plan.idle(why + "; it starts when there is space").holding(epoch, true, false);
        }
        if (!v.leaseHeld(epoch)) {
            return Plan.idle("waiting for its lease").holding(epoch, true, false);
        }
        long waitMs = RestartBudget.waitMs(v, group);
        if (waitMs > 0) {
            return Plan.idle("it crashes again and again, and nobody else may be promoted: starts again in %d ms"
                            .formatted(waitMs))
                    .holding(epoch, true, false);
        }
        SyncSet rule = group.intent() == null ? group.syncSet() : group.intent();
        return Plan.step(new Step.StartPrimary(rule), "starting behind the barrier")
                .holding(epoch, true, false);
    }

    /** A recovery that takes longer than a failover is not waited for where there is somebody to fail over to. */
    private static Plan starting(MemberView v, GroupState group) {
        long epoch = group.epoch();
        long since = v.progress().unwellSinceMs();
        long limitMs = v.timings().failoverMax().toMillis();
        return since >= 0 && v.nowMs() - since > limitMs && Succession.isPossible(v, group)
                ? release(v, epoch, "its recovery takes longer than %d ms".formatted(limitMs))
                : Plan.idle("the server is starting").holding(epoch, true, false);
    }

    static Plan release(MemberView v, long epoch, String why) {
        return Plan.saving(v.hard().releasing(epoch), "giving its lease back: " + why);
    }

    private static Plan serving(MemberView v, GroupState group) {
        long epoch = group.epoch();
        boolean opened = v.hard().openedStartMs() != 0
                && v.hard().openedStartMs() == v.database().startedAtMs();
        if (!opened && barrierPassed(v, group)) {
            return Plan.saving(v.hard().opened(v.database().startedAtMs()), "its barrier is in the log");
        }
        if (!opened) {
            return barrier(v, group).holding(epoch, true, false);
        }
        if (v.writeProbeAgeMs() > v.timings().writeProbeMax().toMillis()) {
            return Plan.step(
                            new Step.Kill("no commit for %d ms".formatted(v.writeProbeAgeMs()), true),
                            "killing a server whose write path hangs")
                    .holding(epoch, true, false);
        }
        GroupState.Operation operation = group.operation();
        if (operation != null && operation.from().equals(v.member())) {
            return SwitchoverPlanner.serving(v, group, operation);
        }
        Plan restart = Restarting.primary(v, group);
        if (restart != null) {
            return restart;
        }
        Step step = upkeep(v, group);
        return (step == null ? Plan.idle("primary") : Plan.step(step, "primary")).holding(epoch, true, gate(v));
    }

    /** The log says of this run of the server that k standbys hold its marker, or its end of recovery. */
    private static boolean barrierPassed(MemberView v, GroupState group) {
        Progress p = v.progress();
        boolean established =
                p.markerEpoch() == group.epoch() && group.barrierLsn().isAtLeast(p.markerLsn());
        boolean restarted = p.barrierStartMs() == v.database().startedAtMs()
                && group.barrierLsn().isAtLeast(p.barrierLsn());
        return v.database().startedAtMs() != 0 && (established || restarted);
    }

    /** Its end of recovery must be held by k standbys of every live configuration before clients may see it. */
    private static Plan barrier(MemberView v, GroupState group) {
        Progress p = v.progress();
        if (p.barrierStartMs() != v.database().startedAtMs()) {
            return Plan.idle("looking for its end of WAL");
        }
        var needed = new TreeSet<String>();
        boolean enough = true;
        for (LiveConfiguration live : group.liveConfigurations()) {
            needed.addAll(live.syncSet().standbys());
            enough &= live.syncSet().countOf(p.flushedAt(p.barrierLsn()))
                    >= live.syncSet().k();
        }
        if (enough) {
            return Plan.step(
                    new Step.Submit(new ReportRestarted(
                            v.stamp(),
                            group.epoch(),
                            v.member(),
                            p.barrierLsn(),
                            p.flushedAt(p.barrierLsn()),
                            "the server was started again")),
                    "reporting its barrier");
        }
        Step step = syncSetStep(v, group);
        return Plan.step(
                step == null ? new Step.CheckFlushed(p.barrierLsn(), needed) : step,
                "waiting until %s is held by its standbys".formatted(p.barrierLsn()));
    }

    private static @Nullable Step upkeep(MemberView v, GroupState group) {
        Step admit = admit(v, group.isReadOnly());
        if (admit != null && (gateIsOpen(v) || !v.progress().admission().sentAway())) {
            return admit;
        }
        Step slots = slots(v, group);
        return slots != null ? slots : syncSetStep(v, group);
    }

    /**
     * Not before pg_hba.conf lets clients in: a pooler passes its refusal on to clients that could have waited. One that was
     * closed to send clients away opens behind the gate's own round.
     */
    static boolean gate(MemberView v) {
        Admission admission = v.progress().admission();
        return admission.isOpen() || admission.sentAway() || gateIsOpen(v);
    }

    private static boolean gateIsOpen(MemberView v) {
        return v.writeProbeAgeMs() != WriteProbe.NO_AGE_MS;
    }

    /**
     * Only behind the barrier, whatever gate there is: who sits on a member's own host passes the kernel's, and this agent may
     * stand still. Not to a server that was stopped since it was looked at. Without the kernel's, clients that were sent away come back when a round that was sent after that is granted.
     */
    static @Nullable Step admit(MemberView v, boolean readOnly) {
        Admission admission = v.progress().admission();
        boolean stopped = v.progress().cleanStop() != null;
        boolean done = admission.isOpen() && admission.readOnly() == readOnly;
        return done || stopped ? null : new Step.Admit(admission.closings(), readOnly);
    }

    private static @Nullable Step slots(MemberView v, GroupState group) {
        SortedSet<String> slots = v.progress().slots();
        boolean complete = slots.size() == group.members().size() - 1
                && !slots.contains(v.member())
                && group.members().keySet().containsAll(slots);
        return complete
                ? null
                : new Step.EnsureSlots(new TreeSet<>(group.others(v.member()).keySet()));
    }

    private static @Nullable Step syncSetStep(MemberView v, GroupState group) {
        SyncSet intent = group.intent();
        if (intent == null) {
            return SyncSetWatch.revise(v, group);
        }
        Progress p = v.progress();
        if (!intent.equals(p.applied())) {
            return new Step.ApplySyncSet(intent);
        }
        if (intent.countOf(p.flushedAt(p.appliedLsn())) >= intent.k()) {
            return new Step.Submit(new ReportSyncSetApplied(
                    v.stamp(), group.epoch(), intent, p.appliedLsn(), p.flushedAt(p.appliedLsn())));
        }
        return new Step.CheckFlushed(p.appliedLsn(), intent.standbys());
    }
}
