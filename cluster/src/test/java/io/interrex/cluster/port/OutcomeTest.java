package io.interrex.cluster.port;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class OutcomeTest {

    @Test
    @DisplayName("a step that throws has an unknown outcome; any other its own")
    void attempt() {
        assertEquals(Outcome.refused("no"), Outcome.attempt("the plan", () -> Outcome.refused("no")));
        assertEquals(
                Outcome.unknown(
                        "the plan failed in a way that nobody foresaw: java.lang.IllegalStateException: poisoned"),
                Outcome.attempt("the plan", () -> {
                    throw new IllegalStateException("poisoned");
                }));
    }
}
