package io.interrex.cluster.member;

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
 */
record Looks(long firstMs, long lastMs, Map<String, Long> streamingMs) {

    static final Looks NONE = new Looks(-1, -1, Map.of());

    Looks again(DatabaseStatus seen, long nowMs) {
        return new Looks(firstMs < 0 ? nowMs : firstMs, nowMs, streaming(seen, nowMs));
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

    /** Since when that standby was not seen streaming, the first look where it never was, until the last look. */
    long notStreamingForMs(String standby) {
        return lastMs - streamingMs.getOrDefault(standby, firstMs);
    }
}
