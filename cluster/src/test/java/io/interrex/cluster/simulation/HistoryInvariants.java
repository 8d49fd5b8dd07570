package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.Invariants.require;

import io.interrex.cluster.durability.LiveConfiguration;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.Decision;
import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.Evidence.Revoked;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupDecider;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupEvent.FailoverStarted;
import io.interrex.cluster.group.GroupEvent.PrimaryEstablished;
import io.interrex.cluster.group.GroupEvent.PromotionAuthorized;
import io.interrex.cluster.group.GroupEvolution;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.member.Step;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Judges the log, and what is done in its name: I7, I9, I10, I11, I13, I14. */
final class HistoryInvariants {

    private final World world;
    private int decisions;

    HistoryInvariants(World world) {
        this.world = world;
    }

    // ---- decisions

    /** Every eighth is made twice. */
    Decision decide(@Nullable GroupState state, GroupCommand command) {
        GroupState known = Doctor.state(world, state, command);
        GroupCommand given = Doctor.command(world, state, command);
        Decision decision = GroupDecider.decide(known, given);
        if (++decisions % 8 == 0) {
            require(
                    decision.equals(GroupDecider.decide(known, given)),
                    "I13 DecidePure",
                    () -> "two answers to one question: " + command);
        }
        return decision;
    }

    /** What was decided and is in the log changes nothing when it comes again. */
    void repeated(@Nullable GroupState state, GroupCommand command) {
        if (state == null || decisions % 4 != 0 || world.isMutated()) {
            return;
        }
        GroupState again = state;
        for (GroupEvent event : GroupDecider.decide(state, command).events()) {
            again = GroupEvolution.evolve(again, event);
        }
        GroupState changed = again;
        require(
                again.equals(state),
                "I14 Idempotent",
                () -> "%s, repeated, changes the state of epoch %d from %s to %s"
                        .formatted(command, changed.epoch(), state, changed));
    }

    // ---- the log

    void appended(@Nullable GroupState before, GroupEvent event, GroupState after) {
        long known = before == null ? 0 : before.epoch();
        boolean next = event instanceof FailoverStarted ? event.epoch() == known + 1 : event.epoch() <= after.epoch();
        require(next, "I11 LegalHistory", () -> "%s after epoch %d".formatted(event, known));
        if (event instanceof PromotionAuthorized authorized && before != null) {
            for (LiveConfiguration live : before.liveConfigurations()) {
                intersects(before, live, authorized);
            }
            world.invariants.data.authorized(before, authorized);
            onlySynchronous(before, authorized);
        }
        if (event instanceof PrimaryEstablished established) {
            world.invariants.data.established(established);
        }
    }

    /** Whoever may have acknowledged for {@code live} is among those who promised to take no more of it, in truth. */
    private void intersects(GroupState before, LiveConfiguration live, PromotionAuthorized event) {
        if (before.durability() == GroupEvent.Durability.ASYNC) {
            return;
        }
        SyncSet s = live.syncSet();
        long free = s.standbys().stream()
                .filter(m -> !world.invariants.leases.hasPromised(m, event.epoch()))
                .count();
        boolean stoppedCleanly = world.postgres(live.primary()).shutDown;
        boolean floor = before.unestablished().stream().anyMatch(p -> p.epoch() > live.epoch());
        boolean itself = event.candidate().equals(live.primary());
        require(
                s.k() > 0 && free < s.k() || floor || itself || stoppedCleanly,
                "I7 QuorumsIntersect",
                () -> "%s of epoch %d may acknowledge with %d that promised nothing when %s is authorized for epoch %d"
                        .formatted(s, live.epoch(), free, event.candidate(), event.epoch()));
    }

    /** One that was in no synchronous set has to hold all that each revoked member of one holds. */
    private void onlySynchronous(GroupState before, PromotionAuthorized event) {
        if (before.durability() == GroupEvent.Durability.ASYNC) {
            return;
        }
        boolean named = before.liveConfigurations().stream()
                .anyMatch(live -> live.primary().equals(event.candidate())
                        || live.syncSet().standbys().contains(event.candidate()));
        if (named) {
            return;
        }
        Wal wal = world.postgres(event.candidate()).wal;
        for (Evidence item : event.evidence()) {
            require(
                    !(item instanceof Revoked r)
                            || r.member().equals(before.primary())
                            || wal.continuesFrom(world.postgres(r.member()).wal)
                            || world.invariants.data.isOlder(before, r.member(), event.candidate()),
                    "I9 NonSyncOnlyForced",
                    () -> "%s is authorized for epoch %d, was in no synchronous set, and lacks what is on %s"
                            .formatted(event.candidate(), event.epoch(), item));
        }
    }

    // ---- effects

    /** Every effect cites an earlier decision. */
    void effect(String member, Step step) {
        boolean decided = switch (step) {
            case Step.Initialise s ->
                said(e -> e instanceof GroupEvent.GroupCreated g && g.first().equals(member));
            case Step.Promote s ->
                said(e -> e instanceof PromotionAuthorized p
                        && p.epoch() == s.epoch()
                        && p.candidate().equals(member));
            case Step.StartPrimary s ->
                said(e -> e instanceof PrimaryEstablished p && p.member().equals(member)
                        || e instanceof GroupEvent.GroupCreated g && g.first().equals(member));
            case Step.WriteMarker s ->
                said(e -> e instanceof PromotionAuthorized p
                                && p.candidate().equals(member)
                                && p.uuid().equals(s.uuid())
                        || e instanceof GroupEvent.GroupCreated g
                                && g.first().equals(member)
                                && Objects.equals(g.uuid(), s.uuid()));
            case Step.ApplySyncSet s ->
                said(e -> e instanceof GroupEvent.SyncSetIntended i && i.to().equals(s.syncSet()));
            case Step.Follow s ->
                said(e -> e instanceof PromotionAuthorized p
                                && p.candidate().equals(s.upstream().member())
                        || e instanceof PrimaryEstablished p2
                                && p2.member().equals(s.upstream().member()));
            case Step.Rewind s -> rebuilding(member, GroupEvent.RebuildMethod.REWIND);
            case Step.Clone s -> rebuilding(member, GroupEvent.RebuildMethod.CLONE);
            case Step.StopClean s -> true;
            case Step.StartStandby s -> true;
            case Step.Detach s -> true;
            case Step.CheckFlushed s -> true;
            case Step.EnsureSlots s -> true;
            case Step.Checkpoint s -> true;
            case Step.Admit s -> true;
            case Step.Kill s -> true;
            case Step.Release s -> true;
            case Step.Submit s -> true;
        };
        require(decided, "I10 EffectCitesDecision", () -> member + " does what the log does not say: " + step);
    }

    private boolean rebuilding(String member, GroupEvent.RebuildMethod method) {
        return said(e -> e instanceof GroupEvent.RebuildStarted r && r.member().equals(member) && r.method() == method);
    }

    private boolean said(Predicate<GroupEvent> what) {
        for (int i = world.log.events.size() - 1; i >= 0; i--) {
            if (what.test(world.log.events.get(i).event())) {
                return true;
            }
        }
        return false;
    }
}
