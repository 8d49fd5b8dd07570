package io.interrex.demo;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for conditions, never longer than a deadline. */
final class Waiting {

    private static final long LOOK_EVERY_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private Waiting() {}

    /**
     * The first value that {@code look} gives.
     *
     * @param what is waited for, as in "no member joined within 60 s"
     * @param seen what there was instead, asked when time is over
     */
    static <T> T until(String what, Duration limit, Supplier<Optional<T>> look, Supplier<String> seen) {
        long endNs = System.nanoTime() + limit.toNanos();
        while (true) {
            Optional<T> found = look.get();
            if (found.isPresent()) {
                return found.get();
            }
            if (System.nanoTime() - endNs > 0) {
                throw new DemoException(
                        "%s did not happen within %d s; instead: %s".formatted(what, limit.toSeconds(), seen.get()));
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new DemoException("interrupted while waiting: " + what);
            }
            LockSupport.parkNanos(LOOK_EVERY_NS);
        }
    }

    /** Lets a time pass in which nothing is asked of the machine, for measuring it at rest. */
    static void pass(Duration time) {
        long endNs = System.nanoTime() + time.toNanos();
        for (long leftNs = time.toNanos(); leftNs > 0; leftNs = endNs - System.nanoTime()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new DemoException("interrupted while measuring");
            }
            LockSupport.parkNanos(leftNs);
        }
    }
}
