package io.interrex.cluster.member;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What became of the ways to make a member whole.
 *
 * @param from the member that data was just rewound to or cloned from, until the server is started
 * @param order the last order for which its data was copied anew
 * @param dryFollows how often it was told to follow an upstream that it should be able to follow, and received nothing
 * @param failedRewinds how often rewinding failed
 */
public record Rebuilds(@Nullable String from, @Nullable UUID order, int dryFollows, int failedRewinds) {

    static final Rebuilds NONE = new Rebuilds(null, null, 0, 0);

    Rebuilds started() {
        return new Rebuilds(null, order, dryFollows, failedRewinds);
    }

    Rebuilds followed() {
        return new Rebuilds(from, order, dryFollows + 1, failedRewinds);
    }

    Rebuilds received() {
        return dryFollows == 0 ? this : new Rebuilds(from, order, 0, failedRewinds);
    }

    Rebuilds rewindFailed() {
        return new Rebuilds(from, order, dryFollows, failedRewinds + 1);
    }

    /** @param by the order that was carried out by that, null for none */
    Rebuilds done(String upstream, @Nullable UUID by) {
        return new Rebuilds(upstream, by == null ? order : by, 0, 0);
    }
}
