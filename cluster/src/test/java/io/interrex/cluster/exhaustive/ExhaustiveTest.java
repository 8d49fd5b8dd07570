package io.interrex.cluster.exhaustive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No reachable state of the two small models breaks an invariant, within the bounds of the build. */
@DisplayName("Every state keeps the protocol's promises:")
class ExhaustiveTest {

    private static final int STATES_MAX = 5_000_000;

    static Stream<Exhaustive.Run> runs() {
        return Exhaustive.inCi().stream();
    }

    @Test
    @DisplayName("the model's timings are sound, and H = T is not")
    void timings() {
        assertEquals(List.of(), LeaseBounds.timingsOf().violations());
        assertEquals(
                1,
                LeaseBounds.timingsOf(LeaseMutant.NO_ROOM_FOR_CLOCKS)
                        .violations()
                        .size());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("runs")
    void holds(Exhaustive.Run run) {
        Search.Result result = run.search().apply(STATES_MAX);
        System.out.println(result.line());
        assertNull(result.violation(), result::told);
        assertTrue(result.complete(), result::told);
    }
}
