package io.interrex.cluster.group;

import io.interrex.cluster.charter.VoterSeats;
import io.interrex.cluster.format.Format;
import io.interrex.cluster.settings.PermanentSlot;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Planned work on a group, as persons ordered it and as the log knows it.
 *
 * @param restart of members, one after the other; null: none runs
 * @param scheduled a switchover for a time that is to come; null: none
 * @param seats of the voters, as persons had them changed
 * @param maintenance members that are left alone, by name
 * @param format that every node knows: the log holds nothing newer from then on
 * @param slots logical ones, by name
 */
public record Upkeep(
        @Nullable Restart restart,
        @Nullable ScheduledSwitchover scheduled,
        VoterSeats seats,
        SortedMap<String, Maintenance> maintenance,
        int format,
        SortedMap<String, SlotPosition> slots) {

    public static final Upkeep NONE =
            new Upkeep(null, null, VoterSeats.NONE, new TreeMap<>(), Format.FIRST, new TreeMap<>());

    public Upkeep {
        maintenance = Collections.unmodifiableSortedMap(maintenance);
        slots = Collections.unmodifiableSortedMap(slots);
    }

    /** Whether the log holds such a thing already; before that a planner goes without it. */
    public boolean knows(Enum<?> constant) {
        return Format.since(constant) <= format;
    }

    /** That member is left alone. */
    public boolean isInMaintenance(@Nullable String member) {
        return member != null && maintenance.containsKey(member);
    }

    Upkeep ordered(@Nullable Restart next) {
        return new Upkeep(next, scheduled, seats, maintenance, format, slots);
    }

    Upkeep restarted(String member, long atMs) {
        return restart == null ? this : ordered(restart.without(member, atMs));
    }

    Upkeep handingOver(UUID operation) {
        return restart == null ? this : ordered(restart.handingOver(operation));
    }

    /** Whatever belongs to that order is over. */
    Upkeep finished(UUID operation) {
        return restart != null && restart.operation().equals(operation) ? ordered(null) : this;
    }

    /** What concerns those who are members yet. */
    Upkeep of(SortedSet<String> members) {
        var left = new TreeMap<>(maintenance);
        left.keySet().retainAll(members);
        return new Upkeep(restart == null ? null : restart.among(members), scheduled, seats, left, format, slots);
    }

    Upkeep with(@Nullable ScheduledSwitchover next) {
        return new Upkeep(restart, next, seats, maintenance, format, slots);
    }

    Upkeep seated(VoterSeats next) {
        return new Upkeep(restart, scheduled, next, maintenance, format, slots);
    }

    /** Throws {@link IllegalArgumentException} for a format that this release does not know: it reads no further. */
    Upkeep written(int next) {
        if (next > Format.CURRENT) {
            throw new IllegalArgumentException(
                    "the log is of format %d from here on, and this release knows %d: upgrade this node"
                            .formatted(next, Format.CURRENT));
        }
        return new Upkeep(restart, scheduled, seats, maintenance, next, slots);
    }

    Upkeep held(RuleId by, String why) {
        return scheduled == null ? this : with(scheduled.held(by, why));
    }

    /** What was scheduled under that id has begun. */
    Upkeep begun(UUID operation) {
        return scheduled != null && scheduled.operation().equals(operation) ? with(null) : this;
    }

    Upkeep leaving(String member, Maintenance alone) {
        var more = new TreeMap<>(maintenance);
        more.put(member, alone);
        return new Upkeep(restart, scheduled, seats, more, format, slots);
    }

    Upkeep back(String member) {
        var left = new TreeMap<>(maintenance);
        left.remove(member);
        return new Upkeep(restart, scheduled, seats, left, format, slots);
    }

    Upkeep made(SlotPosition slot) {
        var more = new TreeMap<>(slots);
        more.put(slot.slot().name(), slot);
        return new Upkeep(restart, scheduled, seats, maintenance, format, more);
    }

    /** A slot that the settings do not name any more, or name as another one, begins anew when they name it again. */
    Upkeep keeping(Collection<PermanentSlot> named) {
        var left = new TreeMap<>(slots);
        left.values().removeIf(position -> !named.contains(position.slot()));
        return new Upkeep(restart, scheduled, seats, maintenance, format, left);
    }
}
