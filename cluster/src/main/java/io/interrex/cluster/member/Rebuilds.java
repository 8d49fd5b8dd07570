package io.interrex.cluster.member;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What became of the ways to make a member whole.
 *
 * @param from the primary that data was just rewound to or cloned from, until the server is started
 * @param unread data was copied from a standby, and no start of it was tried: its lineage was not looked at
 * @param order the last order for which its data was copied anew
 * @param dryFollows how often it was told to follow an upstream that it should be able to follow, and received nothing
 * @param failedRewinds how often rewinding failed
 * @param deaths of its server since this agent copied its data last; −1: it did not
 * @param failed the last rewind or copy that failed, null where none did since one succeeded
 */
public record Rebuilds(
        @Nullable String from,
        boolean unread,
        @Nullable UUID order,
        int dryFollows,
        int failedRewinds,
        int deaths,
        @Nullable Failed failed) {

    static final Rebuilds NONE = new Rebuilds(null, false, null, 0, 0, -1, null);

    /** @param source whom it read from */
    record Failed(boolean copy, String source, String why) {}

    Rebuilds died() {
        return deaths < 0 ? this : new Rebuilds(from, unread, order, dryFollows, failedRewinds, deaths + 1, failed);
    }

    /** @param remembered its deaths within the window, by whomever they were seen */
    long deathsOfThese(long remembered) {
        return deaths < 0 ? remembered : deaths;
    }

    /** A start, or another rebuild, is tried. */
    Rebuilds begun() {
        return unread ? new Rebuilds(from, false, order, dryFollows, failedRewinds, deaths, failed) : this;
    }

    Rebuilds started() {
        return new Rebuilds(null, false, order, dryFollows, failedRewinds, deaths, failed);
    }

    Rebuilds followed() {
        return new Rebuilds(from, unread, order, dryFollows + 1, failedRewinds, deaths, failed);
    }

    /** It is to follow without a copy. Where one was made by order, but not seen whole before a failover, that order is carried out anew. */
    Rebuilds otherwise() {
        return new Rebuilds(from, unread, null, dryFollows, failedRewinds, deaths, failed);
    }

    Rebuilds received() {
        return dryFollows == 0 && failed == null
                ? this
                : new Rebuilds(from, unread, order, 0, failedRewinds, deaths, null);
    }

    Rebuilds failed(Step step, String why) {
        if (step instanceof Step.Rewind rewind) {
            var last = new Failed(false, rewind.upstream().member(), why);
            return new Rebuilds(from, unread, order, dryFollows, failedRewinds + 1, deaths, last);
        }
        return step instanceof Step.Clone copy
                ? new Rebuilds(
                        from,
                        unread,
                        order,
                        dryFollows,
                        failedRewinds,
                        deaths,
                        new Failed(true, copy.source().member(), why))
                : this;
    }

    /**
     * @param upstream null: a standby, whose lineage nobody vouches for
     * @param by the order that was carried out by that, null for none
     */
    Rebuilds done(@Nullable String upstream, @Nullable UUID by) {
        return new Rebuilds(upstream, upstream == null, by == null ? order : by, 0, 0, 0, null);
    }
}
