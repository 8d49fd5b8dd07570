package io.interrex.persistence.ratis;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Holds back readers of a stream until it grows, or their time is over. */
final class Waiters {

    private final Map<String, Set<CompletableFuture<Boolean>>> waiting = new ConcurrentHashMap<>();

    /** Completes at once where {@code isThere}, else with the next {@link #wake} or after {@code waitMs}. */
    CompletableFuture<Boolean> await(String stream, BooleanSupplier isThere, int waitMs) {
        if (isThere.getAsBoolean()) {
            return CompletableFuture.completedFuture(true);
        }
        var woken = new CompletableFuture<Boolean>();
        waiting.compute(stream, (s, set) -> {
            var waiters = set == null ? ConcurrentHashMap.<CompletableFuture<Boolean>>newKeySet() : set;
            waiters.add(woken);
            return waiters;
        });
        if (isThere.getAsBoolean()) {
            woken.complete(true);
        }
        woken.completeOnTimeout(false, waitMs, TimeUnit.MILLISECONDS);
        return woken.whenComplete((w, failure) -> forget(stream, woken));
    }

    void wake(String stream) {
        var waiters = waiting.get(stream);
        if (waiters != null) {
            waiters.forEach(w -> w.completeAsync(() -> true, Thread::startVirtualThread));
        }
    }

    private void forget(String stream, CompletableFuture<Boolean> woken) {
        waiting.computeIfPresent(stream, (s, set) -> {
            set.remove(woken);
            return set.isEmpty() ? null : set;
        });
    }
}
