package io.interrex.persistence.ratis;

import io.interrex.cluster.port.Envelope;
import io.interrex.cluster.port.EventLog;
import io.interrex.cluster.port.EventLog.Append;
import io.interrex.persistence.Samples;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Appends to one stream without a pause, remembers what was acknowledged and the longest time between two acknowledgements. */
final class Writer implements AutoCloseable {

    private final EventLog log;
    private final String stream = "group/" + UUID.randomUUID();
    private final List<Envelope> acknowledged = Collections.synchronizedList(new ArrayList<>());
    private final List<Long> tookNs = Collections.synchronizedList(new ArrayList<>());
    private final CompletableFuture<Void> done;
    private volatile boolean stopped;
    private volatile long longestGapNs;
    private volatile long lastAckNs = System.nanoTime();

    Writer(EventLog log) {
        this.log = log;
        this.done = CompletableFuture.runAsync(
                this::run, task -> Thread.ofPlatform().daemon().start(task));
    }

    private void run() {
        @Nullable Envelope last = null;
        while (!stopped) {
            var events = Samples.after(last, stream, 1, "x".repeat(1000));
            var event = events.getFirst();
            Append result;
            long started = System.nanoTime();
            do {
                result = Samples.await(log.append(stream, event.version() - 1, events));
            } while (result instanceof Append.Unknown && !stopped);
            if (result instanceof Append.Conflict) {
                throw new AssertionError("conflict without another writer: " + result + " at " + event.version());
            }
            if (result instanceof Append.Appended) {
                long now = System.nanoTime();
                tookNs.add(now - started);
                acknowledged.add(event);
                longestGapNs = Math.max(longestGapNs, now - lastAckNs);
                lastAckNs = now;
                last = event;
            }
        }
    }

    String stream() {
        return stream;
    }

    int count() {
        return acknowledged.size();
    }

    /** Waits until {@code more} further appends were acknowledged. */
    void more(int more) {
        int target = count() + more;
        Samples.eventually(more + " more appends", Duration.ofSeconds(30), () -> count() >= target || done.isDone());
        if (done.isDone()) {
            done.join();
        }
    }

    void forgetGap() {
        longestGapNs = 0;
    }

    Duration longestGap() {
        return Duration.ofNanos(longestGapNs);
    }

    List<Long> tookNs() {
        return List.copyOf(tookNs);
    }

    List<Envelope> stop() {
        stopped = true;
        done.join();
        return List.copyOf(acknowledged);
    }

    @Override
    public void close() {
        stop();
    }
}
