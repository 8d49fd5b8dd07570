package io.interrex.haproxy;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.routing.RoutePlan;
import io.interrex.haproxy.HaproxySettings.Listen;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A runtime socket that is no HAProxy's makes every plan unknown: it")
@Timeout(30)
class HostileSocketTest {
    private static final String HEADER =
            "1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state" + " srv_uweight srv_port\n";

    @TempDir
    private Path directory;

    @Test
    @DisplayName("answers prose")
    void prose() throws IOException {
        assertUnknown("answered unexpectedly: Unknown command. | Try help", "Unknown command.\n\nTry help\n");
    }

    @Test
    @DisplayName("answers half a million blanks, and is understood to be wrong in time")
    void blanks() throws IOException {
        assertUnknown("answered unexpectedly: x", "x" + " ".repeat(500_000) + "x");
    }

    @Test
    @DisplayName("answers nothing")
    void nothing() throws IOException {
        assertUnknown("answered unexpectedly: (nothing)", "");
    }

    @Test
    @DisplayName("answers an error before the table")
    void errorBeforeTheTable() throws IOException {
        assertUnknown(
                "unexpectedly: No such server.", "No such server.\n\n" + HEADER + "2 write 1 a 127.0.0.1 2 4 1 1\n");
    }

    @Test
    @DisplayName("answers a table that breaks off")
    void brokenRow() throws IOException {
        assertUnknown("a row that cannot be read", HEADER + "2 write 1 a 127.0.0.1 2\n");
    }

    @Test
    @DisplayName("answers a table with a word in place of a number")
    void wordForNumber() throws IOException {
        assertUnknown("a row that cannot be read", HEADER + "2 write 1 a 127.0.0.1 UP 4 1 1\n");
    }

    @Test
    @DisplayName("answers a table without the server")
    void withoutTheServer() throws IOException {
        assertUnknown("it has no server write/a", HEADER + "2 write 1 z 127.0.0.1 2 4 1 1\n");
    }

    @Test
    @DisplayName("answers that the server is still closed")
    void stillClosed() throws IOException {
        assertUnknown("write/a should be ready and is in state 0/5", HEADER + "2 write 1 a 127.0.0.1 0 5 1 1\n");
    }

    @Test
    @DisplayName("answers that the server's name does not resolve")
    void noAddress() throws IOException {
        assertUnknown("the name 127.0.0.1 of member a does not resolve", HEADER + "2 write 1 a - 0 37 1 1\n");
    }

    @Test
    @DisplayName("answers two megabytes")
    void tooMuch() throws IOException {
        assertUnknown("is longer than 1048576 bytes", "x".repeat(2 << 20));
    }

    @Test
    @DisplayName("never answers")
    void silent() throws IOException {
        assertUnknown("no answer on", null);
    }

    private void assertUnknown(String why, @Nullable String answer) throws IOException {
        var settings = HaproxySettings.of(
                "g",
                List.of(new MemberInfo("a", "127.0.0.1", 1, "z", 0, false, false, false)),
                directory,
                new Listen("127.0.0.1", 2),
                new Listen("127.0.0.1", 3));
        var end = new CountDownLatch(1);
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(settings.socket()));
            Thread.ofPlatform().daemon().start(() -> answer(server, answer, end));
            var socket = new RuntimeSocket(settings.socket(), Duration.ofMillis(answer == null ? 300 : 5000));
            long start = System.nanoTime();

            var outcome = new PlanRunner(settings, socket).run(new RoutePlan("g", 1, "a", new TreeSet<>(List.of("a"))));

            String reason = assertInstanceOf(Outcome.Unknown.class, outcome).reason();
            assertTrue(reason.contains(why), reason);
            assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(4));
        } finally {
            end.countDown();
        }
    }

    private static void answer(ServerSocketChannel server, @Nullable String answer, CountDownLatch end) {
        try (SocketChannel client = server.accept()) {
            if (answer == null) {
                end.await();
            } else {
                client.read(ByteBuffer.allocate(64 << 10));
                client.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
            }
        } catch (IOException | InterruptedException e) {
            System.getLogger("hostile").log(System.Logger.Level.DEBUG, "the asker went away", e);
        }
    }
}
