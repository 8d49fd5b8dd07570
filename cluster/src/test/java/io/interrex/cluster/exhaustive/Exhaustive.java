package io.interrex.cluster.exhaustive;

import io.interrex.cluster.exhaustive.LeaseBounds.LeaseFault;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;

/** The models within the bounds in which they are looked at: in the build, on demand, and larger. */
final class Exhaustive {

    private Exhaustive() {}

    /** @param search given how many states it may find at most */
    record Run(String name, IntFunction<Search.Result> search) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Run> inCi() {
        return List.of(
                lease(LeaseFault.VOTER_RESTARTS),
                lease(LeaseFault.HOLDER_RESTARTS),
                promotion(new PromotionBounds(3, 1, 2, 1, 1, 1)),
                promotion(new PromotionBounds(3, 1, 3, 1, 1, 0)),
                seat(false),
                seat(true));
    }

    /** The build's, and what else can be looked at in minutes. */
    static List<Run> onDemand() {
        var runs = new ArrayList<>(inCi());
        runs.add(lease(LeaseFault.HOLDER_PAUSES));
        runs.add(lease(LeaseFault.HOLDER_IS_STUNNED));
        runs.add(promotion(new PromotionBounds(3, 1, 3, 1, 0, 1)));
        return runs;
    }

    /** The smallest first. */
    static List<Run> larger() {
        var runs = new ArrayList<Run>();
        runs.add(promotion(new PromotionBounds(4, 1, 2, 1, 1, 0)));
        runs.add(promotion(new PromotionBounds(4, 2, 2, 1, 1, 0)));
        runs.add(promotion(new PromotionBounds(3, 1, 3, 1, 1, 1)));
        runs.add(promotion(new PromotionBounds(5, 1, 2, 1, 0, 0)));
        runs.add(promotion(new PromotionBounds(4, 1, 3, 1, 0, 0)));
        runs.add(promotion(new PromotionBounds(3, 1, 3, 2, 2, 0)));
        runs.add(lease(
                "lease, three epochs, two slow clocks, no fault",
                new LeaseBounds(3, Set.of(), 0b11, false, LeaseBounds.timingsOf())));
        runs.add(lease(
                "lease, two epochs, five slow clocks, no fault",
                new LeaseBounds(2, Set.of(), 0b11111, false, LeaseBounds.timingsOf())));
        runs.add(lease(
                "lease, two epochs, late staging, no fault",
                new LeaseBounds(2, Set.of(), 0b1, true, LeaseBounds.timingsOf())));
        for (LeaseFault fault : LeaseFault.values()) {
            runs.add(lease(
                    "lease, three epochs, five slow clocks, late staging, " + fault.words,
                    LeaseBounds.larger().withFaults(EnumSet.of(fault))));
        }
        return runs;
    }

    private static Run seat(boolean epochs) {
        String name = epochs ? "seat, a majority gives an epoch up" : "seat, two ask for leases";
        return new Run(name, max -> Search.of(name, new SeatModel(epochs, null), max));
    }

    private static Run lease(LeaseFault fault) {
        return lease("lease, " + fault.words, LeaseBounds.inCi().withFaults(EnumSet.of(fault)));
    }

    private static Run lease(String name, LeaseBounds bounds) {
        return new Run(name, max -> Search.of(name, new LeaseModel(bounds), max));
    }

    private static Run promotion(PromotionBounds bounds) {
        String name = bounds.words();
        return new Run(name, max -> Search.of(name, new PromotionModel(bounds), max));
    }

    static Search.Result mutated(LeaseMutant mutant, int statesMax) {
        return Search.of("lease with " + mutant, new LeaseModel(mutant.bounds(), mutant), statesMax);
    }

    static Search.Result mutated(SeatMutant mutant, int statesMax) {
        return Search.of("seat with " + mutant, new SeatModel(mutant.invariant.equals("I16"), mutant), statesMax);
    }

    static Search.Result mutated(PromotionMutant mutant, int statesMax) {
        return Search.of("promotion with " + mutant, new PromotionModel(mutant.bounds(), mutant), statesMax);
    }
}
