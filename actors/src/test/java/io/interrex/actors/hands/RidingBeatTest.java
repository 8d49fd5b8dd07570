package io.interrex.actors.hands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.fail;

import io.interrex.cluster.format.Format;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.hands.HandsMessage.Beat;
import io.interrex.cluster.hands.HandsMessage.Hello;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a node that has dialled puts into one packet. The peer here is a plain socket. */
final class RidingBeatTest {

    private static final int ANSWER_MS = 5_000;
    private static final HandsMessage NEWS = new HandsMessage.Release("main", "a", 1);

    private final HandsCodec codec = new HandsCodec();
    private final ServerSocket peer = new ServerSocket(0, 8, InetAddress.getByName("127.0.0.1"));
    private final TestNode node = new TestNode(TestNode.settings("a", Map.of("b", peer.getLocalPort())));

    RidingBeatTest() throws Exception {}

    @AfterEach
    void end() throws IOException {
        node.close();
        peer.close();
    }

    private HandsMessage frame(DataInputStream in) throws Exception {
        return codec.decode(ByteString.fromArray(in.readNBytes(in.readInt())));
    }

    /** Everything that came in one piece. */
    private List<HandsMessage> packet(Socket socket) throws Exception {
        var bytes = new byte[65_536];
        var piece = ByteBuffer.wrap(bytes, 0, socket.getInputStream().read(bytes));
        var messages = new ArrayList<HandsMessage>();
        while (piece.hasRemaining()) {
            var frame = new byte[piece.getInt()];
            piece.get(frame);
            messages.add(codec.decode(ByteString.fromArray(frame)));
        }
        return messages;
    }

    private void greet(Socket socket) throws Exception {
        assertInstanceOf(Hello.class, frame(new DataInputStream(socket.getInputStream())));
        ByteString hello = codec.encode(new Hello(Format.CURRENT, "test", "b", 1));
        var out = new DataOutputStream(socket.getOutputStream());
        out.writeInt(hello.size());
        out.write(hello.toArray());
        out.flush();
    }

    /** Returns when nothing has come for so long. */
    private void awaitHalfABeat(Socket socket) throws Exception {
        socket.setSoTimeout((int) TestNode.FAST.beatEvery().toMillis() / 2);
        try {
            List<HandsMessage> heard = packet(socket);
            while (!heard.isEmpty()) {
                heard = packet(socket);
            }
        } catch (SocketTimeoutException e) {
            socket.setSoTimeout(ANSWER_MS);
        }
    }

    @Test
    @DisplayName("half a beat's time after the last beat: the next one goes out behind what is sent, in one packet")
    void rides() throws Exception {
        try (Socket socket = peer.accept()) {
            socket.setSoTimeout(ANSWER_MS);
            greet(socket);
            for (int tries = 0; tries < 20; tries++) {
                awaitHalfABeat(socket);
                node.transport.send("b", NEWS);
                List<HandsMessage> packet = packet(socket);
                // one: this thread was late, and the beat had gone out alone
                if (packet.size() == 2) {
                    assertEquals(NEWS, packet.getFirst());
                    assertInstanceOf(Beat.class, packet.getLast());
                    return;
                }
            }
            fail("no beat rode on anything");
        }
    }
}
