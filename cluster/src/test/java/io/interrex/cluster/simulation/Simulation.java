package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import io.interrex.cluster.group.GroupEvent.Durability;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.GroupState.Phase;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.settings.GroupSettings;
import io.interrex.cluster.settings.GroupSettings.OnLastStandbyLoss;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Plays one {@link Schedule}: the group begins, things go wrong, everything heals, and then it has to be well again. */
final class Simulation {

    /** After everything has healed the group is writable and whole within this time (I22). */
    static final long LIVENESS_MS = 60_000;

    /**
     * @param broken null: every invariant held
     * @param events that were simulated
     * @param tookNs simulated time
     */
    record Result(
            Schedule schedule,
            @Nullable Violation broken,
            List<String> history,
            int acknowledged,
            long epochs,
            long events,
            long tookNs) {}

    private final World world;
    private final Schedule schedule;

    private Simulation(Schedule schedule, boolean verbose, Mutant... mutants) {
        this.schedule = schedule;
        this.world = new World(schedule, verbose, mutants);
    }

    static Result run(long seed, boolean verbose, Mutant... mutants) {
        return run(Schedule.of(seed), verbose, mutants);
    }

    static Result run(Schedule schedule, boolean verbose, Mutant... mutants) {
        var simulation = new Simulation(schedule, verbose, mutants);
        Violation broken = null;
        try {
            simulation.play();
        } catch (Violation v) {
            broken = v;
        } catch (IllegalStateException | IllegalArgumentException e) {
            broken = new Violation("I11 LegalHistory", String.valueOf(e));
            broken.initCause(e);
        }
        World w = simulation.world;
        GroupState truth = w.log.truth();
        return new Result(
                schedule,
                broken,
                w.history(),
                w.clients.acknowledged.size(),
                truth == null ? 0 : truth.epoch(),
                w.time.executed(),
                w.time.nowNs());
    }

    /** The history of a schedule, to be read. */
    static String told(Schedule schedule, Mutant... mutants) {
        Result result = run(schedule, true, mutants);
        Violation broken = result.broken();
        var lines = new ArrayList<String>();
        lines.add("seed " + schedule.seed());
        lines.addAll(schedule.words());
        lines.addAll(result.history());
        lines.add(broken == null ? "every invariant held" : broken.getMessage());
        return String.join(System.lineSeparator(), lines);
    }

    private void play() {
        if (schedule.fromNothing() && Schedule.isWholeFirst(schedule.seed())) {
            until(world.time.nowNs() + LIVENESS_MS * MS, 0);
            requireWell(0);
        }
        var faults = new Faults(world, schedule);
        faults.begin();
        long end = world.time.nowNs() + schedule.windowNs();
        while (world.time.step(end)) {
            world.invariants.leases.afterStep();
        }
        faults.heal();
        long healedNs = world.time.nowNs();
        until(healedNs + LIVENESS_MS * MS, healedNs);
        requireWell(healedNs);
    }

    private void until(long limitNs, long sinceNs) {
        long check = world.time.nowNs() + 100 * MS;
        while (world.time.nowNs() < limitNs) {
            if (world.time.step(check)) {
                world.invariants.leases.afterStep();
                continue;
            }
            if (isWell(sinceNs)) {
                return;
            }
            check = world.time.nowNs() + 100 * MS;
        }
    }

    /** Writable and whole, or held in the named alarm of a policy that forbids to go on with one copy. */
    private boolean isWell(long sinceNs) {
        GroupState group = world.log.truth();
        if (group == null) {
            return false;
        }
        GroupSettings settings = world.settings;
        boolean mayWait = settings.strict() || settings.onLastStandbyLoss() == OnLastStandbyLoss.WAIT;
        if (mayWait && group.held() == RuleId.PROMOTION_NO_STANDBY_LEFT) {
            return true;
        }
        if (group.phase() != Phase.ESTABLISHED || group.primary() == null) {
            return false;
        }
        Postgres primary = world.postgres(group.primary());
        int lost = 0;
        for (Postgres server : world.servers()) {
            boolean excused = server != primary && server.deathbed.forGood;
            lost += excused ? 1 : 0;
            if (server != primary && !server.streamsFrom(primary) && !excused) {
                return false;
            }
        }
        boolean waits = group.settings().synchronous();
        int synchronous = waits ? world.members.size() - 1 - lost : 0;
        return waits != (group.durability() == Durability.ASYNC)
                && group.syncSet().size() == synchronous
                && group.intent() == null
                && world.gates(primary.host).isOpen()
                && world.clients.wroteSince(sinceNs);
    }

    private void requireWell(long sinceNs) {
        if (!isWell(sinceNs)) {
            var words = new StringBuilder();
            for (SimNode node : world.nodes()) {
                words.append("; %s: %s".formatted(node.name, node.doing()));
                if (world.hasMember(node.host)) {
                    Postgres server = world.postgres(node.host);
                    words.append(" (%s%s, gate %s)"
                            .formatted(
                                    server.status().process(),
                                    server.stopping ? " stopping" : "",
                                    world.gates(node.host).isOpen() ? "open" : "closed"));
                }
            }
            throw new Violation(
                    "I22 Liveness", "not writable and whole %d ms after healing%s".formatted(LIVENESS_MS, words));
        }
        GroupState group = world.log.truth();
        if (group != null && group.phase() == Phase.ESTABLISHED && group.primary() != null) {
            world.invariants.data.survived(world.postgres(group.primary()), "serves at the end");
        }
    }
}
