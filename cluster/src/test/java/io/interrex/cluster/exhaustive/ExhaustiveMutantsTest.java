package io.interrex.cluster.exhaustive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each hole that is opened is seen, by the invariant and after the moves that its table says: a shortest way has one length. */
@DisplayName("A hole in a small model is seen:")
class ExhaustiveMutantsTest {

    private static final int STATES_MAX = 2_000_000;

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void lease(LeaseMutant mutant) {
        killed(Exhaustive.mutated(mutant, STATES_MAX), mutant.invariant, mutant.moves);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void promotion(PromotionMutant mutant) {
        killed(Exhaustive.mutated(mutant, STATES_MAX), mutant.invariant, mutant.moves);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void seat(SeatMutant mutant) {
        killed(Exhaustive.mutated(mutant, STATES_MAX), mutant.invariant, mutant.moves);
    }

    private static void killed(Search.Result result, String invariant, int moves) {
        String violation = result.violation();
        assertNotNull(violation, result::told);
        assertEquals(invariant, violation.substring(0, violation.indexOf(' ')), result::told);
        assertEquals(moves, result.path().size(), result::told);
    }
}
