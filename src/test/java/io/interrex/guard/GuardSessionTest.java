package io.interrex.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.interrex.cluster.port.Guard;
import io.interrex.cluster.port.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Given a guard that is played by the test. */
@Timeout(30)
final class GuardSessionTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final BlockingQueue<Guard.Event> told = new LinkedBlockingQueue<>();

    @TempDir
    private Path directory = Path.of("");

    /** Says hello, and then whatever the test wants. */
    private record Played(SocketChannel channel, BufferedReader in) {

        static Played met(ServerSocketChannel server) throws IOException {
            SocketChannel channel = server.accept();
            var played = new Played(
                    channel,
                    new BufferedReader(
                            new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8)));
            assertEquals("1 HELLO", played.in.readLine());
            played.say("1 OK version=1 mono_ns=%d off_ns=0 guard=7 pid=0".formatted(System.nanoTime()));
            return played;
        }

        void say(String line) throws IOException {
            channel.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    @DisplayName(
            "an event that its listener cannot bear does not end the session: the agent is connected again at once")
    void poisonedListener() throws Exception {
        var launcher = new GuardLauncher(List.of("false"), directory);
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(launcher.socket()));
            var session = new GuardSession(launcher, LIMIT, event -> {
                told.add(event);
                throw new IllegalStateException("poisoned");
            });
            Thread opening = Thread.ofVirtual().start(() -> {
                try {
                    session.open();
                } catch (IOException | InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            Played first = Played.met(server);
            opening.join(LIMIT);
            first.say("* STUN slept_ms=300 off_ns=5");
            assertInstanceOf(Guard.Event.Slept.class, told.poll(10, TimeUnit.SECONDS));

            Played second = Played.met(server);
            GuardRig.awaitTrue(() -> session.clockOffsetNs() == 0);
            var answer = session.ask("STATUS", false);
            assertEquals("2 STATUS", second.in().readLine());
            second.say("2 OK state=empty");
            assertInstanceOf(Outcome.Done.class, GuardRig.outcome(answer));
            session.close();
        }
    }
}
