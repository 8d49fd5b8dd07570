package io.interrex.cluster.group;

import io.interrex.cluster.detection.Headroom.Level;
import io.interrex.cluster.format.Since;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with members that answer: grey failures, as the log knows them.
 *
 * @param disks members whose disks are not {@code OK}
 * @param present by kind, the members that have it; those without are not in it
 * @param handOver the last decision to let another member take over because of a disk, null: none yet
 * @param handedOverAtMs when that was last done, ms since 1970; {@link #NEVER}
 * @param readOnlyEpoch the reign whose clients only read because its primary's disk is all but full; 0: none
 * @param copies what members are copied from, and what holds their rebuilds
 */
public record Troubles(
        SortedMap<String, Level> disks,
        SortedMap<GreyFailure, SortedSet<String>> present,
        @Nullable HandOver handOver,
        long handedOverAtMs,
        long readOnlyEpoch,
        Copies copies) {

    public static final long NEVER = Long.MIN_VALUE;
    public static final Troubles NONE = new Troubles(new TreeMap<>(), new TreeMap<>(), null, NEVER, 0, Copies.NONE);

    /** What a member can suffer from while it looks well. */
    public enum GreyFailure {
        /** A standby receives WAL, and applies none of it. */
        REPLAY_STALLED,
        /** Clients have nearly all connections that they can have. */
        CONNECTIONS_SHORT,
        /** Processes of its server outlive their SIGKILL: it is neither alive nor dead. */
        UNKILLABLE,
        /** Its server dies again and again: it has no restarts left. */
        @Since(7)
        RESTARTS_SPENT,
        /** A standby takes WAL, and brings none of it to its disk: what it does not flush it does not acknowledge. */
        @Since(7)
        FLUSH_STALLED,
        /** One of its slots has lost the WAL that its consumer needs. */
        @Since(7)
        SLOT_LOST,
        /** One of its slots keeps nearly as much WAL as slots may keep. */
        @Since(7)
        SLOT_BEHIND
    }

    /** What was decided in which reign. */
    public record HandOver(long epoch, RuleId rule) {}

    public Troubles {
        disks = Collections.unmodifiableSortedMap(disks);
        present = Collections.unmodifiableSortedMap(present);
    }

    public Level disk(String member) {
        return disks.getOrDefault(member, Level.OK);
    }

    /** Members whose disks are nearly full. */
    public Set<String> fullDisks() {
        var full = new TreeMap<>(disks);
        full.values().removeIf(level -> !level.isNearlyFull());
        return full.keySet();
    }

    public SortedSet<String> with(GreyFailure failure) {
        return present.getOrDefault(failure, Collections.emptySortedSet());
    }

    public boolean has(GreyFailure failure, String member) {
        SortedSet<String> members = present.get(failure);
        return members != null && members.contains(member);
    }

    Troubles disk(String member, Level level) {
        var next = new TreeMap<>(disks);
        if (level == Level.OK) {
            next.remove(member);
        } else {
            next.put(member, level);
        }
        return new Troubles(next, present, handOver, handedOverAtMs, readOnlyEpoch, copies);
    }

    Troubles grey(GreyFailure failure, String member, boolean isPresent) {
        var members = new TreeSet<String>();
        members.addAll(present.getOrDefault(failure, new TreeSet<>()));
        if (isPresent) {
            members.add(member);
        } else {
            members.remove(member);
        }
        var next = new TreeMap<>(present);
        next.put(failure, Collections.unmodifiableSortedSet(members));
        if (members.isEmpty()) {
            next.remove(failure);
        }
        return new Troubles(disks, next, handOver, handedOverAtMs, readOnlyEpoch, copies);
    }

    /** @param done another member takes over; else it was not done, and why is the rule's to say */
    Troubles handedOver(long epoch, RuleId rule, boolean done, long atMs) {
        return new Troubles(
                disks, present, new HandOver(epoch, rule), done ? atMs : handedOverAtMs, readOnlyEpoch, copies);
    }

    Troubles readOnly(long epoch) {
        return new Troubles(disks, present, handOver, handedOverAtMs, epoch, copies);
    }

    Troubles copiedFrom(String member, String source) {
        return with(copies.from(member, source));
    }

    Troubles copyHeld(String member, String why) {
        return with(copies.held(member, why));
    }

    Troubles copyEnded(String member) {
        return with(copies.ended(member));
    }

    private Troubles with(Copies next) {
        return new Troubles(disks, present, handOver, handedOverAtMs, readOnlyEpoch, next);
    }

    /** What is known of those who are members yet. */
    Troubles of(Set<String> members) {
        var nextDisks = new TreeMap<>(disks);
        nextDisks.keySet().retainAll(members);
        Troubles next =
                new Troubles(nextDisks, present, handOver, handedOverAtMs, readOnlyEpoch, copies.among(members));
        for (GreyFailure failure : GreyFailure.values()) {
            for (String member : List.copyOf(present.getOrDefault(failure, new TreeSet<>()))) {
                next = members.contains(member) ? next : next.grey(failure, member, false);
            }
        }
        return next;
    }
}
