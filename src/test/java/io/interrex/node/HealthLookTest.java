package io.interrex.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.port.Envelope;
import io.interrex.cluster.port.EventLog;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class HealthLookTest {

    private static final EventLog.Health WELL = new EventLog.Health("b", 7, true, "follows b");

    private final List<EventLog.Health> found = new ArrayList<>();

    /** A log that can only be asked how it is. */
    private record Patient(Supplier<CompletionStage<Outcome<Health>>> answer) implements EventLog {

        @Override
        public CompletionStage<Outcome<Health>> health() {
            return answer.get();
        }

        @Override
        public CompletionStage<Append> append(String stream, long expectedVersion, List<Envelope> events) {
            throw new UnsupportedOperationException(stream);
        }

        @Override
        public CompletionStage<Outcome<List<Envelope>>> read(String stream, long fromVersion, int limit) {
            throw new UnsupportedOperationException(stream);
        }

        @Override
        public Subscription tail(String stream, long fromVersion, Consumer<Envelope> listener) {
            throw new UnsupportedOperationException(stream);
        }

        @Override
        public void offer(Envelope committed) {
            throw new UnsupportedOperationException(committed.stream());
        }

        @Override
        public CompletionStage<Outcome<Nothing>> transferLeadership(String node) {
            throw new UnsupportedOperationException(node);
        }

        @Override
        public void close() {}
    }

    @Test
    @DisplayName("a look from which nothing can follow does not end the looking")
    void consequenceFails() {
        new HealthLook(new Patient(() -> CompletableFuture.completedFuture(Outcome.done(WELL))), health -> {
                    found.add(health);
                    throw new IllegalStateException("poisoned");
                })
                .run();
        assertEquals(List.of(WELL), found);
    }

    private EventLog.Health look(Supplier<CompletionStage<Outcome<EventLog.Health>>> answer) {
        new HealthLook(new Patient(answer), found::add).run();
        return found.getLast();
    }

    @Test
    @DisplayName(
            "an answer is taken as it is; a log that throws, fails or does not know is not healthy, with the reason")
    void unhealthy() {
        assertEquals(WELL, look(() -> CompletableFuture.completedFuture(Outcome.done(WELL))));
        var thrown = look(() -> {
            throw new IllegalStateException("it is closed");
        });
        assertFalse(thrown.writable());
        assertTrue(thrown.detail().contains("it is closed"), thrown.detail());
        var failed = look(() -> CompletableFuture.failedFuture(new IllegalStateException("it broke")));
        assertFalse(failed.writable());
        assertTrue(failed.detail().contains("it broke"), failed.detail());
        var unknown = look(() -> CompletableFuture.completedFuture(Outcome.unknown("no voter answered")));
        assertFalse(unknown.writable());
        assertTrue(unknown.detail().contains("no voter answered"), unknown.detail());
    }
}
