package io.interrex.cluster.simulation;

/** Plays schedules from the command line: {@code FIRST-SEED [COUNT [MUTANT]]}; one alone is told in full. */
public final class SimulationMain {

    private SimulationMain() {}

    public static void main(String[] args) {
        long first = Long.parseLong(args[0]);
        long count = args.length > 1 ? Long.parseLong(args[1]) : 1;
        Mutant[] mutants = args.length > 2 ? new Mutant[] {Mutant.valueOf(args[2])} : new Mutant[0];
        if (count == 1) {
            System.out.println(Simulation.told(first, mutants));
            return;
        }
        long started = System.nanoTime();
        int broken = 0;
        long acknowledged = 0;
        long epochs = 0;
        for (long seed = first; seed < first + count; seed++) {
            Simulation.Result result = Simulation.run(seed, false, mutants);
            acknowledged += result.acknowledged();
            epochs += result.epochs();
            Violation violation = result.broken();
            if (violation != null) {
                broken++;
                System.out.println("seed " + seed + ": " + violation.getMessage());
            }
        }
        System.out.printf(
                "%d schedules, %d violations, %d writes acknowledged, %d epochs, %.1f s%n",
                count, broken, acknowledged, epochs, (System.nanoTime() - started) / 1e9);
    }
}
