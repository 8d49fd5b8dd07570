package io.interrex.persistence.ratis;

import io.interrex.cluster.port.Envelope;
import io.interrex.cluster.port.EventLog.Subscription;
import io.interrex.persistence.codec.EnvelopeBytes;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All followers of this node, fed from its own copy or, where it has none, from a voter's. */
final class Tails implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Tails.class);
    private static final int BATCH = 64;
    private static final long RETRY_NS = 100_000_000L;

    /** Asks a voter for events, waiting some time for the first. */
    interface Poll {
        List<Envelope> next(String stream, long fromVersion);
    }

    private final Map<String, Set<Tail>> byStream = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private volatile @Nullable StreamStore store;
    private volatile @Nullable Poll poll;

    void follow(StreamStore copy) {
        this.store = copy;
    }

    void poll(Poll voters) {
        this.poll = voters;
    }

    Subscription open(String stream, long fromVersion, Consumer<Envelope> listener) {
        var tail = new Tail(stream, fromVersion, this::local, listener, threads, this::forget);
        byStream.computeIfAbsent(stream, s -> ConcurrentHashMap.newKeySet()).add(tail);
        var voters = poll;
        if (voters == null) {
            tail.signal();
        } else {
            threads.execute(() -> keepPolling(tail, voters));
        }
        return tail;
    }

    private List<Envelope> local(String stream, long fromVersion) {
        var copy = store;
        return copy == null
                ? List.of()
                : copy.read(stream, fromVersion, BATCH).events().stream()
                        .map(EnvelopeBytes::decode)
                        .toList();
    }

    private static void keepPolling(Tail tail, Poll voters) {
        long next = tail.deliver(List.of());
        String trouble = "";
        while (!tail.isClosed() && !Thread.currentThread().isInterrupted()) {
            try {
                next = tail.deliver(voters.next(tail.stream(), next));
                trouble = "";
            } catch (CompletionException e) {
                LOG.debug("{} cannot be followed from version {} at the moment", tail.stream(), next, e);
                LockSupport.parkNanos(RETRY_NS);
            } catch (RuntimeException e) {
                if (!e.toString().equals(trouble)) {
                    LOG.error("following {} from version {} failed; it is tried again", tail.stream(), next, e);
                }
                trouble = e.toString();
                LockSupport.parkNanos(RETRY_NS);
            }
        }
    }

    void signal(String stream) {
        byStream.getOrDefault(stream, Set.of()).forEach(Tail::signal);
    }

    void offer(Envelope committed) {
        var tails = byStream.getOrDefault(committed.stream(), Set.of());
        if (tails.isEmpty()) {
            return;
        }
        if (!EnvelopeBytes.isIntact(committed)) {
            LOG.warn(
                    "an event offered for {} version {} has a wrong hash and is ignored",
                    committed.stream(),
                    committed.version());
            return;
        }
        tails.forEach(tail -> tail.offer(committed));
    }

    private void forget(Tail tail) {
        byStream.computeIfPresent(tail.stream(), (s, tails) -> {
            tails.remove(tail);
            return tails.isEmpty() ? null : tails;
        });
    }

    @Override
    public void close() {
        byStream.values().forEach(tails -> tails.forEach(Tail::close));
        threads.shutdownNow();
    }
}
