package io.interrex.cluster.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.hands.HandsMessage.Nack;
import io.interrex.cluster.lease.LeaseHolder.Effect;
import io.interrex.cluster.settings.Profile;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A gate that the last run left open is adopted or closed; a promise in the way is waited for to its end, not longer. */
class LeaseAdoptionTest {

    private static final long MS = 1_000_000;
    private static final long START = 10_000 * MS;

    private final LeaseState found = LeaseState.idle(
                    new LeaseState.Identity(
                            "main", "a", 4, 1, new TreeSet<>(Set.of("a", "b", "c")), Profile.FAST.timings()),
                    START)
            .gateFound(true);

    @Test
    @DisplayName("a node that starts again and may go on serving leaves the gate as it is")
    void adopts() {
        var step = LeaseHolder.want(found, 7, true, true, START);
        assertTrue(closings(step).isEmpty());
        assertTrue(step.state().gateOpen());
    }

    @Test
    @DisplayName("a node that starts again and has nothing to serve closes the gate, once")
    void closes() {
        var step = LeaseHolder.want(found, 0, false, false, START);
        assertEquals(1, closings(step).size());
        assertFalse(step.state().gateOpen());
        assertTrue(
                closings(LeaseHolder.want(step.state(), 0, false, false, START)).isEmpty());
    }

    @Test
    @DisplayName("a node that starts again and has no barrier yet closes the gate before it asks for its lease")
    void closesBehindABarrier() {
        var effects = LeaseHolder.want(found, 7, true, false, START).effects();
        assertInstanceOf(Effect.CloseGate.class, effects.getFirst());
        assertInstanceOf(Effect.Stage.class, effects.getLast());
    }

    @Test
    @DisplayName("another epoch than the adopted one closes the gate")
    void otherEpoch() {
        var adopted = LeaseHolder.want(found, 7, true, true, START).state();
        assertEquals(
                1, closings(LeaseHolder.want(adopted, 8, true, true, START)).size());
    }

    @Test
    @DisplayName("a promise to another that ends in 90 ms: the next round begins then, not after r = 200 ms")
    void waitsForThePromise() {
        var asked = LeaseHolder.want(found, 7, false, false, START).state();
        var nacked = LeaseHolder.nack(asked, nack(asked.round(), 90), START + 10 * MS);
        assertFalse(begins(LeaseHolder.tick(nacked, START + 100 * MS)));
        assertTrue(begins(LeaseHolder.tick(nacked, START + 101 * MS)));
    }

    @Test
    @DisplayName("a promise that outlives r, an answer to an older round and one without a promise change nothing")
    void keepsItsPace() {
        var asked = LeaseHolder.want(found, 7, false, false, START).state();
        for (Nack nack : List.of(nack(asked.round(), 900), nack(asked.round() - 1, 20), nack(asked.round(), 0))) {
            var nacked = LeaseHolder.nack(asked, nack, START + 10 * MS);
            assertFalse(begins(LeaseHolder.tick(nacked, START + 199 * MS)));
            assertTrue(begins(LeaseHolder.tick(nacked, START + 200 * MS)));
        }
    }

    private static Nack nack(long round, long remainingMs) {
        return new Nack("main", "b", "a", 4, 7, round, HandsMessage.Cause.PROMISED_TO_ANOTHER, 7, remainingMs);
    }

    private static boolean begins(LeaseHolder.Step step) {
        return step.effects().stream().anyMatch(Effect.Stage.class::isInstance);
    }

    private static List<Effect> closings(LeaseHolder.Step step) {
        return step.effects().stream()
                .filter(Effect.CloseGate.class::isInstance)
                .toList();
    }
}
