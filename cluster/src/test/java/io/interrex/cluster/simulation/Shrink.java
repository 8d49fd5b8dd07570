package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import io.interrex.cluster.simulation.Fault.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Makes a failing schedule smaller while it still breaks the same invariant: fewer faults, shorter, on a better network. */
final class Shrink {

    private static final int TRIES_MAX = 400;

    private final Mutant[] mutants;
    private final String invariant;
    private int tries;

    private Shrink(String invariant, Mutant... mutants) {
        this.invariant = invariant;
        this.mutants = mutants;
    }

    /** The schedule itself where it breaks nothing. */
    static Schedule of(Schedule schedule, Mutant... mutants) {
        Violation broken = Simulation.run(schedule, false, mutants).broken();
        return broken == null ? schedule : new Shrink(broken.invariant(), mutants).smallest(schedule);
    }

    private Schedule smallest(Schedule schedule) {
        Schedule smallest = schedule;
        Optional<Schedule> smaller = Optional.of(schedule);
        while (smaller.isPresent() && tries < TRIES_MAX) {
            smallest = smaller.get();
            smaller = candidates(smallest).filter(this::breaksTheSame).findFirst();
        }
        return smallest;
    }

    private boolean breaksTheSame(Schedule candidate) {
        tries++;
        Violation broken = Simulation.run(candidate, false, mutants).broken();
        return broken != null && broken.invariant().equals(invariant);
    }

    /** What is a little smaller, the biggest steps first. */
    private static Stream<Schedule> candidates(Schedule s) {
        var candidates = new ArrayList<Schedule>();
        for (int i = 0; i < s.faults().size(); i++) {
            var fewer = new ArrayList<>(s.faults());
            fewer.remove(i);
            candidates.add(s.with(fewer));
        }
        if (s.loss() > 0 || s.slowNs() > 0) {
            candidates.add(s.onGoodNetwork());
        }
        if (s.windowNs() > 200 * MS) {
            candidates.add(s.inWindow(s.windowNs() / 2));
            candidates.add(s.inWindow(s.windowNs() * 9 / 10));
        }
        for (int i = 0; i < s.faults().size(); i++) {
            for (Fault simpler : simpler(s.faults().get(i))) {
                var changed = new ArrayList<>(s.faults());
                changed.set(i, simpler);
                candidates.add(s.with(changed));
            }
        }
        return candidates.stream();
    }

    private static List<Fault> simpler(Fault f) {
        var simpler = new ArrayList<Fault>();
        if (f.lengthNs() > 100 * MS) {
            simpler.add(new Fault(f.kind(), f.on(), f.nth(), f.delayNs(), f.target(), f.other(), f.lengthNs() / 2));
        }
        if (f.on() != Point.WINDOW && f.delayNs() > MS) {
            simpler.add(new Fault(f.kind(), f.on(), f.nth(), f.delayNs() / 2, f.target(), f.other(), f.lengthNs()));
        }
        return simpler;
    }
}
