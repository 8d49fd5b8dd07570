package io.interrex.cluster.simulation;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each hole that the protocol closes is seen when it is opened, within a stated number of seeds. */
@DisplayName("A hole in the protocol is seen")
class MutantsTest {

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void isKilled(Mutant mutant) {
        assertTrue(
                MutantHunt.killedBy(mutant, mutant.seeds) > 0,
                () -> "%s did not break %s within %d seeds".formatted(mutant, mutant.invariant, mutant.seeds));
    }
}
