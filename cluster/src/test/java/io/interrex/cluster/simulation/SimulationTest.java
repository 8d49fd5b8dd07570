package io.interrex.cluster.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Whole groups in one thread, on the production code. {@code -Dsimulation.seeds=N} plays N schedules, {@code
 * -Dsimulation.first=S} begins with seed S; one that fails is shrunk, printed with its history, and replays exactly.
 */
@DisplayName("Hosts under faults")
class SimulationTest {

    private static final long SEEDS = Long.getLong("simulation.seeds", 50_000);
    private static final long FIRST = Long.getLong("simulation.first", 1);
    private static final int JOBS = Math.min(2, Runtime.getRuntime().availableProcessors());

    private long acknowledged;
    private long epochs;

    @Test
    @DisplayName("keep every invariant in every schedule, and are writable and whole after healing")
    void allSeeds() {
        Seeds.play(FIRST, SEEDS, JOBS, seed -> Simulation.run(seed, false), result -> {
            Violation broken = result.broken();
            if (broken != null) {
                throw new AssertionError(Simulation.told(Shrink.of(result.schedule())), broken);
            }
            acknowledged += result.acknowledged();
            epochs += result.epochs();
        });
        assertTrue(acknowledged > 20 * SEEDS, "only " + acknowledged + " writes in " + SEEDS + " schedules");
        assertTrue(epochs > SEEDS * 5 / 4, "only " + epochs + " epochs in " + SEEDS + " schedules");
    }

    @Test
    @DisplayName("play the same history for the same seed")
    void replays() {
        assertEquals(Simulation.run(7, true).history(), Simulation.run(7, true).history());
    }

    @Test
    @DisplayName("shrink a failing schedule to one that fails in the same way, with no more faults")
    void shrinks() {
        Schedule whole =
                Schedule.of(MutantHunt.killedBy(Mutant.VOTER_PROMISES_TWICE, Mutant.VOTER_PROMISES_TWICE.seeds));
        Schedule smallest = Shrink.of(whole, Mutant.VOTER_PROMISES_TWICE);
        Violation broken =
                Simulation.run(smallest, false, Mutant.VOTER_PROMISES_TWICE).broken();
        assertNotNull(broken);
        assertEquals("I2 OneMajorityLease", broken.invariant());
        assertTrue(smallest.faults().size() <= whole.faults().size(), smallest.toString());
        assertTrue(smallest.windowNs() < whole.windowNs(), smallest.toString());
    }
}
