package io.interrex.actors.hands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.hands.HandsMessage;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {

    private static final Duration LONG_ENOUGH = Duration.ofMillis(1500);

    @TempDir
    private static Path directory;

    private static KeyStore a;
    private static KeyStore b;
    private static KeyStore mallory;

    @BeforeAll
    static void makeKeys() throws Exception {
        a = Certificates.selfSigned(directory, "a");
        b = Certificates.selfSigned(directory, "b");
        mallory = Certificates.selfSigned(directory, "mallory");
    }

    @Test
    @DisplayName("with certificates on both sides, messages pass in both directions")
    void mutual() throws Exception {
        try (var pair = new Pair(Certificates.context(a, b), Certificates.context(b, a))) {
            pair.a.awaitConnected("b");
            pair.b.awaitConnected("a");
            var message = new HandsMessage.Release("main", "a".repeat(100_000), 1);
            assertTrue(pair.a.transport.send("b", message));
            assertEquals(
                    message,
                    pair.b.expect(Incoming.Message.class, Duration.ofSeconds(3)).message());
        }
    }

    @Test
    @DisplayName("a certificate that nobody trusts gets no connection")
    void untrusted() throws Exception {
        try (var pair = new Pair(Certificates.context(mallory, b), Certificates.context(b, a))) {
            pair.staysApart();
        }
    }

    @Test
    @DisplayName("a trusted certificate does not let a node take another's name")
    void borrowedName() throws Exception {
        try (var pair = new Pair(Certificates.context(mallory, b), Certificates.context(b, a, mallory))) {
            pair.staysApart();
        }
    }

    @Test
    @DisplayName("plain TCP and TLS do not talk to each other")
    void plain() throws Exception {
        try (var pair = new Pair(null, Certificates.context(b, a))) {
            pair.staysApart();
        }
    }

    private static final class Pair implements AutoCloseable {
        final TestNode a;
        final TestNode b;

        Pair(@Nullable SSLContext forA, SSLContext forB) throws Exception {
            Map<String, Integer> ports = Map.of("a", TestNode.freePort(), "b", TestNode.freePort());
            HandsTls tlsA = forA == null ? null : HandsTls.mutual(forA);
            a = new TestNode(TestNode.settings("a", ports, tlsA));
            b = new TestNode(TestNode.settings("b", ports, HandsTls.mutual(forB)));
        }

        void staysApart() {
            a.probe.expectNoMessage(LONG_ENOUGH);
            b.probe.expectNoMessage(Duration.ofMillis(10));
            assertFalse(a.transport.isConnected("b") || b.transport.isConnected("a"));
            assertTrue(b.transport.lastHeardNanos("a").isEmpty());
        }

        @Override
        public void close() {
            a.close();
            b.close();
        }
    }
}
