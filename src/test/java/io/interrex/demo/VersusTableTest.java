package io.interrex.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.demo.versus.PeerResult;
import io.interrex.demo.versus.Versus.Column;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Interrex and others in one table")
class VersusTableTest {

    private static PeerResult after(int ms, int lost, int twoWriters) {
        return new PeerResult(Duration.ofMillis(ms), lost, twoWriters, true);
    }

    @Test
    @DisplayName("has a row per fault that somebody else was measured by")
    void rows() {
        var own = new LinkedHashMap<FaultKind, List<TrialResult>>();
        own.put(FaultKind.KILL, List.of());
        own.put(FaultKind.LOG, List.of());
        List<String> lines = VersusTable.lines(
                own,
                "fast",
                List.of(
                        new Column("Patroni", Map.of("kill", List.of(after(3000, 0, 0)))),
                        new Column("Other", Map.of("kill", List.of()))));
        assertEquals(
                List.of(
                        "| fault | Interrex, fast | Patroni | Other |",
                        "|---|---|---|---|",
                        "| primary's postmaster killed (-9) | - | 3.00 (3.00-3.00) | - |"),
                lines);
    }

    @Test
    @DisplayName("1, 2 and 6 s => median (smallest-largest)")
    void median() {
        assertEquals(
                "2.00 (1.00-6.00)", VersusTable.cell(List.of(after(6000, 0, 0), after(1000, 0, 0), after(2000, 0, 0))));
    }

    @Test
    @DisplayName("what never served again, lost rows or had two writers is said")
    void bad() {
        assertEquals(
                "1.00 (1.00-1.00); never in 1 of 3; lost in 1 of 3, at most 7; two writers in 1 of 3; not back by itself in 1 of 3",
                VersusTable.cell(List.of(after(1000, 7, 0), after(1000, 0, 2), new PeerResult(null, null, 0, false))));
    }

    @Test
    @DisplayName("never only => no figure")
    void never() {
        assertEquals("never in 1 of 1", VersusTable.cell(List.of(new PeerResult(null, 0, 0, true))));
    }
}
