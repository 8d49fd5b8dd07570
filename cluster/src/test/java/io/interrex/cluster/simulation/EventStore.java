package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupEvolution;
import io.interrex.cluster.group.GroupState;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The event log: linearizable append-if-version for whoever reaches a majority of the hosts; slow, and at times mute. */
final class EventStore {

    record Stored(long version, GroupEvent event, UUID decision, long atNs) {}

    sealed interface Answer {
        record Appended() implements Answer {}

        record Conflict(long version) implements Answer {}

        record Unknown() implements Answer {}
    }

    private final World world;
    final List<Stored> events = new ArrayList<>();
    private @Nullable GroupState truth;
    double loseAnswers;
    long awayUntilNs;

    EventStore(World world) {
        this.world = world;
    }

    /** What the log says, seen by nobody in the simulation but its judges. */
    @Nullable
    GroupState truth() {
        return truth;
    }

    boolean isReachable(String node) {
        long reached = world.hosts().stream()
                .filter(h -> world.net.isUp(h) && world.net.connected(node, h))
                .count();
        return world.time.nowNs() >= awayUntilNs
                && world.net.isUp(node)
                && reached > world.hosts().size() / 2;
    }

    void append(String node, long expected, UUID decision, List<GroupEvent> added, Consumer<Answer> answer) {
        boolean leaves = isReachable(node);
        world.time.after(world.random.nextLong(1, 12) * MS, () -> {
            if (!leaves || !isReachable(node)) {
                world.time.after(300 * MS, () -> answer.accept(new Answer.Unknown()));
                return;
            }
            Answer result = decide(expected, decision, added);
            boolean lost = world.random.nextDouble() < loseAnswers;
            world.time.after(
                    lost ? 300 * MS : world.random.nextLong(1, 12) * MS,
                    () -> answer.accept(lost ? new Answer.Unknown() : result));
        });
    }

    private Answer decide(long expected, UUID decision, List<GroupEvent> added) {
        if (events.stream().anyMatch(e -> e.decision().equals(decision))) {
            return new Answer.Appended();
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
                                io.interrex.cluster.durability.Lsn.ZERO,
                                intended.to().standbys()),
                        decision);
            }
        }
        return new Answer.Appended();
    }

    private void store(GroupEvent event, UUID decision) {
        GroupState before = truth;
        try {
            truth = GroupEvolution.evolve(before, event);
        } catch (IllegalStateException e) {
            throw new Violation("I11 LegalHistory", String.valueOf(e.getMessage()));
        }
        events.add(new Stored(events.size() + 1L, event, decision, world.time.nowNs()));
        world.trace("log", events.size() + " " + event);
        world.invariants.appended(before, event, truth);
        for (String host : world.hosts()) {
            world.time.after(
                    world.random.nextLong(1, 25) * MS, () -> world.node(host).pullLog());
        }
    }
}
