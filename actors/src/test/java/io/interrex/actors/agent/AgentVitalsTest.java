package io.interrex.actors.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.interrex.cluster.port.Space;
import io.interrex.cluster.port.Vitals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Given looks that end when the test says so; r is 200 ms, so that there is one every two seconds. */
@DisplayName("An agent's look at disks and connections")
final class AgentVitalsTest {

    private static final Vitals SEEN = new Vitals(List.of(new Space(Space.DATA, 7, 100)), 3, 92);

    private final List<CompletableFuture<Vitals>> looks = new ArrayList<>();
    private final AgentVitals vitals = new AgentVitals(
            () -> {
                looks.add(new CompletableFuture<>());
                return looks.getLast();
            },
            Duration.ofMillis(200));

    private static long atMs(long ms) {
        return Duration.ofMillis(ms).toNanos();
    }

    @Test
    @DisplayName("comes every two seconds, and one at a time")
    void rhythm() {
        vitals.tick(atMs(0));
        vitals.tick(atMs(2500));
        assertEquals(1, looks.size());
        looks.getFirst().complete(SEEN);
        assertEquals(SEEN, vitals.last(atMs(2500)));
        vitals.tick(atMs(2500));
        vitals.tick(atMs(2600));
        assertEquals(2, looks.size());
    }

    @Test
    @DisplayName("gives out once what it has shown of slots, and nothing where it failed")
    void slotsOnce() {
        assertNull(vitals.tick(atMs(0)));
        looks.getFirst().complete(SEEN);
        assertEquals(SEEN.slots(), vitals.tick(atMs(100)));
        assertNull(vitals.tick(atMs(200)));
        assertNull(vitals.tick(atMs(2000)));
        looks.getLast().completeExceptionally(new IllegalStateException("broken"));
        assertNull(vitals.tick(atMs(2100)));
        assertNull(vitals.tick(atMs(4100)));
        looks.getLast().complete(new Vitals(SEEN.spaces(), -1, -1));
        assertNull(vitals.tick(atMs(4200)), "the server was not seen: that says nothing of its slots");
    }

    @Test
    @DisplayName("that does not end makes what was seen before unknown after ten seconds, and known again when it ends")
    void hangs() {
        vitals.tick(atMs(0));
        looks.getFirst().complete(SEEN);
        vitals.tick(atMs(2000));
        assertEquals(SEEN, vitals.last(atMs(12_000)));
        assertEquals(Vitals.UNKNOWN, vitals.last(atMs(12_001)));
        looks.getLast().complete(SEEN);
        assertEquals(SEEN, vitals.last(atMs(12_001)));
    }

    @Test
    @DisplayName("that fails makes it unknown at once")
    void fails() {
        vitals.tick(atMs(0));
        looks.getFirst().complete(SEEN);
        vitals.tick(atMs(2000));
        looks.getLast().completeExceptionally(new IllegalStateException("broken"));
        assertEquals(Vitals.UNKNOWN, vitals.last(atMs(2000)));
    }
}
