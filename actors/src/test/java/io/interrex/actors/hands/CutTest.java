package io.interrex.actors.hands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.hands.HandsMessage;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Two nodes with a relay between them that cuts, and what they see of it. */
class CutTest {

    @Test
    @DisplayName(
            "a connection that silently stops forwarding is given up within 1 s; healed, messages pass again within 900 ms")
    void halfOpen() throws Exception {
        try (var pair = new Pair()) {
            long cut = System.nanoTime();
            pair.proxy.freeze(true);
            Incoming.PeerDown down = pair.a.expect(Incoming.PeerDown.class, Duration.ofSeconds(2));
            assertTrue(down.why().contains("nothing heard"), down.why());
            within(1000, cut, down.atNanos());
            assertTrue(pair.a.transport.lastHeardNanos("b").orElseThrow() - down.atNanos() < 0);

            long healed = System.nanoTime();
            pair.proxy.freeze(false);
            within(
                    900,
                    healed,
                    pair.a.expect(Incoming.PeerUp.class, Duration.ofSeconds(2)).atNanos());
            pair.passes(7);
        }
    }

    @Test
    @DisplayName("a connection that is reset is back within 200 ms")
    void reset() throws Exception {
        try (var pair = new Pair()) {
            for (int round = 0; round < 3; round++) {
                long cut = System.nanoTime();
                pair.proxy.cut();
                pair.a.expect(Incoming.PeerDown.class, Duration.ofSeconds(2));
                within(
                        round == 0 ? 200 : 600,
                        cut,
                        pair.a
                                .expect(Incoming.PeerUp.class, Duration.ofSeconds(2))
                                .atNanos());
                pair.passes(round);
            }
        }
    }

    @Test
    @DisplayName("what was said during a cut that lasted longer than queue-for does not arrive late")
    void stale() throws Exception {
        try (var pair = new Pair()) {
            pair.proxy.freeze(true);
            pair.a.expect(Incoming.PeerDown.class, Duration.ofSeconds(2));
            long said = System.nanoTime();
            pair.a.transport.send("b", new HandsMessage.Release("main", "a", 666));
            pair.a.await(
                    Duration.ofSeconds(2),
                    "queue-for over",
                    () -> System.nanoTime() - said > TestNode.FAST.queueFor().toNanos());
            pair.proxy.freeze(false);
            pair.a.expect(Incoming.PeerUp.class, Duration.ofSeconds(2));
            pair.passes(8);
        }
    }

    private static void within(long limitMs, long from, long to) {
        long took = (to - from) / 1_000_000;
        assertTrue(took <= limitMs, "took " + took + " ms, allowed are " + limitMs);
    }

    private static final class Pair implements AutoCloseable {
        final TestNode a;
        final TestNode b;
        final Proxy proxy;

        Pair() throws Exception {
            int portA = TestNode.freePort();
            int portB = TestNode.freePort();
            proxy = new Proxy(portB);
            b = new TestNode(TestNode.settings("b", Map.of("a", portA, "b", portB)));
            a = new TestNode(TestNode.settings("a", Map.of("a", portA, "b", proxy.port())));
            a.expect(Incoming.PeerUp.class, Duration.ofSeconds(5));
            passes(1);
        }

        /** The next message that b receives is the one that a sends now. */
        void passes(long epoch) {
            var message = new HandsMessage.Release("main", "a", epoch);
            assertTrue(a.transport.send("b", message));
            assertEquals(
                    message,
                    b.expect(Incoming.Message.class, Duration.ofSeconds(2)).message());
        }

        @Override
        public void close() throws Exception {
            a.close();
            b.close();
            proxy.close();
        }
    }
}
