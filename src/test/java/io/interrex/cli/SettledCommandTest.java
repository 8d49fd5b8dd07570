package io.interrex.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.format.Format;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Between two nodes of a rolling upgrade")
final class SettledCommandTest {

    @Test
    @DisplayName("status says that the log holds less than this release knows, and until when")
    void olderFormat() throws Exception {
        try (var node = new StubNode()) {
            assertFalse(CliTest.run("status", "--url", node.url()).out().contains("format"));
            node.logFormat = Format.CURRENT - 1;
            String out = CliTest.run("status", "--url", node.url()).out();
            assertTrue(
                    out.contains(
                            "format %d (this release knows %d: it is raised when every node runs it and is connected)"
                                    .formatted(Format.CURRENT - 1, Format.CURRENT)),
                    out);
        }
    }

    @Test
    @DisplayName("settled asks every node: one that does not answer is not settled, and what is waited for is said")
    void settled() throws Exception {
        try (var node = new StubNode()) {
            CliTest.Result one = CliTest.run("settled", "--url", node.url());
            assertEquals(0, one.code(), one.err());
            assertEquals(node.url() + ": a is settled: another node may be restarted\n", one.out());
            CliTest.Result json = CliTest.run("settled", "--json", "--url", node.url());
            assertEquals(
                    "{\"node\":\"%s\",\"settled\":true,\"why\":\"a is settled: another node may be restarted\"}\n"
                            .formatted(node.url()),
                    json.out());
            String nobody = "http://127.0.0.1:" + freePort();
            CliTest.Result two = CliTest.run("settled", "--url", node.url(), "--url", nobody, "--wait", "600ms");
            assertEquals(1, two.code());
            assertTrue(two.out().contains(nobody + ": does not answer"), two.out());
            assertEquals(
                    2, CliTest.run("settled", "--url", nobody, "--wait", "soon").code());
        }
    }

    @Test
    @DisplayName("settled looks again until all are settled, where it may wait")
    void looksAgain() throws Exception {
        try (var node = new StubNode()) {
            node.silentLooks.set(2);
            CliTest.Result once = CliTest.run("settled", "--url", node.url());
            assertEquals(1, once.code(), once.out());
            CliTest.Result waited = CliTest.run("settled", "--url", node.url(), "--wait", "50s");
            assertEquals(0, waited.code(), waited.out());
            assertEquals(node.url() + ": a is settled: another node may be restarted\n", waited.out());
        }
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
