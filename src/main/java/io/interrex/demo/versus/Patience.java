package io.interrex.demo.versus;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for conditions, never longer than a deadline. */
final class Patience {

    private static final long LOOK_EVERY_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private Patience() {}

    /** Whether it came true within {@code limit}. */
    static boolean until(Duration limit, BooleanSupplier condition) {
        long endNs = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - endNs > 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(LOOK_EVERY_NS);
        }
        return true;
    }
}
