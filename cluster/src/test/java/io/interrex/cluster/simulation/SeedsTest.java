package io.interrex.cluster.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Seeds that are played on several threads")
class SeedsTest {

    private static List<String> played(long seeds, int jobs, Mutant... mutants) {
        var told = new ArrayList<String>();
        Seeds.play(11, seeds, jobs, seed -> Simulation.run(seed, false, mutants), result -> told.add(words(result)));
        return told;
    }

    private static String words(Simulation.Result r) {
        return "%d: %d events, %d ns, %d writes, epoch %d, %s"
                .formatted(
                        r.schedule().seed(),
                        r.events(),
                        r.tookNs(),
                        r.acknowledged(),
                        r.epochs(),
                        r.broken() == null ? "whole" : r.broken().getMessage());
    }

    @Test
    @DisplayName("give what they give on one, in the same order")
    void sameResults() {
        assertEquals(played(1_001, 1), played(1_001, 3));
    }

    @Test
    @DisplayName("break what they break on one")
    void sameViolations() {
        assertEquals(played(450, 1, Mutant.VOTER_PROMISES_TWICE), played(450, 3, Mutant.VOTER_PROMISES_TWICE));
    }

    @Test
    @DisplayName("end where one of them cannot be played, or where the first violation is enough")
    void ends() {
        var unplayable = assertThrows(
                IllegalStateException.class,
                () -> Seeds.play(
                        1,
                        5_000,
                        2,
                        seed -> {
                            throw new IllegalArgumentException("seed " + seed);
                        },
                        result -> {}));
        assertEquals("seed 1", Objects.requireNonNull(unplayable.getCause()).getMessage());
        assertThrows(
                AssertionError.class,
                () -> Seeds.play(1, 5_000, 2, seed -> Simulation.run(seed, false), result -> {
                    throw new AssertionError("enough");
                }));
    }
}
