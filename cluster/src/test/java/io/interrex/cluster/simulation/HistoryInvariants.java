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
import io.interrex.cluster.group.RuleId;
import org.jspecify.annotations.Nullable;

/** Judges the log, and what is done in its name: I7, I9, I11, I13, I14, I24. */
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
        if (event instanceof FailoverStarted && before != null && world.onlyAnAgent) {
            world.invariants.leases.supersedes(before.primary(), event);
        }
        require(
                !world.agentBackInTime || event.rule() != RuleId.SYNC_SET_SHRUNK,
                "I24 LostAgentHarmless",
                () -> "every standby streams, and nothing but an agent was away: " + event);
        if (event instanceof GroupEvent.DurabilityChanged changed && before != null) {
            world.invariants.data.durabilityChanged(before, changed.durability());
        }
        if (event instanceof GroupEvent.PromotionForced forced) {
            world.invariants.data.losses().recorded(forced);
        }
        if (event instanceof PromotionAuthorized authorized && before != null) {
            boolean forced = authorized.rule() == RuleId.PROMOTION_FORCED;
            if (forced) {
                byAPerson(authorized);
            }
            for (LiveConfiguration live : before.liveConfigurations()) {
                if (!forced) {
                    intersects(before, live, authorized);
                }
            }
            world.invariants.data.authorized(before, authorized);
            if (!forced) {
                onlySynchronous(before, authorized);
            }
        }
        if (event instanceof PrimaryEstablished established) {
            world.invariants.data.established(established, after);
        }
    }

    /** Clause 2 of a failover, in truth: nothing is acknowledged for {@code live} any more, and the candidate holds all that was. */
    private void intersects(GroupState before, LiveConfiguration live, PromotionAuthorized event) {
        if (before.durability() == GroupEvent.Durability.ASYNC) {
            return;
        }
        SyncSet s = live.syncSet();
        long free = s.standbys().stream()
                .filter(m -> !world.invariants.leases.hasPromised(m, event.epoch()))
                .count();
        boolean revoked = s.k() > 0 && free < s.k();
        boolean frozen = world.invariants.leases.hasPromised(live.primary(), event.epoch());
        boolean itself = event.candidate().equals(live.primary());
        require(
                revoked
                        || frozen && itself
                        || frozen && world.invariants.data.holdsAllOf(live.primary(), event.candidate())
                        || world.invariants.data.holdsFloorAfter(live.epoch(), before, event.candidate()),
                "I7 QuorumsIntersect",
                () -> "%s of epoch %d may acknowledge with %d that promised nothing when %s is authorized for epoch %d"
                        .formatted(s, live.epoch(), free, event.candidate(), event.epoch()));
    }

    /** Somebody, with a name and a reason, typed this group and the epoch before for that member, and what is lost is recorded. */
    private void byAPerson(PromotionAuthorized event) {
        boolean ordered = false;
        boolean recorded = false;
        for (EventStore.Stored stored : world.log.events) {
            ordered |= stored.event() instanceof GroupEvent.ForcePromotionOrdered o
                    && o.epoch() == event.epoch() - 1
                    && o.typedEpoch() == o.epoch()
                    && o.group().equals(World.GROUP)
                    && o.target().equals(event.candidate())
                    && !o.actor().isBlank()
                    && !o.reason().isBlank();
            recorded |= stored.event() instanceof GroupEvent.PromotionForced f
                    && f.epoch() == event.epoch()
                    && f.candidate().equals(event.candidate())
                    && f.keptLsn().equals(event.floorLsn());
        }
        require(
                ordered && recorded,
                "I9 NonSyncOnlyForced",
                () -> "%s is promoted by force in epoch %d without an order, or without a record of what is lost"
                        .formatted(event.candidate(), event.epoch()));
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
                            || DataInvariants.isPassedBy(before, event, r.member())
                            || wal.continuesFrom(world.postgres(r.member()).wal)
                            || world.invariants.data.isOlder(before, r.member(), event.candidate()),
                    "I9 NonSyncOnlyForced",
                    () -> "%s is authorized for epoch %d, was in no synchronous set, and lacks what is on %s"
                            .formatted(event.candidate(), event.epoch(), item));
        }
    }
}
