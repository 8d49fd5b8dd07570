package io.interrex.actors.hands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import io.interrex.cluster.format.Format;
import io.interrex.cluster.group.GroupCommand.LimitWrites;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.hands.HandsMessage.Beat;
import io.interrex.cluster.hands.HandsMessage.Hello;
import io.interrex.cluster.hands.MemberStatus;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.Gate;
import io.interrex.cluster.port.Vitals;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Node a of this release, and a peer b that knows the oldest format only: sockets and bytes, both ways. */
class MixedFormatsTest {

    private static final Hello OLD = new Hello(Format.OLDEST, "test", "b", 1);
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final HandsCodec codec = new HandsCodec();
    private final InetAddress loopback = InetAddress.getByName("127.0.0.1");
    private final ServerSocket server = new ServerSocket(0, 1, loopback);
    private final TestNode node = new TestNode(TestNode.settings("a", Map.of("b", server.getLocalPort())));

    MixedFormatsTest() throws Exception {}

    @AfterEach
    void close() throws IOException {
        node.close();
        server.close();
    }

    private static MemberStatus status(String member, long closesInMs) {
        var vitals = new Vitals(List.of(), -1, -1, closesInMs, List.of(), List.of(), List.of());
        return new MemberStatus(
                "main",
                member,
                1,
                1,
                1,
                1,
                1,
                DatabaseStatus.unknown("not looked at"),
                Gate.Position.CLOSED,
                0,
                -1,
                vitals,
                "waits",
                null);
    }

    @Test
    @DisplayName(
            "all nodes know the oldest format only; its node is told nothing newer, and what it cannot know is not sent")
    void mixed() throws Exception {
        try (Socket dialled = server.accept();
                Socket own = new Socket(loopback, node.transport.address().getPort())) {
            dialled.setSoTimeout((int) LIMIT.toMillis());
            assertInstanceOf(Hello.class, codec.decode(read(dialled)));
            assertEquals(0, node.transport.commonFormat(), "not all are connected");
            write(dialled, OLD);
            write(own, OLD);
            node.awaitConnected("b");
            assertEquals(Format.OLDEST, node.transport.commonFormat());

            var limit = new LimitWrites(new Stamp("a", 0), 1, true, List.of(), List.of());
            assertFalse(node.transport.send("b", new HandsMessage.Submit("main", 1, limit)));
            assertTrue(node.transport.send("b", new HandsMessage.Status(status("a", 42))));
            ByteString frame = afterBeats(dialled);
            var told = new CBORMapper().readTree(frame.toArrayUnsafe());
            assertEquals("a", told.findPath("member").asText(), told::toString);
            assertTrue(told.findPath("closesInMs").isMissingNode(), told::toString);

            write(own, new HandsMessage.Status(status("b", 0)));
            assertEquals(
                    new HandsMessage.Status(status("b", 0)),
                    node.expect(Incoming.Message.class, LIMIT).message());
        }
    }

    /** The first frame that is no beat; beats are echoed as a peer does. */
    private ByteString afterBeats(Socket socket) throws Exception {
        while (true) {
            ByteString frame = read(socket);
            HandsMessage message = codec.decode(frame);
            if (!(message instanceof Beat)) {
                return frame;
            }
            write(socket, message);
        }
    }

    private void write(Socket socket, HandsMessage message) throws IOException {
        ByteString frame = codec.encode(message, Format.OLDEST);
        var out = new DataOutputStream(socket.getOutputStream());
        out.writeInt(frame.size());
        out.write(frame.toArray());
        out.flush();
    }

    private static ByteString read(Socket socket) throws IOException {
        var in = new DataInputStream(socket.getInputStream());
        return ByteString.fromArray(in.readNBytes(in.readInt()));
    }
}
