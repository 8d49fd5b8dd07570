package io.interrex.persistence;

import io.interrex.cluster.port.Envelope;
import io.interrex.cluster.port.EventLog;
import io.interrex.cluster.port.EventLog.Append;
import io.interrex.cluster.port.Outcome;
import io.interrex.persistence.codec.EnvelopeBytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Events to append, and how tests wait. */
public final class Samples {

    private Samples() {}

    /** {@code count} events that continue {@code last}; null: they begin the stream. */
    public static List<Envelope> after(@Nullable Envelope last, String stream, int count, String text) {
        var events = new ArrayList<Envelope>();
        var previous = last;
        for (int i = 0; i < count; i++) {
            previous = event(previous, stream, UUID.randomUUID(), text);
            events.add(previous);
        }
        return events;
    }

    public static Envelope event(@Nullable Envelope last, String stream, UUID id, String text) {
        return EnvelopeBytes.seal(new Envelope(
                stream,
                last == null ? 1 : last.version() + 1,
                id,
                7,
                1_700_000_000_000L,
                42,
                "a",
                "Sample",
                1,
                id,
                "defaults",
                "{\"text\":\"" + text + "\"}",
                null,
                last == null ? EnvelopeBytes.NO_HASH : last.hash(),
                ""));
    }

    public static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    /** Appends until it is known to have happened. */
    public static void appendSurely(EventLog log, List<Envelope> events) {
        var first = events.getFirst();
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (true) {
            var result = await(log.append(first.stream(), first.version() - 1, events));
            if (result instanceof Append.Appended) {
                return;
            }
            if (result instanceof Append.Conflict || System.nanoTime() > deadline) {
                throw new AssertionError("not appended: " + result);
            }
        }
    }

    public static List<Envelope> readAll(EventLog log, String stream) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (true) {
            if (await(log.read(stream, 1, Integer.MAX_VALUE)) instanceof Outcome.Done<List<Envelope>>(var events)) {
                return events;
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError(stream + " could not be read");
            }
        }
    }

    /** Waits for {@code condition}, at most {@code within}. */
    public static void eventually(String what, Duration within, BooleanSupplier condition) {
        long deadline = System.nanoTime() + within.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + within.toMillis() + " ms: " + what);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
        }
    }
}
