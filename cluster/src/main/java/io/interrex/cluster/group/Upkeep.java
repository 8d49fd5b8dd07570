package io.interrex.cluster.group;

import io.interrex.cluster.charter.VoterSeats;
import java.util.SortedSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Planned work on a group, as persons ordered it and as the log knows it.
 *
 * @param restart of members, one after the other; null: none runs
 * @param scheduled a switchover for a time that is to come; null: none
 * @param seats of the voters, as persons had them changed
 */
public record Upkeep(@Nullable Restart restart, @Nullable ScheduledSwitchover scheduled, VoterSeats seats) {

    public static final Upkeep NONE = new Upkeep(null, null, VoterSeats.NONE);

    Upkeep ordered(Restart next) {
        return new Upkeep(next, scheduled, seats);
    }

    Upkeep restarted(String member, long atMs) {
        return restart == null ? this : new Upkeep(restart.without(member, atMs), scheduled, seats);
    }

    Upkeep handingOver(UUID operation) {
        return restart == null ? this : new Upkeep(restart.handingOver(operation), scheduled, seats);
    }

    /** Whatever belongs to that order is over. */
    Upkeep finished(UUID operation) {
        return new Upkeep(restart != null && restart.operation().equals(operation) ? null : restart, scheduled, seats);
    }

    /** What concerns those who are members yet. */
    Upkeep of(SortedSet<String> members) {
        return restart == null ? this : new Upkeep(restart.among(members), scheduled, seats);
    }

    Upkeep with(@Nullable ScheduledSwitchover next) {
        return new Upkeep(restart, next, seats);
    }

    Upkeep seated(VoterSeats next) {
        return new Upkeep(restart, scheduled, next);
    }

    Upkeep held(RuleId by, String why) {
        return scheduled == null ? this : with(scheduled.held(by, why));
    }

    /** What was scheduled under that id has begun. */
    Upkeep begun(UUID operation) {
        return scheduled != null && scheduled.operation().equals(operation) ? with(null) : this;
    }
}
