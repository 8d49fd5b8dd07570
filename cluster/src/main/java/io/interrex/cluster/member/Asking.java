package io.interrex.cluster.member;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Since when poolers have been asked to hold, and for which order.
 *
 * @param operation null: they were not asked yet
 * @param sinceMs monotonic
 */
record Asking(@Nullable UUID operation, long sinceMs) {
    static final Asking NONE = new Asking(null, 0);

    /** The first time counts. */
    Asking asked(UUID order, long nowMs) {
        return order.equals(operation) ? this : new Asking(order, nowMs);
    }

    /** How long for that order; −1: not yet. */
    long forMs(UUID order, long nowMs) {
        return order.equals(operation) ? nowMs - sinceMs : -1;
    }
}
