package io.interrex.cluster.exhaustive;

import java.util.List;

/**
 * Looks at every state of the two small models from the command line ({@code deploy/simulate --exhaustive [--larger]
 * [--mutants]}). Exit code 1: an invariant was broken, or a mutant lived.
 */
public final class ExhaustiveMain {

    /** About 4 GB; a run that is stopped here says so. */
    private static final int STATES_MAX = 40_000_000;

    private static final int MUTANT_STATES_MAX = 3_000_000;

    private ExhaustiveMain() {}

    public static void main(String[] args) {
        var given = List.of(args);
        for (String word : given) {
            if (!List.of("--exhaustive", "--larger", "--mutants").contains(word)) {
                System.err.println("deploy/simulate --exhaustive: unknown: " + word + " (known: --larger, --mutants)");
                System.exit(2);
            }
        }
        var runs = given.contains("--larger") ? Exhaustive.larger() : Exhaustive.onDemand();
        int broken = 0;
        for (Exhaustive.Run run : given.contains("--mutants") ? List.<Exhaustive.Run>of() : runs) {
            Search.Result result = run.search().apply(STATES_MAX);
            System.out.println(result.told());
            broken += result.violation() == null ? 0 : 1;
        }
        int alive = given.contains("--mutants") ? mutants() : 0;
        System.out.printf("%d violations, %d mutants survived%n", broken, alive);
        System.exit(broken + alive == 0 ? 0 : 1);
    }

    private static int mutants() {
        int alive = 0;
        for (LeaseMutant mutant : LeaseMutant.values()) {
            alive += told(Exhaustive.mutated(mutant, MUTANT_STATES_MAX));
        }
        for (PromotionMutant mutant : PromotionMutant.values()) {
            alive += told(Exhaustive.mutated(mutant, MUTANT_STATES_MAX));
        }
        for (SeatMutant mutant : SeatMutant.values()) {
            alive += told(Exhaustive.mutated(mutant, MUTANT_STATES_MAX));
        }
        return alive;
    }

    private static int told(Search.Result result) {
        System.out.println(result.told());
        return result.violation() == null ? 1 : 0;
    }
}
