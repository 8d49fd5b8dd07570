package io.interrex.cluster.group;

import io.interrex.cluster.charter.VoterSeats;
import io.interrex.cluster.format.Format;
import java.util.SortedSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Planned work on a group, as persons ordered it and as the log knows it.
 *
 * @param restart of members, one after the other; null: none runs
 * @param scheduled a switchover for a time that is to come; null: none
 * @param seats of the voters, as persons had them changed
 * @param format that every node knows: the log holds nothing newer
 */
public record Upkeep(@Nullable Restart restart, @Nullable ScheduledSwitchover scheduled, VoterSeats seats, int format) {

    public static final Upkeep NONE = new Upkeep(null, null, VoterSeats.NONE, Format.FIRST);

    Upkeep ordered(Restart next) {
        return new Upkeep(next, scheduled, seats, format);
    }

    Upkeep restarted(String member, long atMs) {
        return restart == null ? this : new Upkeep(restart.without(member, atMs), scheduled, seats, format);
    }

    Upkeep handingOver(UUID operation) {
        return restart == null ? this : new Upkeep(restart.handingOver(operation), scheduled, seats, format);
    }

    /** Whatever belongs to that order is over. */
    Upkeep finished(UUID operation) {
        return new Upkeep(
                restart != null && restart.operation().equals(operation) ? null : restart, scheduled, seats, format);
    }

    /** What concerns those who are members yet. */
    Upkeep of(SortedSet<String> members) {
        return restart == null ? this : new Upkeep(restart.among(members), scheduled, seats, format);
    }

    Upkeep with(@Nullable ScheduledSwitchover next) {
        return new Upkeep(restart, next, seats, format);
    }

    Upkeep seated(VoterSeats next) {
        return new Upkeep(restart, scheduled, next, format);
    }

    /** Throws {@link IllegalArgumentException} for a format that this release does not know: it reads no further. */
    Upkeep written(int next) {
        if (next > Format.CURRENT) {
            throw new IllegalArgumentException(
                    "the log is of format %d from here on, and this release knows %d: upgrade this node"
                            .formatted(next, Format.CURRENT));
        }
        return new Upkeep(restart, scheduled, seats, next);
    }

    Upkeep held(RuleId by, String why) {
        return scheduled == null ? this : with(scheduled.held(by, why));
    }

    /** What was scheduled under that id has begun. */
    Upkeep begun(UUID operation) {
        return scheduled != null && scheduled.operation().equals(operation) ? with(null) : this;
    }
}
