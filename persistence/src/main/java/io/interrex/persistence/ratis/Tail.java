package io.interrex.persistence.ratis;

import io.interrex.cluster.port.Envelope;
import io.interrex.cluster.port.EventLog.Subscription;
import io.interrex.persistence.codec.EnvelopeBytes;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One follower of one stream: hands over every event in order, each once, whoever brings it. An event that a peer offers is
 * taken early only where it continues what was handed over, by version and by hash; everything else waits for the copy.
 */
final class Tail implements Subscription {

    /** Reads from the local copy, at most some events at a time. */
    interface Copy {
        List<Envelope> read(String stream, long fromVersion);
    }

    private static final Logger LOG = LoggerFactory.getLogger(Tail.class);
    private static final int OFFERS_MAX = 256;

    private final String stream;
    private final Copy copy;
    private final Consumer<Envelope> listener;
    private final Executor executor;
    private final Runnable onClose;
    private final ConcurrentLinkedQueue<Envelope> offers = new ConcurrentLinkedQueue<>();
    private final AtomicInteger signals = new AtomicInteger();
    private final ReentrantLock handing = new ReentrantLock();
    private long next;
    private String lastHash = "";
    private volatile boolean closed;

    Tail(
            String stream,
            long fromVersion,
            Copy copy,
            Consumer<Envelope> listener,
            Executor executor,
            Consumer<Tail> onClose) {
        this.stream = stream;
        this.next = Math.max(1, fromVersion);
        this.copy = copy;
        this.listener = listener;
        this.executor = executor;
        this.onClose = () -> onClose.accept(this);
    }

    String stream() {
        return stream;
    }

    /** The copy may have grown. */
    void signal() {
        if (!closed && signals.getAndIncrement() == 0) {
            executor.execute(this::run);
        }
    }

    /** A peer says that this is committed. */
    void offer(Envelope committed) {
        if (offers.size() < OFFERS_MAX) {
            offers.add(committed);
            signal();
        }
    }

    /** Hands over what comes from a trusted copy, on the calling thread; returns the next version that is wanted. */
    long deliver(List<Envelope> events) {
        handing.lock();
        try {
            for (var event : events) {
                if (event.version() == next && !closed) {
                    hand(event);
                }
            }
            return next;
        } finally {
            handing.unlock();
        }
    }

    private void run() {
        int seen;
        do {
            seen = signals.get();
            handing.lock();
            try {
                drain();
            } catch (RuntimeException e) {
                LOG.error(
                        "following {} from version {} failed; it is tried again with the next event", stream, next, e);
            } finally {
                handing.unlock();
            }
        } while (signals.addAndGet(-seen) != 0);
    }

    private void drain() {
        while (!closed) {
            var events = copy.read(stream, next);
            if (events.isEmpty()) {
                break;
            }
            for (var event : events) {
                if (!closed) {
                    hand(event);
                }
            }
        }
        for (var offered = offers.poll(); offered != null; offered = offers.poll()) {
            if (!closed && continues(offered)) {
                hand(offered);
            }
        }
    }

    private boolean continues(Envelope offered) {
        String expected = next == 1 ? EnvelopeBytes.NO_HASH : lastHash;
        return offered.version() == next && offered.previousHash().equals(expected);
    }

    /** An event is never skipped: a follower that cannot take one is brought nothing more. */
    private void hand(Envelope event) {
        try {
            listener.accept(event);
        } catch (RuntimeException e) {
            LOG.error(
                    "the follower of {} failed on version {} and is brought nothing more", stream, event.version(), e);
            closed = true;
            onClose.run();
            return;
        }
        next = event.version() + 1;
        lastHash = event.hash();
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        onClose.run();
        if (!handing.isHeldByCurrentThread()) {
            handing.lock();
            handing.unlock();
        }
    }
}
