package io.interrex.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A story's verdict")
class VerdictTest {

    @ParameterizedTest(name = "{0} of {1} shown, {2} => {3}, \"{4}\"")
    @CsvSource(nullValues = "none", textBlock = """
        3, 3, none,             0, Every promise was kept.
        2, 3, none,             3, Every promise was kept in what was shown.
        0, 3, none,             3, '0 of 3 were shown; the others prove nothing.'
        3, 3, kill: 2 rows lost, 2, BROKEN PROMISES:
        2, 3, kill: 2 rows lost, 2, BROKEN PROMISES:
        """)
    @DisplayName("says that what was not shown was not kept")
    void verdict(int shown, int asked, @Nullable String broken, int exit, String firstLine) {
        var verdict = new Verdict(shown, asked, broken == null ? List.of() : List.of(broken));
        assertEquals(exit, verdict.exitCode());
        assertEquals(firstLine, verdict.lines().getFirst());
        assertEquals(shown < asked, verdict.lines().getLast().startsWith(shown + " of " + asked));
    }
}
