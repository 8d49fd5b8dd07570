package io.interrex.haproxy;

import java.io.ByteArrayOutputStream;
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

/** Asks HAProxy's runtime socket one line and gives the whole answer, within a time and a size. */
final class RuntimeSocket {
    private static final int ANSWER_BYTES_MAX = 1 << 20;

    private final Path path;
    private final Duration callMax;

    RuntimeSocket(Path path, Duration callMax) {
        this.path = path;
        this.callMax = callMax;
    }

    /** Several commands are separated by semicolons; HAProxy closes the connection after the last answer. */
    String ask(String commands) throws IOException {
        long deadlineNanos = System.nanoTime() + callMax.toNanos();
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                var selector = Selector.open()) {
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, 0);
            if (!channel.connect(UnixDomainSocketAddress.of(path))) {
                await(selector, key, SelectionKey.OP_CONNECT, deadlineNanos);
                channel.finishConnect();
            }
            ByteBuffer out = ByteBuffer.wrap((commands + "\n").getBytes(StandardCharsets.UTF_8));
            while (out.hasRemaining()) {
                if (channel.write(out) == 0) {
                    await(selector, key, SelectionKey.OP_WRITE, deadlineNanos);
                }
            }
            return read(channel, selector, key, deadlineNanos);
        }
    }

    private String read(SocketChannel channel, Selector selector, SelectionKey key, long deadlineNanos)
            throws IOException {
        var answer = new ByteArrayOutputStream();
        ByteBuffer in = ByteBuffer.allocate(16 << 10);
        while (true) {
            int count = channel.read(in);
            if (count < 0) {
                return answer.toString(StandardCharsets.UTF_8);
            }
            if (count == 0) {
                await(selector, key, SelectionKey.OP_READ, deadlineNanos);
                continue;
            }
            answer.write(in.array(), 0, in.position());
            in.clear();
            if (answer.size() > ANSWER_BYTES_MAX) {
                throw new IOException("answer on %s is longer than %d bytes".formatted(path, ANSWER_BYTES_MAX));
            }
        }
    }

    private void await(Selector selector, SelectionKey key, int operation, long deadlineNanos) throws IOException {
        long leftMs = (deadlineNanos - System.nanoTime()) / 1_000_000;
        if (leftMs <= 0) {
            throw new IOException("no answer on %s within %d ms".formatted(path, callMax.toMillis()));
        }
        key.interestOps(operation);
        selector.select(leftMs);
        selector.selectedKeys().clear();
    }
}
