package io.interrex.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The first lease round of a process")
final class FirstRoundTest {

    private static final long QUEUE_FOR_NS = 500_000_000;

    private final FirstRound round = new FirstRound();

    @Test
    @DisplayName("leaves at once where the voter is connected")
    void connected() throws InterruptedException {
        round.sent("b", true, 0);

        assertEquals(true, round.hasLeft());
        assertEquals(true, round.await(0));
    }

    @Test
    @DisplayName("leaves with the connection that it waited for, not with the next round")
    void waiting() {
        round.sent("b", false, 0);
        assertEquals(false, round.hasLeft());

        round.connected("b", QUEUE_FOR_NS, QUEUE_FOR_NS);

        assertEquals(true, round.hasLeft());
    }

    @Test
    @DisplayName("that waited for another voter does not leave with this one's connection")
    void another() throws InterruptedException {
        round.sent("b", false, 0);

        round.connected("c", QUEUE_FOR_NS, 1);

        assertEquals(false, round.hasLeft());
        assertEquals(false, round.await(0));
    }

    @Test
    @DisplayName("that waited longer than a message may was dropped, and did not leave")
    void tooLate() {
        round.sent("b", false, 0);

        round.connected("b", QUEUE_FOR_NS, QUEUE_FOR_NS + 1);

        assertEquals(false, round.hasLeft());
    }

    @Test
    @DisplayName("did not leave when a connection came up before there was one")
    void nothingSent() {
        round.connected("b", QUEUE_FOR_NS, 0);

        assertEquals(false, round.hasLeft());
    }
}
