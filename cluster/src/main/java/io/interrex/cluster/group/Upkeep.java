package io.interrex.cluster.group;

import java.util.SortedSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Planned work on a group, as persons ordered it and as the log knows it.
 *
 * @param restart of members, one after the other; null: none runs
 * @param scheduled a switchover for a time that is to come; null: none
 */
public record Upkeep(@Nullable Restart restart, @Nullable ScheduledSwitchover scheduled) {

    public static final Upkeep NONE = new Upkeep(null, null);

    Upkeep ordered(Restart next) {
        return new Upkeep(next, scheduled);
    }

    Upkeep restarted(String member, long atMs) {
        return restart == null ? this : new Upkeep(restart.without(member, atMs), scheduled);
    }

    Upkeep handingOver(UUID operation) {
        return restart == null ? this : new Upkeep(restart.handingOver(operation), scheduled);
    }

    /** Whatever belongs to that order is over. */
    Upkeep finished(UUID operation) {
        return new Upkeep(restart != null && restart.operation().equals(operation) ? null : restart, scheduled);
    }

    /** What concerns those who are members yet. */
    Upkeep of(SortedSet<String> members) {
        return restart == null ? this : new Upkeep(restart.among(members), scheduled);
    }

    Upkeep with(@Nullable ScheduledSwitchover next) {
        return new Upkeep(restart, next);
    }

    Upkeep held(RuleId by, String why) {
        return scheduled == null ? this : with(scheduled.held(by, why));
    }

    /** What was scheduled under that id has begun. */
    Upkeep begun(UUID operation) {
        return scheduled != null && scheduled.operation().equals(operation) ? with(null) : this;
    }
}
