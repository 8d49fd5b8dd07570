package io.interrex.actors.hands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.format.Format;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.hands.HandsMessage.Hello;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What strangers and broken peers send over a real socket: their connection ends, the node's others do not. */
class BadPeerTest {

    private static final Hello GOOD = new Hello(Format.CURRENT, "test", "b", 1);

    private final HandsCodec codec = new HandsCodec();
    private TestNode node;

    BadPeerTest() throws Exception {
        node = new TestNode(TestNode.settings("a", Map.of("b", TestNode.freePort())));
    }

    @BeforeEach
    void isWell() throws Exception {
        assertTrue(greets(GOOD));
    }

    @AfterEach
    void isStillWell() throws Exception {
        assertTrue(greets(GOOD));
        node.close();
    }

    @Test
    @DisplayName("garbage instead of a frame")
    void garbage() throws Exception {
        byte[] bytes = new byte[4096];
        new Random(7).nextBytes(bytes);
        bytes[0] = 0;
        bytes[1] = 0;
        assertEquals(0, answersTo(bytes));
    }

    @Test
    @DisplayName("a length above 1 MiB is refused when its four bytes are there, before any of the frame")
    void oversized() throws Exception {
        assertEquals(0, answersTo(new byte[] {0, 0x10, 0, 1}));
        assertEquals(0, answersTo(new byte[] {0x7f, -1, -1, -1}));
        assertEquals(0, answersTo(new byte[] {-1, -1, -1, -1}));
    }

    @Test
    @DisplayName("another cluster, another version, an unknown node, the node's own name, no Hello at all")
    void strangers() throws Exception {
        assertFalse(greets(new Hello(Format.CURRENT, "production", "b", 1)));
        assertFalse(greets(new Hello(Format.OLDEST - 2, "test", "b", 1)));
        assertFalse(greets(new Hello(Format.OLDEST - 1, "test", "b", 1)));
        assertFalse(greets(new Hello(Format.CURRENT, "test", "mallory", 1)));
        assertFalse(greets(new Hello(Format.CURRENT, "test", "a", 1)));
        assertFalse(greets(new HandsMessage.Release("main", "b", 1)));
    }

    @Test
    @DisplayName("a node of a newer release that speaks our format too")
    void newerRelease() throws Exception {
        assertTrue(greets(new Hello(Format.CURRENT + 3, "test", "b", 1)));
    }

    @Test
    @DisplayName("a connection that says nothing, or only half a frame, is closed in its time")
    void silence() throws Exception {
        long start = System.nanoTime();
        assertEquals(0, answersTo(new byte[0]));
        assertEquals(0, answersTo(new byte[] {0, 0, 1, 0, 42}));
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        assertTrue(took.compareTo(TestNode.FAST.helloMax().multipliedBy(3)) < 0, "took " + took);
    }

    @Test
    @DisplayName("after a right Hello: an unknown message closes, and the messages before it were delivered")
    void unknownLater() throws Exception {
        try (Socket socket = connect()) {
            var out = new DataOutputStream(socket.getOutputStream());
            write(out, codec.encode(GOOD));
            assertTrue(readFrame(socket));
            write(out, codec.encode(new HandsMessage.Release("main", "b", 5)));
            write(out, ByteString.fromString("nonsense"));
            assertEquals(0, framesUntilClosed(socket));
        }
        assertEquals(
                new HandsMessage.Release("main", "b", 5),
                node.expect(Incoming.Message.class, Duration.ofSeconds(1)).message());
    }

    @Test
    @DisplayName("a peer that opens a second connection loses the first")
    void second() throws Exception {
        try (Socket first = connect();
                Socket second = connect()) {
            write(new DataOutputStream(first.getOutputStream()), codec.encode(GOOD));
            readFrame(first);
            write(new DataOutputStream(second.getOutputStream()), codec.encode(GOOD));
            readFrame(second);
            assertEquals(0, framesUntilClosed(first));
        }
    }

    @Test
    @DisplayName("more silent connections than the bound are refused at once, and known peers can connect afterwards")
    void tooMany() throws Exception {
        Socket[] sockets = new Socket[40];
        long start = System.nanoTime();
        for (int i = 0; i < sockets.length; i++) {
            sockets[i] = connect();
        }
        assertEquals(0, framesUntilClosed(sockets[sockets.length - 1]));
        assertTrue(System.nanoTime() - start < TestNode.FAST.helloMax().toNanos(), "refused only by time-out");
        for (Socket socket : sockets) {
            framesUntilClosed(socket);
            socket.close();
        }
    }

    @Test
    @DisplayName("a known peer that floods us is slowed down by TCP instead of filling the receiver's mailbox")
    void flood() throws Exception {
        long perTick = SessionLogic.FRAMES_PER_TICK_MAX;
        try (Socket socket = connect()) {
            var out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 1 << 16));
            write(out, codec.encode(GOOD));
            assertTrue(readFrame(socket));
            ByteString frame = codec.encode(new HandsMessage.Release("main", "b", 1));
            long start = System.nanoTime();
            for (int i = 0; i < 4 * perTick; i++) {
                out.writeInt(frame.size());
                out.write(frame.toArray());
            }
            out.flush();
            for (int i = 0; i < 4 * perTick; i++) {
                node.expect(Incoming.Message.class, Duration.ofSeconds(3));
            }
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            Duration ticks = TestNode.FAST.beatEvery().multipliedBy(2);
            assertTrue(took.compareTo(ticks) > 0, "8000 messages came in " + took + ", sooner than " + ticks);
        }
    }

    private boolean greets(HandsMessage first) throws IOException {
        try (Socket socket = connect()) {
            write(new DataOutputStream(socket.getOutputStream()), codec.encode(first));
            return readFrame(socket);
        }
    }

    private int answersTo(byte[] bytes) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(bytes);
            return framesUntilClosed(socket);
        }
    }

    private Socket connect() throws IOException {
        var socket = new Socket(
                InetAddress.getByName("127.0.0.1"), node.transport.address().getPort());
        socket.setSoTimeout(3000);
        return socket;
    }

    private static void write(DataOutputStream out, ByteString frame) throws IOException {
        out.writeInt(frame.size());
        out.write(frame.toArray());
        out.flush();
    }

    private static int framesUntilClosed(Socket socket) throws IOException {
        int frames = 0;
        while (readFrame(socket)) {
            frames++;
        }
        return frames;
    }

    /** False where the other side has closed or reset the connection. */
    private static boolean readFrame(Socket socket) throws IOException {
        var in = new DataInputStream(socket.getInputStream());
        try {
            int first = in.read();
            if (first < 0) {
                return false;
            }
            int length = first << 24 | in.readUnsignedByte() << 16 | in.readUnsignedShort();
            in.readNBytes(length);
            return true;
        } catch (SocketException reset) {
            return false;
        }
    }
}
