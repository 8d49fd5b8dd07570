package io.interrex.cluster.group;

import java.util.SortedSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Planned work on a group, as persons ordered it and as the log knows it.
 *
 * @param restart of members, one after the other; null: none runs
 */
public record Upkeep(@Nullable Restart restart) {

    public static final Upkeep NONE = new Upkeep(null);

    Upkeep ordered(Restart next) {
        return new Upkeep(next);
    }

    Upkeep restarted(String member, long atMs) {
        return restart == null ? this : new Upkeep(restart.without(member, atMs));
    }

    Upkeep handingOver(UUID operation) {
        return restart == null ? this : new Upkeep(restart.handingOver(operation));
    }

    /** Whatever belongs to that order is over. */
    Upkeep finished(UUID operation) {
        return new Upkeep(restart != null && restart.operation().equals(operation) ? null : restart);
    }

    /** What concerns those who are members yet. */
    Upkeep of(SortedSet<String> members) {
        return restart == null ? this : new Upkeep(restart.among(members));
    }
}
