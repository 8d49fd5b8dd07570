package io.interrex.cluster.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("Timings")
class TimingsTest {

    private static final String GATE = "safety: T(1+ρ) + g ≤ H(1−ρ)";
    private static final String SILENCE = "safety: W ≥ H(1+ρ)/(1−ρ)";
    private static final String RENEWALS = "liveness: T ≥ (m+1)·r + d + P";
    private static final String SUSPECT = "liveness: suspect ≥ P + r";

    @ParameterizedTest(name = "of profile {0} are sound")
    @EnumSource(Profile.class)
    void profiles(Profile profile) {
        assertEquals(List.of(), profile.timings().violations());
    }

    @ParameterizedTest(name = "of profile {0}: {1} us for a watchdog, with d + τ(1+ρ) ≤ H(1−ρ) − Tρ")
    @CsvSource({"FAST, 1310891", "DEFAULT, 5237623", "WAN, 11628712"})
    void watchdog(Profile profile, long us) {
        assertEquals(us, profile.timings().watchdogAllowed().toNanos() / 1000);
    }

    /** Of profile fast: r 200, T 1200, H 1400, W 1450, P 550, suspect 800, d 50, g 170 ms. */
    @ParameterizedTest(name = "of profile fast with {0} = {1} ms are refused by [{2}]")
    @CsvSource(delimiter = '|', textBlock = """
        g       |  174 |
        g       |  175 | gate
        T       | 1203 |
        T       | 1204 | gate
        T       | 1200 |
        T       | 1199 | renewals
        T       | 1400 | gate
        H       | 1397 |
        H       | 1395 | gate
        H       | 1421 |
        H       | 1422 | silence
        W       | 1429 |
        W       | 1428 | silence
        W       |    0 | silence
        r       |  200 |
        r       |  201 | renewals
        d       |   51 | renewals
        P       |  551 | renewals
        P       |  601 | renewals suspect
        suspect |  750 |
        suspect |  749 | suspect
        """)
    void bounds(String symbol, long ms, @Nullable String broken) {
        List<String> violations = with(symbol, Duration.ofMillis(ms)).violations();
        var named = new ArrayList<String>();
        for (String violation : violations) {
            named.add(name(violation));
        }
        assertEquals(broken == null ? "" : broken, String.join(" ", named), violations.toString());
    }

    @ParameterizedTest(name = "{0} = {1} ms: the refusal says [{2}] and what to change: [{3}]")
    @CsvSource(delimiter = '|', textBlock = """
        T       | 1300 | 1300 ms · 1.01 + 170 ms > 1400 ms · 0.99 | raise H or lower T
        W       | 1000 | 1000 ms < 1429 ms                        | raise W
        r       |  300 | 1200 ms < 3 · 300 ms + 50 ms + 550 ms    | raise T or lower r, d or P
        suspect |  100 | 100 ms < 550 ms + 200 ms                 | raise suspect
        """)
    void words(String symbol, long ms, String numbers, String remedy) {
        String violation = with(symbol, Duration.ofMillis(ms)).violations().getFirst();
        assertTrue(violation.contains(numbers), violation);
        assertTrue(violation.endsWith(remedy), violation);
    }

    @Test
    @DisplayName("a part of a millisecond counts: what it breaks is said with it")
    void fractions() {
        String gate = with("g", Duration.ofNanos(174_900_000)).violations().getFirst();
        assertTrue(gate.contains("1200 ms · 1.01 + 174.9 ms > 1400 ms · 0.99"), gate);
        String renewals = with("r", Duration.ofNanos(200_001_000)).violations().getFirst();
        assertTrue(renewals.contains("3 · 200.001 ms"), renewals);
    }

    @Test
    @DisplayName("the longest g that is allowed breaks nothing, and a nanosecond more does")
    void closingAllowed() {
        Duration allowed = Profile.FAST.timings().closingAllowed();
        assertEquals(Duration.ofMillis(174), allowed);
        assertEquals(List.of(), with("g", allowed).violations());
        assertEquals(1, with("g", allowed.plusNanos(1)).violations().size());
        assertTrue(with("T", Duration.ofMillis(1400)).closingAllowed().isNegative());
    }

    private static String name(String violation) {
        if (violation.startsWith(GATE)) {
            return "gate";
        } else if (violation.startsWith(SILENCE)) {
            return "silence";
        } else if (violation.startsWith(RENEWALS)) {
            return "renewals";
        } else if (violation.startsWith(SUSPECT)) {
            return "suspect";
        }
        throw new AssertionError("names no inequality of protocol.md: " + violation);
    }

    private static Timings with(String symbol, Duration value) {
        Timings t = Profile.FAST.timings();
        return new Timings(
                symbol.equals("r") ? value : t.renewEvery(),
                symbol.equals("T") ? value : t.leaseFor(),
                symbol.equals("H") ? value : t.promiseFor(),
                symbol.equals("W") ? value : t.silentFor(),
                symbol.equals("P") ? value : t.pauseMax(),
                symbol.equals("suspect") ? value : t.suspectAfter(),
                t.writeProbeMax(),
                symbol.equals("d") ? value : t.roundTripMax(),
                t.continueAfter(),
                symbol.equals("g") ? value : t.closingMax());
    }
}
