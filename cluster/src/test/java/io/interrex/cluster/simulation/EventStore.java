package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupEvent.Durability;
import io.interrex.cluster.group.GroupEvolution;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.simulation.Fault.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The event log: linearizable append-if-version for whoever reaches a majority of the hosts; slow, and at times mute. */
final class EventStore {

    /** @param after what the events up to and including this one make; evolving is pure, so each node need not do it again */
    record Stored(long version, GroupEvent event, UUID decision, long atNs, GroupState after) {}

    sealed interface Answer {
        record Appended() implements Answer {}

        record Conflict(long version) implements Answer {}

        record Unknown() implements Answer {}
    }

    private final World world;
    final List<Stored> events = new ArrayList<>();
    private @Nullable GroupState truth;
    double loseAnswers;
    double writeLate;
    long awayUntilNs;
    long slowUntilNs;

    EventStore(World world) {
        this.world = world;
    }

    /** What the log says, seen by nobody in the simulation but its judges. */
    @Nullable
    GroupState truth() {
        return truth;
    }

    /** What the group was when that decision was in the log, and nothing later. */
    @Nullable
    GroupState after(UUID decision) {
        for (int i = events.size() - 1; i >= 0; i--) {
            if (events.get(i).decision().equals(decision)) {
                return events.get(i).after();
            }
        }
        return null;
    }

    void healAll() {
        loseAnswers = 0;
        writeLate = 0;
        awayUntilNs = 0;
        slowUntilNs = 0;
    }

    boolean isReachable(int node) {
        return world.time.nowNs() >= awayUntilNs && world.net.isUp(node) && world.net.reachesMajority(node);
    }

    private long latencyNs() {
        return world.time.nowNs() < slowUntilNs
                ? world.random.nextLong(40, 280) * MS
                : world.random.nextLong(1, 12) * MS;
    }

    void append(int node, long expected, UUID decision, List<GroupEvent> added, Consumer<Answer> answer) {
        boolean leaves = isReachable(node);
        world.time.after(latencyNs(), () -> {
            if (!leaves || !isReachable(node)) {
                if (leaves && writeLate > 0 && world.random.nextDouble() < writeLate) {
                    world.time.after(world.random.nextLong(1_000) * MS, () -> decide(expected, decision, added));
                }
                world.time.after(300 * MS, () -> answer.accept(new Answer.Unknown()));
                return;
            }
            if (writeLate > 0 && world.random.nextDouble() < writeLate) {
                world.time.after(world.random.nextLong(1_000) * MS, () -> decide(expected, decision, added));
                world.time.after(300 * MS, () -> answer.accept(new Answer.Unknown()));
                return;
            }
            Answer result = decide(expected, decision, added);
            boolean lost = loseAnswers > 0 && world.random.nextDouble() < loseAnswers;
            world.time.after(lost ? 300 * MS : latencyNs(), () -> answer.accept(lost ? new Answer.Unknown() : result));
        });
    }

    private Answer decide(long expected, UUID decision, List<GroupEvent> added) {
        for (int i = events.size() - 1; i >= 0; i--) {
            if (events.get(i).decision().equals(decision)) {
                return new Answer.Appended();
            }
        }
        if (expected != events.size() && !world.has(Mutant.APPEND_BLINDLY)) {
            return new Answer.Conflict(events.size());
        }
        for (GroupEvent event : added) {
            store(event, decision);
            if (event instanceof GroupEvent.SyncSetIntended intended && world.has(Mutant.NO_JOINT_CONFIGURATION)) {
                store(
                        new GroupEvent.SyncSetApplied(
                                intended.epoch(),
                                intended.rule(),
                                intended.to(),
                                Lsn.ZERO,
                                intended.to().standbys()),
                        decision);
            }
            if (event instanceof GroupEvent.SettingsRecorded recorded
                    && !recorded.settings().synchronous()
                    && world.has(Mutant.ASYNC_BEFORE_PROVEN)) {
                store(
                        new GroupEvent.DurabilityChanged(
                                recorded.epoch(), RuleId.SYNC_SET_EMPTIED, Durability.ASYNC, "a person said so"),
                        decision);
            }
        }
        return new Answer.Appended();
    }

    /** Before the simulation begins. */
    void install(List<GroupEvent> history) {
        for (GroupEvent event : history) {
            GroupState after = GroupEvolution.evolve(truth, event);
            truth = after;
            events.add(new Stored(events.size() + 1L, event, world.uuid(), -1, after));
        }
    }

    private void store(GroupEvent event, UUID decision) {
        GroupState before = truth;
        GroupState after;
        try {
            after = GroupEvolution.evolve(before, event);
        } catch (IllegalStateException e) {
            throw new Violation("I11 LegalHistory", String.valueOf(e.getMessage()));
        }
        truth = after;
        events.add(new Stored(events.size() + 1L, event, decision, world.time.nowNs(), after));
        world.trace("log", () -> events.size() + " " + event);
        world.invariants.history.appended(before, event, after);
        for (String host : world.hosts()) {
            SimNode node = world.node(host);
            world.time.after(node.host, world.random.nextLong(1, 25) * MS, node::pullLog);
        }
        tellWatcher(event, after);
        if (event instanceof GroupEvent.FailoverHeld held) {
            world.operator.told(held);
        }
    }

    private void tellWatcher(GroupEvent event, GroupState after) {
        Point point = pointOf(event);
        if (point != null) {
            String who = after.designated() == null ? after.primary() : after.designated();
            world.reached(point, who == null ? 0 : World.index(who));
        }
    }

    private static @Nullable Point pointOf(GroupEvent event) {
        return switch (event) {
            case GroupEvent.PrimarySuspected e -> Point.SUSPECTED;
            case GroupEvent.FailoverStarted e -> Point.STARTED;
            case GroupEvent.PromotionAuthorized e -> Point.AUTHORIZED;
            case GroupEvent.PrimaryEstablished e -> Point.ESTABLISHED;
            case GroupEvent.RestartBarrier e -> Point.BARRIER;
            case GroupEvent.SyncSetIntended e -> Point.INTENDED;
            case GroupEvent.SyncSetApplied e -> Point.APPLIED;
            case GroupEvent.RebuildStarted e -> Point.REBUILDING;
            case GroupEvent.GateMoved e -> e.open() ? Point.OPENED : null;
            default -> null;
        };
    }
}
