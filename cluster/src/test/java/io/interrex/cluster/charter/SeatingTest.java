package io.interrex.cluster.charter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.charter.Seating.Verdict;
import io.interrex.cluster.lease.VoterHard;
import io.interrex.cluster.settings.Timings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Given that the seat of e of a, b, c, d, e was vacated by change 4, an empty disk")
final class SeatingTest {

    private static final long MS = 1_000_000;
    private static final long W_NS = 6200 * MS;
    private static final List<String> VOTERS = List.of("a", "b", "c", "d", "e");

    private static VoterHard knows(long epoch, long longestMs) {
        return new VoterHard(Map.of("main", epoch), longestMs);
    }

    private static Seating three() {
        return Seating.begin(4, VOTERS)
                .heard("a", 4, knows(7, 6000), 1000 * MS)
                .heard("b", 4, knows(9, 6000), 2000 * MS)
                .heard("c", 5, knows(8, 6000), 3000 * MS);
    }

    private static String waits(Seating seating, long atMs) {
        return assertInstanceOf(Verdict.Waits.class, seating.judge(VoterHard.NEW, W_NS, atMs * MS))
                .why();
    }

    @Test
    @DisplayName("waits until three of five have said that they grant without the old one, however long that takes")
    void settled() {
        Seating two = Seating.begin(4, VOTERS)
                .heard("a", 4, knows(7, 6000), 0)
                .heard("b", 4, knows(7, 6000), 0)
                .heard("b", 4, knows(7, 6000), 0)
                .heard("c", 3, knows(7, 6000), 0)
                .heard("m", 4, knows(7, 6000), 0);
        assertTrue(waits(two, 1_000_000).startsWith("2 of 5 voters"), waits(two, 1_000_000));
    }

    @Test
    @DisplayName(
            "waits W after that, or for the longest promise that anybody may have given, and not again for each that says it later")
    void silence() {
        long endMs = 3000 + 6200;
        assertEquals("what was granted before runs out in 2 ms", waits(three(), endMs - 1));
        Seating four = three().heard("d", 4, knows(1, 6000), 9000 * MS);
        assertInstanceOf(Verdict.Ready.class, four.judge(VoterHard.NEW, W_NS, endMs * MS));
        Seating wan = three().heard("d", 4, knows(1, 13_500), 9000 * MS);
        assertTrue(waits(wan, endMs).startsWith("what was granted before runs out"));
        long longMs = 3000 + Timings.silenceAfter(13_500 * MS) / MS + 1;
        assertInstanceOf(Verdict.Ready.class, wan.judge(VoterHard.NEW, W_NS, longMs * MS));
    }

    @Test
    @DisplayName("knows the highest epoch of each group that any of them knows, or itself, before it asks for the seat")
    void epochs() {
        VoterHard own = new VoterHard(Map.of("main", 3L, "other", 2L), 0);
        Verdict verdict = three().judge(own, W_NS, 60_000 * MS);
        assertEquals(
                new VoterHard(Map.of("main", 9L, "other", 2L), 6000),
                assertInstanceOf(Verdict.Ready.class, verdict).promised());
    }
}
