package io.interrex.cluster.member;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.GroupCommand.ReportEstablished;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.GroupState.Phase;
import io.interrex.cluster.group.GroupState.Promotion;
import io.interrex.cluster.member.MemberHard.Role;
import io.interrex.cluster.port.Database.Promoted;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Decides what the member does that an epoch was given to, until that epoch is established (protocol.md, steps 5 to 8). */
final class CandidatePlanner {

    /** An empty database in its place would be the group's from then on. */
    private static final String ADOPTED_GONE =
            "the database that the group adopts is not in its data directory: put it back, nothing is made in its place";

    private CandidatePlanner() {}

    static Plan plan(MemberView v, GroupState group) {
        long epoch = group.epoch();
        boolean first = group.phase() == Phase.CREATED;
        boolean adopted = first && !group.systemId().isEmpty();
        if (v.hard().role() != Role.PRIMARY || v.hard().roleEpoch() != epoch) {
            return Plan.saving(v.hard().as(Role.PRIMARY, epoch), "taking epoch " + epoch);
        }
        if (MemberPlanner.mustDie(v)) {
            return Plan.step(new Step.Kill("its lease ran out"), "fencing itself")
                    .holding(epoch, true, false);
        }
        return switch (v.database().process()) {
            case ABSENT ->
                adopted
                        ? Plan.idle(ADOPTED_GONE)
                        : first
                                ? leased(v, epoch, new Step.Initialise(), "making the database")
                                : PrimaryPlanner.release(v, epoch, "its data directory is gone");
            case INCOMPLETE ->
                adopted
                        ? Plan.idle(ADOPTED_GONE)
                        : PrimaryPlanner.release(v, epoch, "its data directory is incomplete");
            case STOPPED ->
                first
                        ? leased(v, epoch, new Step.StartPrimary(SyncSet.NONE), "starting the first primary")
                        : Plan.step(new Step.StartStandby(null), "starting, to be promoted")
                                .holding(epoch, true, false);
            case STARTING -> Plan.idle("the server is starting").holding(epoch, first, false);
            case HUNG -> Plan.idle("the server does not answer").holding(epoch, true, false);
            case STANDBY -> promote(v, group, epoch);
            case PRIMARY -> establish(v, group, epoch, first);
        };
    }

    private static Plan leased(MemberView v, long epoch, Step step, String doing) {
        return (v.leaseHeld(epoch) ? Plan.step(step, doing) : Plan.idle("waiting for its lease"))
                .holding(epoch, true, false);
    }

    /** One that was promoted twice left the old reign the first time, at the position at which it was frozen. */
    private static Lsn begin(Promoted promoted, @Nullable Promotion promotion) {
        return promotion == null ? promoted.switchLsn() : promotion.floorLsn();
    }

    private static Plan promote(MemberView v, GroupState group, long epoch) {
        Promotion promotion = group.promotion();
        if (promotion == null) {
            return Plan.step(new Step.StopClean("to start again as the primary"), "restarting as the primary")
                    .holding(epoch, true, false);
        }
        if (!v.database().lsn().isAtLeast(promotion.floorLsn())) {
            return PrimaryPlanner.release(
                    v,
                    epoch,
                    "it has %s, %s was promised".formatted(v.database().lsn(), promotion.floorLsn()));
        }
        if (v.database().epochInWal() == epoch) {
            return PrimaryPlanner.release(
                    v,
                    epoch,
                    "it wrote its marker and fell back; it may be reported as established on the timeline that it left");
        }
        boolean enoughLeft =
                v.leaseHeld(epoch) && v.leaseLeftMs() >= v.timings().leaseFor().toMillis() / 3;
        return (enoughLeft
                        ? Plan.step(new Step.Promote(epoch, promotion.syncSet()), "promoting")
                        : Plan.idle("waiting for its lease"))
                .holding(epoch, true, false);
    }

    private static Plan establish(MemberView v, GroupState group, long epoch, boolean first) {
        Progress p = v.progress();
        Promotion promotion = group.promotion();
        UUID uuid = group.designatedUuid();
        if (uuid == null) {
            throw new IllegalStateException("epoch " + epoch + " has no uuid in phase " + group.phase());
        }
        SyncSet rule = promotion == null ? SyncSet.NONE : promotion.syncSet();
        if (!first && p.promotedEpoch() != epoch) {
            return Plan.step(new Step.Promote(epoch, rule), "promoting").holding(epoch, true, false);
        }
        Promoted switched = p.promoted();
        if (promotion != null && switched != null && !switched.switchLsn().isAtLeast(promotion.floorLsn())) {
            return PrimaryPlanner.release(
                    v,
                    epoch,
                    "it was promoted at %s, %s was promised".formatted(switched.switchLsn(), promotion.floorLsn()));
        }
        if (p.markerEpoch() != epoch) {
            return Plan.step(new Step.WriteMarker(epoch, uuid), "writing its marker")
                    .holding(epoch, true, false);
        }
        if (rule.countOf(p.flushedAt(p.markerLsn())) < rule.k()) {
            return Plan.step(
                            new Step.CheckFlushed(p.markerLsn(), rule.standbys()),
                            "waiting until %s hold its marker".formatted(rule))
                    .holding(epoch, true, false);
        }
        Reign reign = switched == null
                ? new Reign(epoch, uuid, v.database().timeline(), Lsn.ZERO)
                : new Reign(epoch, uuid, switched.timeline(), begin(switched, promotion));
        String systemId = v.database().systemId();
        return Plan.step(
                        new Step.Submit(new ReportEstablished(
                                v.stamp(),
                                epoch,
                                v.member(),
                                reign,
                                p.markerLsn(),
                                p.flushedAt(p.markerLsn()),
                                systemId == null ? "" : systemId)),
                        "establishing epoch " + epoch)
                .holding(epoch, true, false);
    }
}
