package io.interrex.cluster.group;

import java.time.Instant;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A switchover that a person ordered for a time that is to come: says when it is due and when it is too late. Times are by the
 * wall clock of whoever looks.
 *
 * @param operation the order, and the switchover's own id once it has begun
 * @param target null: the standby that is best then
 * @param untilMs it begins before this or not at all
 * @param told the rules that were recorded as being in its way
 * @param held the last of them with its words; null: none
 * @param loseSlots the person knows that logical slots lose their positions
 */
public record ScheduledSwitchover(
        UUID operation,
        String actor,
        @Nullable String target,
        long atMs,
        long untilMs,
        SortedSet<RuleId> told,
        @Nullable String held,
        boolean loseSlots) {

    static ScheduledSwitchover of(GroupEvent.SwitchoverScheduled e) {
        var nothing = Collections.<RuleId>emptySortedSet();
        return new ScheduledSwitchover(
                e.operation(), e.actor(), e.target(), e.atMs(), e.untilMs(), nothing, null, e.loseSlots());
    }

    ScheduledSwitchover held(RuleId by, String why) {
        var all = new TreeSet<>(told);
        all.add(by);
        return new ScheduledSwitchover(
                operation,
                actor,
                target,
                atMs,
                untilMs,
                Collections.unmodifiableSortedSet(all),
                words(by, why),
                loseSlots);
    }

    static String words(RuleId by, String why) {
        return by.label() + ": " + why;
    }

    boolean isDue(long wallMs) {
        return wallMs >= atMs;
    }

    boolean isTooLate(long wallMs) {
        return wallMs >= untilMs;
    }

    /** As a person reads it. */
    String words() {
        return "a switchover to %s at %s (until %s), by %s"
                .formatted(
                        target == null ? "the best standby" : target,
                        Instant.ofEpochMilli(atMs),
                        Instant.ofEpochMilli(untilMs),
                        actor);
    }
}
