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

        Entry(long markerEpoch, @Nullable UUID markerUuid) {
            this.markerEpoch = markerEpoch;
            this.markerUuid = markerUuid;
        }
    }

    /** Timeline {@code id} ended at {@code end}, where the next one begins. */
    record Ended(int id, long end) {}

    final ArrayList<Entry> entries = new ArrayList<>();
    private List<Ended> history = List.of();
    int timeline = 1;
    /** What an fsync has put on the disk; the rest is lost with the power. */
    private long durable;

    Wal copy() {
        var copy = new Wal();
        copy.entries.addAll(entries);
        copy.history = history;
        copy.timeline = timeline;
        copy.durable = durable;
        return copy;
    }

    long end() {
        return entries.size();
    }

    long durable() {
        return durable;
    }

    void synced(long position) {
        durable = Math.max(durable, Math.min(position, end()));
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
        return add(new Entry(last == null ? 0 : last.markerEpoch, last == null ? null : last.markerUuid));
    }

    Entry mark(long epoch, UUID uuid) {
        return add(new Entry(epoch, uuid));
    }

    private Entry add(Entry entry) {
        entries.add(entry);
        return entry;
    }

    /** What a walsender sent: the records from {@code start} on, and the timelines that they belong to. */
    void receive(long start, List<Entry> records, int senderTimeline, List<Ended> senderHistory) {
        if (start != end()) {
            throw new IllegalStateException("WAL at " + start + " does not follow " + end());
        }
        entries.addAll(records);
        timeline = senderTimeline;
        history = senderHistory;
    }

    /** The power fails: of what was not synced, {@code kept} records happen to be there. */
    void lose(long kept) {
        long end = Math.min(end(), durable + kept);
        entries.subList((int) end, entries.size()).clear();
    }

    /** Where this timeline left the one before. */
    long lastSwitch() {
        return history.isEmpty() ? 0 : history.getLast().end();
    }

    List<Ended> history() {
        return history;
    }

    void switchTimeline() {
        var longer = new ArrayList<>(history);
        longer.add(new Ended(timeline, end()));
        history = List.copyOf(longer);
        timeline++;
        durable = end();
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

    boolean holdsSynced(Entry entry, long position) {
        return position <= durable && holds(entry, position);
    }
}
