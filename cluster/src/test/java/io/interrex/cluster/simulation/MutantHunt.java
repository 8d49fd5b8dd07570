package io.interrex.cluster.simulation;

/** Looks for the first seed whose schedule shows a {@link Mutant} under the invariant that is to see it. */
final class MutantHunt {

    private MutantHunt() {}

    /** The seed, counted from 1; −1 where none of the first {@code seeds} does. */
    static long killedBy(Mutant mutant, long seeds) {
        for (long seed = 1; seed <= seeds; seed++) {
            Violation broken = Simulation.run(seed, false, mutant).broken();
            if (broken != null && broken.invariant().startsWith(mutant.invariant + " ")) {
                return seed;
            }
        }
        return -1;
    }
}
