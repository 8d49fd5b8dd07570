package io.interrex.cluster.detection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Given r = 200 ms and a loop that turns every 50 ms. */
@DisplayName("The write path of a primary")
class WriteProbeTest {

    private static final long MS = 1_000_000;
    private static final long EVERY_NS = 200 * MS;

    private static WriteProbe openSince(long atMs) {
        return WriteProbe.IDLE.ticked(true, atMs * MS);
    }

    @Test
    @DisplayName("is probed every r, one probe at a time, while the gate is open")
    void due() {
        assertFalse(WriteProbe.IDLE.ticked(false, 5_000 * MS).isDue(EVERY_NS));
        WriteProbe started = openSince(5_000).started();
        assertTrue(openSince(5_000).isDue(EVERY_NS));
        assertFalse(started.ticked(true, 5_400 * MS).isDue(EVERY_NS), "one is under way");
        WriteProbe ended = started.ended(true, 5_000 * MS);
        assertFalse(ended.ticked(true, 5_150 * MS).isDue(EVERY_NS));
        assertTrue(ended.ticked(true, 5_200 * MS).isDue(EVERY_NS));
    }

    @Test
    @DisplayName("is as old as the start of the last good probe, or as the opening of the gate")
    void age() {
        assertEquals(-1, WriteProbe.IDLE.ageMs());
        assertEquals(-1, openSince(1_000).ticked(false, 2_000 * MS).ageMs());
        assertEquals(300, openSince(1_000).ticked(true, 1_300 * MS).ageMs());
        WriteProbe good = openSince(1_000).started().ended(true, 1_000 * MS);
        assertEquals(400, good.ticked(true, 1_400 * MS).ageMs());
        assertEquals(
                400,
                good.started().ended(false, 1_200 * MS).ticked(true, 1_400 * MS).ageMs());
        assertEquals(
                0, good.ticked(true, 1_400 * MS).gateMoved(true, 1_401 * MS).ageMs());
        assertEquals(-1, good.gateMoved(false, 1_401 * MS).ageMs());
    }

    @Test
    @DisplayName("is not said to hang by a process that stood still, before its loop has turned (seed 27649)")
    void stoodStill() {
        WriteProbe before = openSince(1_000).started().ended(true, 1_000 * MS).ticked(true, 1_150 * MS);
        long heardAtMs = 1_150 + 640;
        assertEquals(150, before.ageMs(), "an answer that is heard first, at " + heardAtMs + " ms, changes nothing");
        assertEquals(-1, before.ticked(false, heardAtMs * MS).ageMs(), "its next turn has closed the gate");
    }
}
