package io.interrex.cluster.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * Plays schedules from the command line ({@code deploy/simulate}): {@code --seed N} tells one in full, shrunk where it
 * breaks an invariant; {@code --seeds N} plays N, and every mutant. Exit code 1: an invariant was broken, or a mutant lived.
 */
public final class SimulationMain {

    private static final int SHOWN_MAX = 10;
    private static final int JOBS_MAX = 256;

    private SimulationMain() {}

    public static void main(String[] args) {
        long seed = -1;
        long seeds = -1;
        long first = 1;
        long jobs = 1;
        boolean withMutants = true;
        var mutants = new ArrayList<Mutant>();
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--seed" -> seed = number(args, ++i);
                case "--seeds" -> seeds = number(args, ++i);
                case "--first" -> first = number(args, ++i);
                case "--jobs" -> jobs = number(args, ++i);
                case "--mutant" -> mutants.add(Mutant.valueOf(word(args, ++i)));
                case "--no-mutants" -> withMutants = false;
                default ->
                    fail("unknown: " + args[i] + " (known: --seed, --seeds, --first, --jobs, --mutant, --no-mutants)");
            }
        }
        Mutant[] given = mutants.toArray(new Mutant[0]);
        if (seed >= 0) {
            System.exit(tell(seed, given) ? 0 : 1);
        }
        if (seeds < 0) {
            fail("say --seed N or --seeds N");
        }
        if (jobs < 1 || jobs > JOBS_MAX) {
            fail("--jobs is 1 to " + JOBS_MAX);
        }
        System.exit(play(first, seeds, (int) jobs, withMutants, given) ? 0 : 1);
    }

    private static String word(String[] args, int at) {
        if (at >= args.length) {
            fail(args[at - 1] + " needs a value");
        }
        return args[at];
    }

    private static long number(String[] args, int at) {
        String word = word(args, at);
        if (!word.matches("\\d{1,18}")) {
            fail(args[at - 1] + " needs a number, not '" + word + "'");
        }
        return Long.parseLong(word);
    }

    private static void fail(String why) {
        System.err.println("deploy/simulate: " + why);
        System.exit(2);
    }

    private static boolean tell(long seed, Mutant... mutants) {
        Schedule whole = Schedule.of(seed);
        Schedule smallest = Shrink.of(whole, mutants);
        System.out.println(Simulation.told(smallest, mutants));
        if (!smallest.equals(whole)) {
            System.out.printf(
                    "shrunk from %d faults in %d ms; the same seed plays the whole and shrinks to the same%n",
                    whole.faults().size(), whole.windowNs() / VirtualTime.MS);
        }
        return Simulation.run(smallest, false, mutants).broken() == null;
    }

    private static boolean play(long first, long seeds, int jobs, boolean withMutants, Mutant... mutants) {
        var tally = new Tally(first, seeds);
        Seeds.play(first, seeds, jobs, seed -> Simulation.run(seed, false, mutants), tally::add);
        System.out.println(tally.words());
        List<Mutant> hunted = withMutants && mutants.length == 0 ? List.of(Mutant.values()) : List.of();
        int killed = 0;
        for (Mutant mutant : hunted) {
            long by = MutantHunt.killedBy(mutant, mutant.seeds);
            if (by < 0) {
                System.out.printf("mutant %s SURVIVED %d seeds%n", mutant, mutant.seeds);
            } else {
                killed++;
                System.out.printf("mutant %s: %s in seed %d%n", mutant, mutant.invariant, by);
            }
        }
        System.out.printf("%d schedules, %d mutants killed, %d violations%n", seeds, killed, tally.broken);
        return tally.broken == 0 && killed == hunted.size();
    }

    /** What a run has come to so far; tells of it on stderr every ten seconds, and of violations on stdout at once. */
    private static final class Tally {

        private static final long TOLD_EVERY_NS = 10_000_000_000L;

        private final long first;
        private final long seeds;
        private final long startedNs = System.nanoTime();
        private long toldNs = startedNs;
        private long played;
        private int broken;
        private long acknowledged;
        private long epochs;
        private double simulatedS;

        Tally(long first, long seeds) {
            this.first = first;
            this.seeds = seeds;
        }

        void add(Simulation.Result result) {
            played++;
            acknowledged += result.acknowledged();
            epochs += result.epochs();
            simulatedS += result.tookNs() / 1e9;
            Violation violation = result.broken();
            if (violation != null && broken++ < SHOWN_MAX) {
                long seed = result.schedule().seed();
                System.out.println("seed " + seed + ": " + violation.getMessage());
                System.out.println("  deploy/simulate --seed " + seed);
            }
            long now = System.nanoTime();
            if (now - toldNs >= TOLD_EVERY_NS) {
                toldNs = now;
                System.err.printf(
                        "%d of %d seeds, %.0f schedules per second, %d violations%n",
                        played, seeds, played / tookS(now), broken);
            }
        }

        private double tookS(long nowNs) {
            return (nowNs - startedNs) / 1e9;
        }

        String words() {
            double tookS = tookS(System.nanoTime());
            return "seeds %d to %d: %d writes acknowledged, %d epochs, %.0f s simulated in %.1f s, %.0f schedules per second"
                    .formatted(first, first + seeds - 1, acknowledged, epochs, simulatedS, tookS, seeds / tookS);
        }
    }
}
