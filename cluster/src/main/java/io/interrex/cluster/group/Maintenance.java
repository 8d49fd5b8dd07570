package io.interrex.cluster.group;

import java.util.UUID;

/**
 * A member that a person has taken out of service for a time: nothing is promoted, counted, read, repaired or restarted there.
 *
 * @param untilMs when it ends by itself, in ms since 1970, by wall clocks
 */
public record Maintenance(UUID operation, String actor, String reason, long untilMs) {

    /** What a person can do about it. */
    static String remedy(String member) {
        return "%s is in maintenance: end that first (interrex maintenance %s --end)".formatted(member, member);
    }
}
