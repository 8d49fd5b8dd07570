package io.interrex.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.lab.AcceptedWrites.Conflict;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Members that accepted, a write each 10 ms, each acknowledged after 2, and a pause of 100 ends a span:")
class AcceptedWritesTest {
    private final AcceptedWrites accepted = new AcceptedWrites(100);

    @Test
    @DisplayName("a 0-500, then b 520-900 => no conflict")
    void failover() {
        accept("a", 0, 500);
        accept("b", 520, 900);
        assertEquals(List.of(), accepted.conflicts());
        assertEquals(2, accepted.spans().size());
    }

    @Test
    @DisplayName("a 0-500, b 520-900, a again 1100-1500 => no conflict")
    void thereAndBack() {
        accept("a", 0, 500);
        accept("b", 520, 900);
        accept("a", 1100, 1500);
        assertEquals(List.of(), accepted.conflicts());
    }

    @Test
    @DisplayName("a 0-500, b 450-900 => conflict from 450 to 500, seen from both")
    void overlap() {
        accept("a", 0, 500);
        accept("b", 450, 900);
        assertEquals(
                List.of(new Conflict("a", "b", 452, 492, 5), new Conflict("b", "a", 462, 502, 5)),
                accepted.conflicts());
    }

    @Test
    @DisplayName("a 0-500, b once at 255 => conflict")
    void once() {
        accept("a", 0, 500);
        accept("b", 255, 255);
        assertEquals(List.of(new Conflict("a", "b", 257, 257, 1)), accepted.conflicts());
    }

    @Test
    @DisplayName("a 0-500 and once more, sent at 495 and acknowledged at 540; b 510-900 => no conflict")
    void lateAcknowledgement() {
        accept("a", 0, 490);
        accepted.add("a", 495, 540);
        accept("b", 510, 900);
        assertEquals(List.of(), accepted.conflicts());
    }

    @Test
    @DisplayName("a 0-500, b 510-900, a once more at 600, after b had begun => conflict")
    void oldPrimaryReturns() {
        accept("a", 0, 500);
        accept("b", 510, 900);
        accept("a", 604, 604);
        assertEquals(new Conflict("b", "a", 606, 606, 1), accepted.conflicts().getLast());
    }

    private void accept(String member, long fromNanos, long toNanos) {
        for (long sent = fromNanos; sent <= toNanos; sent += 10) {
            accepted.add(member, sent, sent + 2);
        }
    }
}
