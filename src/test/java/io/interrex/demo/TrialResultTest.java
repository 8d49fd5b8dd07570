package io.interrex.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A story ends with exit code 2 if any of these is not empty")
final class TrialResultTest {

    private static List<String> broken(
            long outageMs, int lost, int duplicates, int twoWriters, List<String> unmet, int patience) {
        return result(FaultKind.KILL, outageMs, lost, duplicates, twoWriters, unmet, null)
                .broken(FaultKind.KILL.outageMax(), patience);
    }

    private static TrialResult result(
            FaultKind kind,
            long outageMs,
            int lost,
            int duplicates,
            int twoWriters,
            List<String> unmet,
            @Nullable String tooLate) {
        return new TrialResult(
                kind,
                "a",
                Duration.ofMillis(outageMs),
                Duration.ZERO,
                Duration.ZERO,
                100,
                lost,
                duplicates,
                twoWriters,
                unmet,
                tooLate,
                new Timeline(List.of()));
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

    @Test
    @DisplayName(
            "a new process that was later than the guard's deadline breaks a promise; with patience it was not shown")
    void tooLate() {
        List<String> unmet = List.of("nothing but this was to be decided");
        TrialResult late = result(FaultKind.AGENT, 3070, 1, 0, 0, unmet, "this machine took 4.5 s");
        assertEquals(
                List.of(
                        "the write outage of 3.07 s is above 1.00 s",
                        "1 acknowledged rows are lost",
                        "nothing but this was to be decided"),
                late.broken(FaultKind.AGENT.outageMax(), 1));
        assertEquals(List.of("1 acknowledged rows are lost"), late.broken(FaultKind.AGENT.outageMax(), 4));
        assertFalse(late.isShown(4));
        assertEquals(unmet, result(FaultKind.AGENT, 0, 0, 0, 0, unmet, null).broken(FaultKind.AGENT.outageMax(), 4));
    }

    @ParameterizedTest(name = "{0} ms of silence, T = 5 s, r = 1 s => {1}")
    @CsvSource({
        "3999, ''",
        "4000, ''",
        "4010, 'this machine took 4.01 s from the end of the old process to the new one''s first lease round, T is 5.00 s'"
    })
    void silence(long silenceMs, String said) {
        String late = NewProcess.tooLate(Duration.ofMillis(silenceMs), Duration.ofSeconds(5), Duration.ofSeconds(1));
        assertEquals(said, late == null ? "" : late);
    }
}
