package io.interrex.guard;

import io.interrex.cluster.port.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to the guard: matches answers to requests by their ids, and hands events on. Writing has a thread and a
 * bounded queue of its own, so that a caller never waits for the socket. When the connection ends, every open request
 * becomes unknown.
 */
final class GuardLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GuardLink.class);
    private static final int WAITING_MAX = 256;
    private static final int OPEN_MAX = 512;
    private static final int LINE_CHARS_MAX = 16 * 1024;
    private static final int REQUEST_BYTES_MAX = 4095;

    /** Takes events on the reading thread; {@code awaited}: a request of this link waits for the death of the tree. */
    interface Events {
        void on(String name, Map<String, String> fields, boolean awaited) throws IOException;
    }

    private record Request(CompletableFuture<Outcome<Map<String, String>>> answer, boolean untilDead) {}

    private final SocketChannel channel;
    private final Events events;
    private final AtomicLong ids = new AtomicLong();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final ArrayBlockingQueue<String> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
    private final ConcurrentHashMap<Long, Request> open = new ConcurrentHashMap<>();
    private final Queue<Request> mourners = new ArrayDeque<>(); // touched by the reading thread alone
    private final Thread writer;

    GuardLink(SocketChannel channel, Events events) {
        this.channel = channel;
        this.events = events;
        writer = Thread.ofPlatform().daemon().name("guard-writer").start(this::write);
    }

    /**
     * Sends a request. The value is the fields of the answer or, {@code untilDead}, those of the DEAD event after it; an ERR
     * is a refusal. The caller sets the time limit.
     */
    CompletableFuture<Outcome<Map<String, String>>> ask(String words, boolean untilDead) {
        long id = ids.incrementAndGet();
        String line = id + " " + words + "\n";
        if (line.length() > REQUEST_BYTES_MAX) {
            return CompletableFuture.completedFuture(Outcome.refused("The guard takes at most " + REQUEST_BYTES_MAX
                    + " bytes, this order has " + line.length() + ": shorten paths or arguments"));
        }
        var request = new Request(new CompletableFuture<>(), untilDead);
        open.put(id, request);
        if (closed.get() || open.size() > OPEN_MAX || !waiting.offer(line)) {
            open.remove(id);
            return CompletableFuture.completedFuture(Outcome.refused(
                    "The order was not sent: no connection to the guard, or too many orders wait; ask again"));
        }
        if (closed.get()) {
            request.answer.complete(lost());
        }
        return request.answer;
    }

    /** Reads until the connection ends. Answers and events are handled on the calling thread. */
    void read() throws IOException {
        try (var in =
                new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8))) {
            var line = new StringBuilder();
            for (int c = in.read(); c >= 0; c = in.read()) {
                if (c == '\n') {
                    handle(line.toString());
                    line.setLength(0);
                } else if (line.length() >= LINE_CHARS_MAX) {
                    throw new Words.ProtocolException("A line of the guard is too long");
                } else {
                    line.append((char) c);
                }
            }
        } finally {
            close();
            mourners.forEach(request -> request.answer.complete(lost()));
            mourners.clear();
        }
    }

    private void handle(String line) throws IOException {
        String[] parts = line.split(" ", 3);
        if (parts.length < 2) {
            throw new Words.ProtocolException("Not a line of the guard: " + line);
        }
        String rest = parts.length > 2 ? parts[2] : "";
        if (parts[0].equals("*")) {
            var fields = Words.fields(rest);
            events.on(parts[1], fields, !mourners.isEmpty());
            if (parts[1].equals("DEAD")) {
                mourners.forEach(request -> request.answer.complete(Outcome.done(fields)));
                mourners.clear();
            }
            return;
        }
        var request = open.remove(Words.number(Map.of("id", parts[0]), "id"));
        if (request == null) {
            throw new Words.ProtocolException("The guard answered what was not asked: " + line);
        } else if (!parts[1].equals("OK")) {
            request.answer.complete(Outcome.refused(rest));
        } else if (request.untilDead) {
            mourners.add(request);
        } else {
            request.answer.complete(Outcome.done(Words.fields(rest)));
        }
    }

    private void write() {
        try {
            while (!closed.get()) {
                var bytes = ByteBuffer.wrap(waiting.take().getBytes(StandardCharsets.US_ASCII));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }
        } catch (IOException | InterruptedException e) {
            close();
        }
    }

    /** Ends the connection; the reading thread sees its end. */
    @Override
    public void close() {
        if (!closed.getAndSet(true)) {
            writer.interrupt();
            try {
                channel.close();
            } catch (IOException e) {
                LOG.warn("Closing the socket of the guard failed; it is given up all the same: {}", e.toString());
            } finally {
                open.values().forEach(request -> request.answer.complete(lost()));
                open.clear();
            }
        }
    }

    private static <T> Outcome<T> lost() {
        return Outcome.unknown("The connection to the guard ended before it answered; ask for the status");
    }
}
