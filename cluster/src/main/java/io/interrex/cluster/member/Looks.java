package io.interrex.cluster.member;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.DatabaseStatus.Sender;
import java.util.Map;
import java.util.TreeMap;

/**
 * Says when this run of the server was looked at, and what was seen then; what was not seen between two looks was not looked
 * for.
 *
 * @param firstMs −1: not yet
 * @param lastMs −1: not yet
 * @param streamingMs when each standby was last seen streaming from this primary
 * @param owing standbys that stream and have not flushed all that this primary has
 */
record Looks(long firstMs, long lastMs, Map<String, Long> streamingMs, Map<String, Owing> owing) {

    static final Looks NONE = new Looks(-1, -1, Map.of(), Map.of());

    /** It has flushed no further than {@code flushed} since it was first seen so. */
    record Owing(Lsn flushed, long sinceMs) {}

    Looks again(DatabaseStatus seen, long nowMs) {
        return new Looks(firstMs < 0 ? nowMs : firstMs, nowMs, streaming(seen, nowMs), owing(seen, nowMs));
    }

    private Map<String, Long> streaming(DatabaseStatus seen, long nowMs) {
        if (seen.senders().isEmpty()) {
            return streamingMs;
        }
        var streaming = new TreeMap<>(streamingMs);
        for (Sender sender : seen.senders()) {
            if (sender.state().equals("streaming")) {
                streaming.put(sender.member(), nowMs);
            }
        }
        return Map.copyOf(streaming);
    }

    private Map<String, Owing> owing(DatabaseStatus seen, long nowMs) {
        var owing = new TreeMap<String, Owing>();
        for (Sender sender : seen.senders()) {
            if (!sender.state().equals("streaming") || sender.flushLsn().isAtLeast(seen.lsn())) {
                continue;
            }
            Owing before = this.owing.get(sender.member());
            boolean same = before != null && before.flushed().equals(sender.flushLsn());
            owing.put(sender.member(), same ? before : new Owing(sender.flushLsn(), nowMs));
        }
        return Map.copyOf(owing);
    }

    /** Since when that standby was seen to flush nothing though there was more, until the last look. */
    long notFlushingForMs(String standby) {
        Owing owed = owing.get(standby);
        return owed == null ? 0 : lastMs - owed.sinceMs();
    }

    /** Since when that standby was not seen streaming, the first look where it never was, until the last look. */
    long notStreamingForMs(String standby) {
        return lastMs - streamingMs.getOrDefault(standby, firstMs);
    }
}
