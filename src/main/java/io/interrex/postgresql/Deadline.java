package io.interrex.postgresql;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A moment by which something must have ended, on the monotonic clock. */
record Deadline(long atNanos) {

    /** A condition that is looked at again and again. */
    @FunctionalInterface
    interface Condition {
        boolean holds() throws Trouble;
    }

    static Deadline in(Duration limit) {
        return new Deadline(System.nanoTime() + limit.toNanos());
    }

    Duration left() {
        return Duration.ofNanos(Math.max(0, atNanos - System.nanoTime()));
    }

    boolean passed() {
        return atNanos - System.nanoTime() <= 0;
    }

    /** Looks every {@code every} until the condition holds; false where the deadline passed first. */
    boolean await(Duration every, Condition condition) throws Trouble {
        while (!condition.holds()) {
            if (passed()) {
                return false;
            }
            LockSupport.parkNanos(Math.min(every.toNanos(), left().toNanos()));
            if (Thread.currentThread().isInterrupted()) {
                throw Trouble.interrupted("waiting");
            }
        }
        return true;
    }
}
