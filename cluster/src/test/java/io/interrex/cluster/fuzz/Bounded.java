package io.interrex.cluster.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Judges what reads input of others: it gives a value or the one documented refusal, within a time, and allocates at most
 * {@code perByte} bytes for each byte of input, and {@code fixedBytes} besides.
 *
 * @param refusal documented for wrong input; anything else that is thrown is a failure
 */
public record Bounded(Class<? extends Exception> refusal, long perByte, long fixedBytes) {

    private static final Duration WITHIN = Duration.ofSeconds(5);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static @Nullable Reader reader;

    private record Answer<T>(@Nullable T value, @Nullable Throwable thrown, long allocatedBytes) {}

    /** A thread of its own: one that hangs is left behind, and what it allocates can be told. */
    private static final class Reader {
        private volatile @Nullable Thread thread;
        private final ExecutorService executor = Executors.newSingleThreadExecutor(task -> {
            Thread made = Thread.ofPlatform().daemon().name("fuzz").unstarted(task);
            thread = made;
            return made;
        });
    }

    /** Empty: refused as documented. */
    public <T> Optional<T> read(long inputBytes, Callable<T> call) {
        Answer<T> answer = run(call);
        long most = perByte * inputBytes + fixedBytes;
        if (answer.allocatedBytes > most) {
            // the first call loads classes; only what happens again is the input's doing
            answer = run(call);
        }
        if (answer.allocatedBytes > most) {
            throw new AssertionError(
                    answer.allocatedBytes + " bytes allocated for " + inputBytes + " of input, at most " + most);
        }
        if (answer.thrown == null) {
            return Optional.ofNullable(answer.value);
        }
        if (refusal.isInstance(answer.thrown)) {
            return Optional.empty();
        }
        throw new AssertionError("neither a value nor a " + refusal.getSimpleName(), answer.thrown);
    }

    private static synchronized <T> Answer<T> run(Callable<T> call) {
        Reader current = reader == null ? new Reader() : reader;
        reader = current;
        var answer = current.executor.submit(() -> measured(call));
        try {
            return answer.get(WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            reader = null;
            Thread hung = current.thread;
            var failure = new AssertionError("no answer within " + WITHIN.toSeconds() + " s, it is here:", e);
            failure.setStackTrace(hung == null ? new StackTraceElement[0] : hung.getStackTrace());
            throw failure;
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError("the judge itself failed", e);
        }
    }

    private static <T> Answer<T> measured(Callable<T> call) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        T value = null;
        Throwable thrown = null;
        try {
            value = call.call();
        } catch (Throwable e) {
            thrown = e;
        }
        return new Answer<>(value, thrown, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
}
