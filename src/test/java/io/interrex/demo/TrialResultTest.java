package io.interrex.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A story ends with exit code 2 if any of these is not empty")
final class TrialResultTest {

    private static List<String> broken(
            long outageMs, int lost, int duplicates, int twoWriters, List<String> unmet, int patience) {
        return new TrialResult(
                        FaultKind.KILL,
                        "a",
                        Duration.ofMillis(outageMs),
                        Duration.ZERO,
                        Duration.ZERO,
                        100,
                        lost,
                        duplicates,
                        twoWriters,
                        unmet,
                        new Timeline(List.of()))
                .broken(patience);
    }

    @ParameterizedTest(name = "outage {0} ms, patience {1} => {2}")
    @CsvSource({
        "2000, 1, ''",
        "2001, 1, 'the write outage of 2.00 s is above 2.00 s'",
        "7999, 4, ''",
        "8001, 4, 'the write outage of 8.00 s is above 8.00 s'"
    })
    void outages(long outageMs, int patience, String broken) {
        assertEquals(broken, String.join("; ", broken(outageMs, 0, 0, 0, List.of(), patience)));
    }

    @Test
    @DisplayName("patience excuses time only: a lost row, a row twice, two writers, a decision too many stay broken")
    void neverExcused() {
        assertEquals(
                List.of(
                        "1 acknowledged rows are lost",
                        "2 rows are there twice",
                        "two members accepted writes at the same time, 3 times",
                        "people were alarmed by what was ordered"),
                broken(0, 1, 2, 3, List.of("people were alarmed by what was ordered"), 100));
    }
}
