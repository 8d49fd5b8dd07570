package io.interrex.actors.hands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.actors.Endpoint;
import io.interrex.cluster.format.Format;
import io.interrex.cluster.hands.HandsMessage;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HandsTransportTest {

    private static final Duration SOON = Duration.ofSeconds(3);

    @Test
    @DisplayName("three nodes: what one says to one or to all arrives with the speaker's name")
    void three() throws Exception {
        Map<String, Integer> ports =
                Map.of("a", TestNode.freePort(), "b", TestNode.freePort(), "c", TestNode.freePort());
        try (var a = new TestNode(TestNode.settings("a", ports));
                var b = new TestNode(TestNode.settings("b", ports));
                var c = new TestNode(TestNode.settings("c", ports))) {
            a.awaitConnected("b", "c");
            b.awaitConnected("a", "c");
            c.awaitConnected("a", "b");
            assertEquals(Format.CURRENT, a.transport.commonFormat());
            assertEquals(2, a.transport.broadcast(release(1)));
            assertTrue(c.transport.send("b", release(2)));
            var first = b.expect(Incoming.Message.class, SOON);
            var second = b.expect(Incoming.Message.class, SOON);
            assertEquals(
                    Map.of("a", release(1), "c", release(2)),
                    Map.of(first.from(), first.message(), second.from(), second.message()));
            assertEquals(release(1), c.expect(Incoming.Message.class, SOON).message());
            assertTrue(b.transport.lastHeardNanos("a").isPresent());
            assertEquals(
                    2,
                    b.transport.peers().stream()
                            .filter(HandsTransport.Peer::connected)
                            .count());
        }
    }

    @Test
    @DisplayName("a message to the own name arrives; one to an unknown name is refused; to all means to the others")
    void own() throws Exception {
        try (var a = new TestNode(TestNode.settings("a", Map.of()))) {
            assertTrue(a.transport.send("a", release(1)));
            assertEquals("a", a.expect(Incoming.Message.class, SOON).from());
            assertFalse(a.transport.send("nobody", release(1)));
            assertEquals(0, a.transport.broadcast(release(1)));
        }
    }

    @Test
    @DisplayName("no format is common while a configured node is away")
    void away() throws Exception {
        Map<String, Integer> ports =
                Map.of("a", TestNode.freePort(), "b", TestNode.freePort(), "c", TestNode.freePort());
        try (var a = new TestNode(TestNode.settings("a", ports));
                var b = new TestNode(TestNode.settings("b", ports))) {
            a.awaitConnected("b");
            b.awaitConnected("a");
            assertEquals(0, a.transport.commonFormat());
        }
    }

    @Test
    @DisplayName(
            "the peers become others while it runs: who is none any more is neither heard nor reached, who is new is both")
    void others() throws Exception {
        Map<String, Integer> ports =
                Map.of("a", TestNode.freePort(), "b", TestNode.freePort(), "c", TestNode.freePort());
        Map<String, Integer> later = Map.of("a", portOf(ports, "a"), "b", portOf(ports, "b"), "d", TestNode.freePort());
        try (var a = new TestNode(TestNode.settings("a", ports));
                var c = new TestNode(TestNode.settings("c", ports));
                var d = new TestNode(TestNode.settings("d", later))) {
            a.awaitConnected("c");
            c.awaitConnected("a");
            a.transport.use(TestNode.settings("a", later).peers());
            assertEquals("c", a.expect(Incoming.PeerDown.class, SOON).from());
            c.expect(Incoming.PeerDown.class, SOON);
            assertFalse(a.transport.send("c", release(1)));
            a.awaitConnected("d");
            d.awaitConnected("a");
            assertTrue(d.transport.send("a", release(2)));
            assertEquals("d", a.expect(Incoming.Message.class, SOON).from());
            assertFalse(a.transport.isConnected("c"));
            assertFalse(c.transport.isConnected("a"), "it is refused from then on");
            a.transport.use(TestNode.settings("a", ports).peers());
            a.awaitConnected("c");
            assertThrows(
                    IllegalArgumentException.class, () -> a.transport.use(Map.of("b", new Endpoint("10.0.0.1", 1))));
        }
    }

    private static int portOf(Map<String, Integer> ports, String node) {
        return ports.getOrDefault(node, 0);
    }

    @Test
    @DisplayName("on loopback a message takes less than 1 ms, median")
    void latency() throws Exception {
        Map<String, Integer> ports = Map.of("a", TestNode.freePort(), "b", TestNode.freePort());
        try (var a = new TestNode(TestNode.settings("a", ports));
                var b = new TestNode(TestNode.settings("b", ports))) {
            a.awaitConnected("b");
            long best = Long.MAX_VALUE;
            for (int round = 0; round < 5; round++) {
                long[] took = new long[300];
                for (int i = 0; i < took.length; i++) {
                    long sent = System.nanoTime();
                    a.transport.send("b", new HandsMessage.Renew("main", "a", 1, 1, i, 1, 5, 1400));
                    took[i] = b.expect(Incoming.Message.class, SOON).receivedNanos() - sent;
                }
                Arrays.sort(took);
                best = Math.min(best, took[took.length / 2]);
            }
            assertTrue(best < 1_000_000, "median " + best + " ns");
        }
    }

    @Test
    @DisplayName("a peer that starts again is known by its new incarnation, and hears us at once because it knocked")
    void restart() throws Exception {
        Map<String, Integer> ports = Map.of("a", TestNode.freePort(), "b", TestNode.freePort());
        HandsSettings of = TestNode.settings("b", ports);
        var again = new HandsSettings("b", 2, "test", of.bind(), of.peers(), of.timings(), of.queueMax(), null, false);
        try (var a = new TestNode(TestNode.settings("a", ports))) {
            try (var b = new TestNode(of)) {
                b.awaitConnected("a");
                assertEquals(1, a.expect(Incoming.PeerUp.class, SOON).incarnation());
            }
            assertEquals("b", a.expect(Incoming.PeerDown.class, SOON).from());
            try (var b = new TestNode(again)) {
                b.awaitConnected("a");
                assertEquals(
                        2,
                        a.expect(Incoming.PeerUp.class, Duration.ofMillis(300)).incarnation());
            }
        }
    }

    @Test
    @DisplayName("for a peer that is away the queue stays bounded, keeps the leases, and sending does not wait")
    void bounded() throws Exception {
        Map<String, Integer> ports = Map.of("a", TestNode.freePort(), "b", TestNode.freePort());
        try (var a = new TestNode(TestNode.settings("a", ports))) {
            for (int i = 0; i < 20_000; i++) {
                a.transport.send("b", new HandsMessage.SubmitAnswer("main", i, true, null, "", i));
            }
            for (int i = 0; i < 10; i++) {
                assertTrue(a.transport.send("b", release(i)));
            }
            HandsTransport.Peer peer = a.transport.peers().getFirst();
            assertEquals(64, peer.queued());
            assertEquals(20_010 - 64, peer.dropped());
            try (var b = new TestNode(TestNode.settings("b", ports))) {
                a.awaitConnected("b");
                a.await(SOON, "empty", () -> a.transport.peers().getFirst().queued() == 0);
            }
        }
    }

    @Test
    @DisplayName("an address in use is named, with what to do")
    void inUse() throws Exception {
        try (var a = new TestNode(TestNode.settings("a", Map.of()))) {
            int port = a.transport.address().getPort();
            var failure = assertThrows(
                    ExecutionException.class, () -> new TestNode(TestNode.settings("b", Map.of("b", port))).close());
            assertTrue(failure.toString().contains("127.0.0.1:" + port), failure.getMessage());
        }
    }

    @Test
    @DisplayName("plain TCP beyond loopback is refused unless 'insecure' is set")
    void insecure() {
        var outside = new Endpoint("192.0.2.1", 7000);
        var inside = new Endpoint("127.0.0.1", 7000);
        for (boolean bind : new boolean[] {true, false}) {
            var refused = assertThrows(
                    IllegalArgumentException.class,
                    () -> new HandsSettings(
                            "a",
                            1,
                            "test",
                            bind ? outside : inside,
                            Map.of("b", bind ? inside : outside),
                            TestNode.FAST,
                            64,
                            null,
                            false));
            assertTrue(refused.toString().contains("security.insecure"), refused.getMessage());
        }
        new HandsSettings("a", 1, "test", outside, Map.of("b", outside), TestNode.FAST, 64, null, true);
    }

    private static HandsMessage release(long epoch) {
        return new HandsMessage.Release("main", "a", epoch);
    }
}
