package io.interrex.cluster.simulation;

import io.interrex.cluster.durability.Lsn;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A server's write-ahead log: a list of records, one byte each, with the timelines that it went through. What PostgreSQL
 * compares (timeline ids and positions) and what is true (the records' identity) are two things, as in reality.
 */
final class Wal {

    /** @param markerEpoch of the last marker at or before this record, with its uuid */
    static final class Entry {
        final long markerEpoch;
        final @Nullable UUID markerUuid;
        final @Nullable Entry before;
        boolean acknowledged;

        Entry(@Nullable Entry before, long markerEpoch, @Nullable UUID markerUuid) {
            this.before = before;
            this.markerEpoch = markerEpoch;
            this.markerUuid = markerUuid;
        }
    }

    /** Timeline {@code id} ended at {@code end}, where the next one begins. */
    record Ended(int id, long end) {}

    final List<Entry> entries = new ArrayList<>();
    final List<Ended> history = new ArrayList<>();
    int timeline = 1;

    Wal copy() {
        var copy = new Wal();
        copy.entries.addAll(entries);
        copy.history.addAll(history);
        copy.timeline = timeline;
        return copy;
    }

    long end() {
        return entries.size();
    }

    Lsn lsn() {
        return new Lsn(entries.size());
    }

    @Nullable
    Entry last() {
        return entries.isEmpty() ? null : entries.getLast();
    }

    Entry append() {
        Entry last = last();
        return add(new Entry(last, last == null ? 0 : last.markerEpoch, last == null ? null : last.markerUuid));
    }

    Entry mark(long epoch, UUID uuid) {
        return add(new Entry(last(), epoch, uuid));
    }

    private Entry add(Entry entry) {
        entries.add(entry);
        return entry;
    }

    /** Where this timeline left the one before. */
    long lastSwitch() {
        return history.isEmpty() ? 0 : history.getLast().end();
    }

    void switchTimeline() {
        history.add(new Ended(timeline, end()));
        timeline++;
    }

    /** What a server with this log says to a standby on {@code tli} that wants to go on at {@code from}. */
    boolean serves(int tli, long from) {
        if (tli == timeline) {
            return from <= end();
        }
        return history.stream().anyMatch(h -> h.id() == tli && from <= h.end());
    }

    /** Truth: the other's records are the beginning of these. */
    boolean continuesFrom(Wal other) {
        int n = other.entries.size();
        return n == 0 || n <= entries.size() && entries.get(n - 1) == other.entries.get(n - 1);
    }

    boolean holds(Entry entry, long position) {
        return position <= entries.size() && entries.get((int) position - 1) == entry;
    }
}
