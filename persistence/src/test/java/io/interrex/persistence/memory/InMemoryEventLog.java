package io.interrex.persistence.memory;

import io.interrex.cluster.port.Envelope;
import io.interrex.cluster.port.EventLog;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.persistence.BrokenChainException;
import io.interrex.persistence.codec.EnvelopeBytes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** The smallest engine that keeps the contract: one list per stream. It can lose answers, for tests of those who ask. */
public final class InMemoryEventLog implements EventLog {

    private static final int APPEND_BYTES_MAX = 512 << 10;

    /** What happens to the next append. */
    public enum Fault {
        NONE,
        /** It is stored, and the answer is lost. */
        LOSE_ANSWER,
        /** It is lost, and so is the answer. */
        LOSE_REQUEST
    }

    private final Map<String, List<Envelope>> streams = new HashMap<>();
    private final List<Follower> followers = new CopyOnWriteArrayList<>();
    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private final Deque<Fault> faults = new ArrayDeque<>();
    private int reads;

    public synchronized void next(Fault... coming) {
        faults.addAll(List.of(coming));
    }

    public synchronized int reads() {
        return reads;
    }

    @Override
    public synchronized CompletionStage<Append> append(String stream, long expectedVersion, List<Envelope> events) {
        var fault = faults.isEmpty() ? Fault.NONE : faults.removeFirst();
        if (fault == Fault.LOSE_REQUEST) {
            return CompletableFuture.completedStage(new Append.Unknown("the request was lost"));
        }
        try {
            check(stream, expectedVersion, events);
            var result = store(streams.computeIfAbsent(stream, s -> new ArrayList<>()), expectedVersion, events);
            executor.execute(() -> followers.forEach(Follower::catchUp));
            return CompletableFuture.completedStage(
                    fault == Fault.LOSE_ANSWER ? new Append.Unknown("the answer was lost") : result);
        } catch (IllegalArgumentException | BrokenChainException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private static void check(String stream, long expectedVersion, List<Envelope> events) {
        if (events.isEmpty()
                || events.stream().mapToInt(e -> EnvelopeBytes.encode(e).length).sum() > APPEND_BYTES_MAX) {
            throw new IllegalArgumentException("an append has events, and not too many");
        }
        for (int i = 0; i < events.size(); i++) {
            var event = events.get(i);
            if (!event.stream().equals(stream)
                    || event.version() != expectedVersion + 1 + i
                    || !EnvelopeBytes.isIntact(event)) {
                throw new IllegalArgumentException("not an event of this place: " + event);
            }
        }
    }

    private static Append store(List<Envelope> stored, long expectedVersion, List<Envelope> events) {
        int from = Math.toIntExact(expectedVersion);
        if (stored.size() == from) {
            String last =
                    stored.isEmpty() ? EnvelopeBytes.NO_HASH : stored.getLast().hash();
            for (var event : events) {
                if (!event.previousHash().equals(last)) {
                    throw new BrokenChainException("the hash chain breaks at " + event);
                }
                last = event.hash();
            }
            stored.addAll(events);
            return new Append.Appended(stored.size());
        }
        int to = from + events.size();
        boolean same = stored.size() >= to
                && stored.subList(from, to).stream()
                        .map(Envelope::id)
                        .toList()
                        .equals(events.stream().map(Envelope::id).toList());
        return same ? new Append.Appended(to) : new Append.Conflict(stored.size());
    }

    @Override
    public synchronized CompletionStage<Outcome<List<Envelope>>> read(String stream, long fromVersion, int limit) {
        reads++;
        return CompletableFuture.completedStage(Outcome.done(from(stream, fromVersion, limit)));
    }

    private synchronized List<Envelope> from(String stream, long fromVersion, int limit) {
        return streams.getOrDefault(stream, List.of()).stream()
                .filter(e -> e.version() >= fromVersion)
                .limit(limit)
                .toList();
    }

    @Override
    public Subscription tail(String stream, long fromVersion, Consumer<Envelope> listener) {
        var follower = new Follower(stream, Math.max(1, fromVersion), listener);
        followers.add(follower);
        executor.execute(follower::catchUp);
        return follower;
    }

    @Override
    public void offer(Envelope committed) {
        executor.execute(() -> followers.forEach(f -> f.offered(committed)));
    }

    @Override
    public CompletionStage<Outcome<Health>> health() {
        return CompletableFuture.completedStage(Outcome.done(new Health("memory", 0, true, "in memory")));
    }

    @Override
    public CompletionStage<Outcome<Nothing>> transferLeadership(String node) {
        return CompletableFuture.completedStage(Outcome.refused("an engine in memory has no leader"));
    }

    @Override
    public void close() {
        followers.clear();
        executor.shutdownNow();
    }

    private final class Follower implements Subscription {
        private final String stream;
        private final Consumer<Envelope> listener;
        private long next;
        private String lastHash;

        Follower(String stream, long next, Consumer<Envelope> listener) {
            this.stream = stream;
            this.next = next;
            this.listener = listener;
            this.lastHash = next == 1 ? EnvelopeBytes.NO_HASH : "";
        }

        synchronized void catchUp() {
            from(stream, next, Integer.MAX_VALUE).forEach(this::hand);
        }

        synchronized void offered(Envelope event) {
            catchUp();
            if (event.stream().equals(stream)
                    && event.version() == next
                    && event.previousHash().equals(lastHash)
                    && EnvelopeBytes.isIntact(event)) {
                hand(event);
            }
        }

        private void hand(Envelope event) {
            if (!followers.contains(this)) {
                return;
            }
            if (CompletableFuture.completedFuture(event).thenAccept(listener).isCompletedExceptionally()) {
                close();
                return;
            }
            next = event.version() + 1;
            lastHash = event.hash();
        }

        @Override
        public void close() {
            followers.remove(this);
        }
    }
}
