package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.GroupState.Phase;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One schedule: the group begins, things go wrong, everything heals, and then it has to be well again. */
final class Simulation {

    /** After everything has healed the group is writable and whole within this time (I22). */
    static final long LIVENESS_MS = 60_000;

    /** @param broken null: every invariant held */
    record Result(long seed, @Nullable Violation broken, List<String> history, int acknowledged, long epochs) {}

    private final World world;
    private final long seed;

    private Simulation(long seed, boolean verbose, Mutant... mutants) {
        this.seed = seed;
        this.world = new World(seed, verbose, mutants);
    }

    static Result run(long seed, boolean verbose, Mutant... mutants) {
        var simulation = new Simulation(seed, verbose, mutants);
        Violation broken = null;
        try {
            simulation.play();
        } catch (Violation v) {
            broken = v;
        } catch (IllegalStateException | IllegalArgumentException e) {
            broken = new Violation("I7 NoBrokenState", String.valueOf(e));
            broken.initCause(e);
        }
        World w = simulation.world;
        GroupState truth = w.log.truth();
        return new Result(seed, broken, w.history(), w.clients.acknowledged.size(), truth == null ? 0 : truth.epoch());
    }

    /** The history of a schedule, to be read. */
    static String told(long seed, Mutant... mutants) {
        Result result = run(seed, true, mutants);
        Violation broken = result.broken();
        return "seed %d%n%s%n%s"
                .formatted(
                        seed,
                        String.join(System.lineSeparator(), result.history()),
                        broken == null ? "every invariant held" : broken.getMessage());
    }

    private void play() {
        var faults = new Faults(world);
        if (world.random.nextInt(5) != 0) {
            until(world.time.nowNs() + LIVENESS_MS * MS, 0);
            requireWell(0);
        }
        long lengthNs = world.random.nextLong(2_000, 12_000) * MS;
        faults.begin(lengthNs);
        long end = world.time.nowNs() + lengthNs;
        while (world.time.step(end)) {
            continue;
        }
        faults.heal();
        long healedNs = world.time.nowNs();
        until(healedNs + LIVENESS_MS * MS, healedNs);
        requireWell(healedNs);
    }

    private void until(long limitNs, long sinceNs) {
        long check = world.time.nowNs() + 100 * MS;
        while (world.time.nowNs() < limitNs) {
            if (!world.time.step(check)) {
                if (isWell(sinceNs)) {
                    return;
                }
                check = world.time.nowNs() + 100 * MS;
            }
        }
    }

    private boolean isWell(long sinceNs) {
        GroupState group = world.log.truth();
        if (group == null || group.phase() != Phase.ESTABLISHED || group.primary() == null) {
            return false;
        }
        Postgres primary = world.postgres(group.primary());
        boolean all = world.hosts().stream()
                .filter(h -> !h.equals(group.primary()))
                .allMatch(h -> world.postgres(h).streamsFrom(primary));
        return all
                && group.syncSet().size() == 2
                && group.intent() == null
                && world.gates(group.primary()).isOpen()
                && world.clients.wroteSince(sinceNs);
    }

    private void requireWell(long sinceNs) {
        if (!isWell(sinceNs)) {
            var words = new StringBuilder();
            world.hosts()
                    .forEach(h -> words.append("; %s: %s (%s)"
                            .formatted(
                                    h,
                                    world.node(h).doing(),
                                    world.postgres(h).status().process())));
            throw new Violation(
                    "I22 Liveness", "not writable and whole %d ms after healing%s".formatted(LIVENESS_MS, words));
        }
        GroupState group = world.log.truth();
        if (group != null && group.primary() != null) {
            world.invariants.allSurvived(world.postgres(group.primary()));
        }
    }
}
