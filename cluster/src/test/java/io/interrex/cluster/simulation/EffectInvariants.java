package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.Invariants.require;

import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupEvent.CloneSourceChosen;
import io.interrex.cluster.group.GroupEvent.GroupCreated;
import io.interrex.cluster.group.GroupEvent.PrimaryEstablished;
import io.interrex.cluster.group.GroupEvent.PromotionAuthorized;
import io.interrex.cluster.group.GroupEvent.RebuildMethod;
import io.interrex.cluster.group.GroupEvent.RebuildStarted;
import io.interrex.cluster.group.GroupEvent.RestartOrdered;
import io.interrex.cluster.group.GroupEvent.SwitchoverOrdered;
import io.interrex.cluster.group.GroupEvent.SyncSetIntended;
import io.interrex.cluster.member.Step;
import io.interrex.cluster.port.Database.Upstream;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Judges what members do in the name of the log: I10, and of I16 that nobody acts below the epoch that it knows. */
final class EffectInvariants {

    private final World world;

    EffectInvariants(World world) {
        this.world = world;
    }

    /**
     * Every effect cites an earlier decision of its epoch, and that is the highest that its member knows.
     *
     * @param known the highest epoch that the member's host has promised, was asked to promise, or has read in the log
     */
    void begins(String member, Step step, long known) {
        long epoch = epochOf(step, known);
        require(
                epoch == known || step instanceof Step.Release,
                "I16 EpochMonotonic",
                () -> "%s knows of epoch %d and does what is of epoch %d: %s".formatted(member, known, epoch, step));
        boolean decided = switch (step) {
            case Step.Initialise s -> created(member, epoch) != null;
            case Step.Promote s -> authorized(member, epoch) != null;
            case Step.WriteMarker s -> s.uuid().equals(uuidOf(member, epoch));
            case Step.StartPrimary s ->
                leads(member, epoch) && isRule(s.syncSet(), epoch) || created(member, epoch) != null;
            case Step.ApplySyncSet s -> isIntended(s.syncSet(), epoch);
            case Step.Follow s -> mayFollow(member, s.upstream(), epoch);
            case Step.StartStandby s -> s.upstream() == null || mayFollow(member, s.upstream(), epoch);
            case Step.Rewind s -> mayRebuild(member, RebuildMethod.REWIND, s.upstream(), epoch);
            case Step.Clone s ->
                mayRebuild(member, RebuildMethod.CLONE, s.upstream(), epoch) && isChosen(member, s, epoch);
            case Step.HoldPoolers s ->
                isOrdered(member, epoch, o -> o.operation().equals(s.operation()))
                        || isToBeRestarted(member, o -> o.operation().equals(s.operation()));
            case Step.Checkpoint s ->
                isOrdered(member, epoch, o -> o.operation().equals(s.operation()))
                        || isToBeRestarted(member, o -> o.operation().equals(s.operation()));
            case Step.StopClean s ->
                !isServing(member, epoch)
                        || isOrdered(member, epoch, o -> true)
                        || isToBeRestarted(member, o -> !o.switchover());
            case Step.Admit s -> true;
            case Step.Detach s -> true;
            case Step.CheckFlushed s -> true;
            case Step.EnsureSlots s -> true;
            case Step.Kill s -> true;
            case Step.Release s -> true;
            case Step.Submit s -> true;
        };
        require(
                decided,
                "I10 EffectCitesDecision",
                () -> "%s does what the log does not say of epoch %d: %s".formatted(member, epoch, step));
        if (step instanceof Step.Admit) {
            world.invariants.leases.admits(member, epoch);
        }
    }

    /** Its own where it names one; else what a member does is of the highest epoch that it knows. */
    private static long epochOf(Step step, long known) {
        return switch (step) {
            case Step.Promote s -> s.epoch();
            case Step.WriteMarker s -> s.epoch();
            case Step.Detach s -> s.epoch();
            case Step.Release s -> s.epoch();
            case Step.Initialise s -> known;
            case Step.StartStandby s -> known;
            case Step.StartPrimary s -> known;
            case Step.Follow s -> known;
            case Step.ApplySyncSet s -> known;
            case Step.CheckFlushed s -> known;
            case Step.EnsureSlots s -> known;
            case Step.Checkpoint s -> known;
            case Step.HoldPoolers s -> known;
            case Step.Admit s -> known;
            case Step.StopClean s -> known;
            case Step.Rewind s -> known;
            case Step.Clone s -> known;
            case Step.Kill s -> known;
            case Step.Submit s -> known;
        };
    }

    private boolean mayFollow(String member, Upstream upstream, long epoch) {
        PromotionAuthorized promotion = authorized(upstream.member(), epoch);
        return leads(upstream.member(), epoch)
                || promotion != null && promotion.syncSet().standbys().contains(member);
    }

    private boolean mayRebuild(String member, RebuildMethod method, Upstream upstream, long epoch) {
        return leads(upstream.member(), epoch)
                && find(RebuildStarted.class, epoch, r -> r.member().equals(member) && r.method() == method) != null;
    }

    private boolean isChosen(String member, Step.Clone step, long epoch) {
        return find(
                        CloneSourceChosen.class,
                        epoch,
                        c -> c.member().equals(member)
                                && c.source().equals(step.source().member()))
                != null;
    }

    /** The rule that this reign began with, or one that was intended since. */
    private boolean isRule(SyncSet rule, long epoch) {
        PromotionAuthorized promotion = find(PromotionAuthorized.class, epoch, p -> true);
        SyncSet first = promotion == null ? SyncSet.NONE : promotion.syncSet();
        return rule.equals(first) || isIntended(rule, epoch);
    }

    private boolean isIntended(SyncSet rule, long epoch) {
        return find(SyncSetIntended.class, epoch, i -> i.to().equals(rule)) != null;
    }

    private boolean isOrdered(String from, long epoch, Predicate<SwitchoverOrdered> which) {
        return find(SwitchoverOrdered.class, epoch, o -> o.from().equals(from) && which.test(o)) != null;
    }

    /** This very run of its server is to end by a person's order, in whatever epoch that was given. */
    private boolean isToBeRestarted(String member, Predicate<RestartOrdered> which) {
        long startedAtMs = world.postgres(member).startedAtMs;
        return world.log.events.stream()
                .map(recorded -> recorded.event())
                .anyMatch(event -> event instanceof RestartOrdered ordered
                        && which.test(ordered)
                        && ordered.runs().stream()
                                .anyMatch(run -> run.member().equals(member) && run.startedAtMs() == startedAtMs));
    }

    /** Clients were let in to this run: it ends for them by an order, a kill or a crash. */
    private boolean isServing(String member, long epoch) {
        Postgres server = world.postgres(member);
        return server.isPrimary() && server.admitted && leads(member, epoch);
    }

    private boolean leads(String member, long epoch) {
        return find(PrimaryEstablished.class, epoch, p -> p.member().equals(member)) != null;
    }

    private @Nullable PromotionAuthorized authorized(String candidate, long epoch) {
        return find(PromotionAuthorized.class, epoch, p -> p.candidate().equals(candidate));
    }

    private @Nullable GroupCreated created(String first, long epoch) {
        return find(GroupCreated.class, epoch, g -> g.first().equals(first));
    }

    private @Nullable UUID uuidOf(String member, long epoch) {
        PromotionAuthorized promotion = authorized(member, epoch);
        GroupCreated first = created(member, epoch);
        return promotion != null ? promotion.uuid() : first != null ? first.uuid() : null;
    }

    private <E extends GroupEvent> @Nullable E find(Class<E> kind, long epoch, Predicate<E> which) {
        for (int i = world.log.events.size() - 1; i >= 0; i--) {
            GroupEvent event = world.log.events.get(i).event();
            if (event.epoch() == epoch && kind.isInstance(event) && which.test(kind.cast(event))) {
                return kind.cast(event);
            }
        }
        return null;
    }
}
