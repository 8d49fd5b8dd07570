package io.interrex.actors.hands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.format.Format;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class OutboxTest {

    private final Outbox box = new Outbox(3, 100);

    @Test
    @DisplayName("lease traffic overtakes the rest; each keeps its order")
    void leaseFirst() {
        offer("s1", false, 0);
        offer("l1", true, 0);
        offer("l2", true, 0);
        assertEquals(List.of("l1", "l2", "s1"), drain(0));
    }

    @Test
    @DisplayName(
            "full: the oldest that is not about a lease goes, then the oldest lease; a status never displaces a lease")
    void full() {
        offer("s1", false, 0);
        offer("s2", false, 0);
        offer("l1", true, 0);
        assertTrue(offer("l2", true, 0));
        assertTrue(offer("l3", true, 0));
        assertTrue(offer("l4", true, 0));
        assertFalse(offer("s3", false, 0));
        assertEquals(List.of("l2", "l3", "l4"), drain(0));
        assertEquals(4, box.dropped());
    }

    @Test
    @DisplayName("what waited too long is dropped")
    void old() {
        offer("s1", false, 0);
        offer("s2", false, 50);
        assertEquals(List.of("s2"), drain(101));
        assertEquals(1, box.dropped());
    }

    @Test
    @DisplayName("a few large messages are bounded too")
    void bytes() {
        var wide = new Outbox(1000, 100);
        ByteString large = ByteString.fromArray(new byte[HandsCodec.FRAME_MAX]);
        for (int i = 0; i < 10; i++) {
            wide.offer(large, Format.CURRENT, false, 0);
        }
        assertEquals(Outbox.BYTES_MAX / HandsCodec.FRAME_MAX, wide.size());
    }

    @Test
    @DisplayName("the taker is woken once after it found nothing, and not for what it did not miss")
    void wake() {
        var woken = new AtomicInteger();
        box.attach(woken::incrementAndGet, Format.CURRENT);
        offer("a", false, 0);
        offer("b", false, 0);
        assertEquals(1, woken.get());
        drain(0);
        offer("c", false, 0);
        assertEquals(2, woken.get());
    }

    @Test
    @DisplayName("a taker that leaves late does not detach its successor")
    void succession() {
        var woken = new AtomicInteger();
        Runnable first = () -> {};
        box.attach(first, Format.CURRENT);
        box.attach(woken::incrementAndGet, Format.CURRENT);
        box.detach(first);
        offer("a", false, 0);
        assertEquals(1, woken.get());
    }

    private boolean offer(String text, boolean lease, long at) {
        return box.offer(ByteString.fromString(text), Format.CURRENT, lease, at);
    }

    private List<String> drain(long now) {
        List<String> all = new ArrayList<>();
        for (ByteString next = box.poll(now); next != null; next = box.poll(now)) {
            all.add(next.utf8String());
        }
        assertNull(box.poll(now));
        return all;
    }

    @Test
    @DisplayName(
            "what waits in a format that the next connection does not speak is dropped, and nothing of it is taken any more")
    void anotherFormat() {
        offer("l1", true, 0);
        box.attach(() -> {}, Format.CURRENT - 1);
        assertEquals(0, box.size());
        assertEquals(1, box.dropped());
        assertEquals(Format.CURRENT - 1, box.format());
        assertFalse(box.offer(ByteString.fromString("l2"), Format.CURRENT, true, 0));
        assertTrue(box.offer(ByteString.fromString("l3"), Format.CURRENT - 1, true, 0));
        assertEquals(List.of("l3"), drain(0));
    }
}
