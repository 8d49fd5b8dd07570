package io.interrex.postgresql;

import io.interrex.cluster.port.Outcome;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs operations one after the other on a thread of their own; each outcome comes within its limit, also where the thread
 * does not come back. What waits longer than its limit is never begun; nobody waits behind a copy that may take hours.
 */
final class Operations implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Operations.class);

    private static final int QUEUE_MAX = 32;

    private final String owner;
    private final ThreadPoolExecutor thread;
    private final AtomicInteger hurrying = new AtomicInteger();
    private volatile @Nullable Running running;

    private record Running(String name, boolean isLong, long since) {}

    @FunctionalInterface
    interface Operation<T> {
        T run() throws Trouble;
    }

    Operations(String owner, String threadName) {
        this.owner = owner;
        this.thread = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUE_MAX), task -> {
            var made = new Thread(task, threadName);
            made.setDaemon(true);
            return made;
        });
    }

    <T> CompletionStage<Outcome<T>> submit(String name, Duration limit, Operation<T> operation) {
        return submit(name, limit, false, operation);
    }

    /** A copy: while it runs, everything else is refused instead of queued. */
    <T> CompletionStage<Outcome<T>> submitLong(String name, Duration limit, Operation<T> operation) {
        return submit(name, limit, true, operation);
    }

    /** As {@link #submit}, and an operation that only waits for something gives up its wait. */
    <T> CompletionStage<Outcome<T>> submitUrgent(String name, Duration limit, Operation<T> operation) {
        hurrying.incrementAndGet();
        return submit(name, limit, false, operation).whenComplete((outcome, failure) -> hurrying.decrementAndGet());
    }

    /** Something urgent waits for the running operation. Read by the running one only where that is not itself urgent. */
    boolean isHurried() {
        return hurrying.get() > 0;
    }

    private <T> CompletionStage<Outcome<T>> submit(
            String name, Duration limit, boolean isLong, Operation<T> operation) {
        Running now = running;
        if (now != null && now.isLong()) {
            return CompletableFuture.completedFuture(Outcome.refused("member " + owner + " is busy: '" + now.name()
                    + "' runs since " + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - now.since())
                    + " s; '" + name + "' is not possible meanwhile"));
        }
        var result = new CompletableFuture<Outcome<T>>();
        try {
            thread.execute(() -> perform(name, isLong, operation, result));
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(Outcome.refused("member " + owner + ": '" + name
                    + "' is not possible, too many operations wait or the member is closed"));
        }
        return result.completeOnTimeout(
                Outcome.unknown("member " + owner + ": '" + name + "' did not end within " + limit.toMillis() + " ms"),
                limit.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private <T> void perform(
            String name, boolean isLong, Operation<T> operation, CompletableFuture<Outcome<T>> result) {
        if (result.isDone()) {
            return;
        }
        running = new Running(name, isLong, System.nanoTime());
        Outcome<T> outcome;
        try {
            outcome = Outcome.done(operation.run());
        } catch (Trouble e) {
            outcome = e.outcome();
        } catch (RuntimeException e) {
            LOG.error("member {}: '{}' broke", owner, name, e);
            outcome = Outcome.unknown("member " + owner + ": '" + name + "' broke: " + e);
        } finally {
            running = null;
        }
        result.complete(outcome);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
