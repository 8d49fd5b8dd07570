package io.interrex.cluster.detection;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LocalHealthTest {

    private static final LocalHealth WELL = LocalHealth.start(550, 0);

    @Test
    @DisplayName("a loop that turns in time speaks in its turn")
    void well() {
        assertEquals(0, WELL.tick(500).tick(1050).abstainMs(1100));
    }

    @Test
    @DisplayName("a gap of more than P makes the node speak 500 ms later for five seconds, and then no more")
    void paused() {
        LocalHealth after = WELL.tick(551);
        assertEquals(500, after.abstainMs(552));
        LocalHealth later = after;
        for (long now = 1000; now <= 5500; now += 500) {
            later = later.tick(now);
        }
        assertEquals(500, later.abstainMs(5550));
        assertEquals(0, later.abstainMs(5551));
    }

    @Test
    @DisplayName("a gap of exactly P is borne")
    void edge() {
        assertEquals(0, WELL.tick(550).abstainMs(551));
    }

    @Test
    @DisplayName("who is asked before the loop has turned after a pause knows it all the same")
    void notYetTicked() {
        assertEquals(500, WELL.tick(100).abstainMs(651));
    }
}
