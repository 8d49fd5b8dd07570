package io.interrex.pgbouncer;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * One connection to PgBouncer's admin console, over its Unix socket, where it admits its own user as {@code pgbouncer} without a
 * password. Speaks the simple query protocol (PostgreSQL's manual, "Frontend/Backend Protocol"); every answer has a bound in time
 * and in size.
 */
final class Console implements AutoCloseable {
    private static final int PROTOCOL_3 = 196_608;
    private static final int ANSWER_BYTES_MAX = 1 << 20;
    private static final int FRAME_HEAD = 5;

    private final Path path;
    private final Duration callMax;
    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private ByteBuffer in = ByteBuffer.allocate(16 << 10).flip();
    private int answerBytes;

    /** What it was told is wrong, in PgBouncer's words; the connection goes on. */
    static final class Refusal extends IOException {
        private static final long serialVersionUID = 1L;

        Refusal(String message) {
            super(message);
        }
    }

    /** No answer in time: whatever was asked may still happen. */
    static final class TooLate extends IOException {
        private static final long serialVersionUID = 1L;

        TooLate(String message) {
            super(message);
        }
    }

    private Console(Path path, Duration callMax, SocketChannel channel, Selector selector) throws IOException {
        this.path = path;
        this.callMax = callMax;
        this.channel = channel;
        this.selector = selector;
        channel.configureBlocking(false);
        key = channel.register(selector, 0);
    }

    static Console open(Path path, Duration callMax) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        Selector selector = null;
        try {
            selector = Selector.open();
            var console = new Console(path, callMax, channel, selector);
            console.login();
            return console;
        } catch (IOException e) {
            channel.close();
            if (selector != null) {
                selector.close();
            }
            throw e;
        }
    }

    List<Map<String, String>> ask(String command) throws IOException {
        return ask(command, callMax);
    }

    /** Rows by column; none where the command has no table. */
    List<Map<String, String>> ask(String command, Duration within) throws IOException {
        long deadlineNanos = System.nanoTime() + within.toNanos();
        byte[] text = command.getBytes(StandardCharsets.UTF_8);
        send(
                ByteBuffer.allocate(FRAME_HEAD + text.length + 1)
                        .put((byte) 'Q')
                        .putInt(4 + text.length + 1)
                        .put(text)
                        .put((byte) 0)
                        .flip(),
                deadlineNanos);
        return answer(command, deadlineNanos).rows();
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }

    private void login() throws IOException {
        long deadlineNanos = System.nanoTime() + callMax.toNanos();
        if (!channel.connect(UnixDomainSocketAddress.of(path))) {
            await(SelectionKey.OP_CONNECT, deadlineNanos);
            channel.finishConnect();
        }
        byte[] words = "user\0pgbouncer\0database\0pgbouncer\0\0".getBytes(StandardCharsets.US_ASCII);
        send(
                ByteBuffer.allocate(8 + words.length)
                        .putInt(8 + words.length)
                        .putInt(PROTOCOL_3)
                        .put(words)
                        .flip(),
                deadlineNanos);
        answer("the login", deadlineNanos);
    }

    private ConsoleAnswer answer(String command, long deadlineNanos) throws IOException {
        var answer = new ConsoleAnswer();
        answerBytes = 0;
        while (!answer.isComplete()) {
            need(FRAME_HEAD, deadlineNanos);
            byte type = in.get();
            int length = in.getInt() - 4;
            answerBytes += FRAME_HEAD + Math.max(0, length);
            if (length < 0 || length > ANSWER_BYTES_MAX || answerBytes > ANSWER_BYTES_MAX) {
                throw new IOException("the answer on %s to %s is no message, or longer than %d bytes"
                        .formatted(path, command, ANSWER_BYTES_MAX));
            }
            need(length, deadlineNanos);
            answer.take(type, in.slice(in.position(), length));
            in.position(in.position() + length);
        }
        String refusal = answer.refusal();
        if (refusal != null) {
            throw new Refusal("PgBouncer refuses %s: %s".formatted(command, refusal));
        }
        return answer;
    }

    private void send(ByteBuffer out, long deadlineNanos) throws IOException {
        while (out.hasRemaining()) {
            if (channel.write(out) == 0) {
                await(SelectionKey.OP_WRITE, deadlineNanos);
            }
        }
    }

    private void need(int bytes, long deadlineNanos) throws IOException {
        while (in.remaining() < bytes) {
            ByteBuffer larger = in.capacity() >= bytes
                    ? in.compact()
                    : ByteBuffer.allocate(bytes).put(in);
            int count = channel.read(larger);
            in = larger.flip();
            if (count < 0) {
                throw new IOException("PgBouncer at %s ended the conversation".formatted(path));
            }
            if (count == 0) {
                await(SelectionKey.OP_READ, deadlineNanos);
            }
        }
    }

    private void await(int operation, long deadlineNanos) throws IOException {
        long leftMs = (deadlineNanos - System.nanoTime()) / 1_000_000;
        if (leftMs <= 0) {
            throw new TooLate("no answer on %s in time".formatted(path));
        }
        key.interestOps(operation);
        selector.select(leftMs);
        selector.selectedKeys().clear();
    }
}
