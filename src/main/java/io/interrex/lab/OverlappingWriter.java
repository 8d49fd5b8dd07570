package io.interrex.lab;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Writes single rows without ever waiting in step: a new session begins in fixed intervals whatever became of the others,
 * and a session ends when a newer one had a write acknowledged, so that one that hangs hides nothing.
 */
final class OverlappingWriter implements AutoCloseable {

    /** What became of each write; called on many threads. */
    interface Listener {
        void acknowledged(long id, long sentNanos);

        void failed(String why);
    }

    private final String member;
    private final ProbeTarget target;
    private final ProbeSettings settings;
    private final LongSupplier ids;
    private final Listener listener;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final AtomicLong newest = new AtomicLong(-1);
    private final Semaphore sessions;
    private final long baseNanos = System.nanoTime();

    OverlappingWriter(String member, ProbeTarget target, ProbeSettings settings, LongSupplier ids, Listener listener) {
        this.member = member;
        this.target = target;
        this.settings = settings;
        this.ids = ids;
        this.listener = listener;
        sessions = new Semaphore(settings.sessionsMax());
    }

    void start() {
        thread("probe-" + member).start(this::openSessions);
    }

    /**
     * Of the platform: sessions to hosts that died silently end by their deadlines only, and timed waits of virtual threads were seen not to
     * end (JDK 25.0.3, twenty sessions, for minutes).
     */
    private static Thread.Builder thread(String name) {
        return Thread.ofPlatform().daemon().name(name);
    }

    /** Sessions that are under way end by themselves, within their deadlines. */
    @Override
    public void close() {
        stop.countDown();
    }

    private void openSessions() {
        try {
            long number = 0;
            do {
                if (sessions.tryAcquire()) {
                    long mine = number++;
                    thread("probe-" + member + "-" + mine).start(() -> session(mine));
                } else {
                    listener.failed("%d sessions to %s wait already".formatted(settings.sessionsMax(), target));
                }
            } while (!stop.await(toNext(settings.freshEvery().toNanos()), TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void session(long number) {
        try (Connection connection =
                        target.connect(settings.connectMax(), settings.answerMax(), settings.localCommit());
                PreparedStatement insert = connection.prepareStatement(ProbeTable.INSERT)) {
            do {
                long id = ids.getAsLong();
                insert.setString(1, settings.run());
                insert.setString(2, member);
                insert.setLong(3, id);
                long sentNanos = System.nanoTime();
                insert.executeUpdate();
                listener.acknowledged(id, sentNanos);
                newest.accumulateAndGet(number, Math::max);
            } while (!stop.await(toNext(settings.writeEvery().toNanos()), TimeUnit.NANOSECONDS)
                    && newest.get() <= number);
        } catch (SQLException e) {
            listener.failed(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sessions.release();
        }
    }

    private long toNext(long everyNanos) {
        return everyNanos - (System.nanoTime() - baseNanos) % everyNanos;
    }
}
