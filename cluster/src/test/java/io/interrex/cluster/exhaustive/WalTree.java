package io.interrex.cluster.exhaustive;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Every content of a write-ahead log that the model met, as a number: two are the same content only if the numbers are. One is
 * the beginning of another if it is met on the way from that one to the root. An entry is one byte long.
 */
final class WalTree {

    /** What an entry is. */
    enum Kind {
        /** A promotion's first record: the timeline changed, and no marker says yet whose it is. */
        END_OF_RECOVERY,
        MARKER,
        /** A client's commit. */
        COMMIT,
        SHUTDOWN_CHECKPOINT
    }

    /** The empty one. */
    static final int ROOT = 0;

    private final Map<Long, Integer> children = new HashMap<>();
    private int[] parent = new int[1 << 10];
    private int[] entry = new int[1 << 10];
    private int[] length = new int[1 << 10];
    private int size = 1;

    int append(int wal, Kind kind, int epoch, int writer, int timeline) {
        int code = ((kind.ordinal() * 16 + epoch) * 8 + writer) * 16 + timeline;
        return children.computeIfAbsent((long) wal << 16 | code, k -> {
            if (size == parent.length) {
                parent = Arrays.copyOf(parent, 2 * size);
                entry = Arrays.copyOf(entry, 2 * size);
                length = Arrays.copyOf(length, 2 * size);
            }
            parent[size] = wal;
            entry[size] = code;
            length[size] = length[wal] + 1;
            return size++;
        });
    }

    int length(int wal) {
        return length[wal];
    }

    Kind kind(int wal) {
        return Kind.values()[entry[wal] / (16 * 8 * 16)];
    }

    int epoch(int wal) {
        return entry[wal] / (8 * 16) % 16;
    }

    int writer(int wal) {
        return entry[wal] / 16 % 8;
    }

    int timeline(int wal) {
        return entry[wal] % 16;
    }

    int parent(int wal) {
        return parent[wal];
    }

    /** Its beginning of that length. */
    int upTo(int wal, int wanted) {
        int at = wal;
        while (length[at] > wanted) {
            at = parent[at];
        }
        return at;
    }

    boolean holds(int wal, int beginning) {
        return length[beginning] <= length[wal] && upTo(wal, length[beginning]) == beginning;
    }

    int common(int one, int other) {
        int a = upTo(one, length[other]);
        int b = upTo(other, length[one]);
        while (a != b) {
            a = parent[a];
            b = parent[b];
        }
        return a;
    }

    /** Epoch of the last marker; 0: none. */
    int markedEpoch(int wal) {
        int at = wal;
        while (at != ROOT && kind(at) != Kind.MARKER) {
            at = parent[at];
        }
        return at == ROOT ? 0 : epoch(at);
    }

    /** What PostgreSQL asks before it streams: the standby's timeline is in the source's history, and was not left before. */
    boolean streamsByTimeline(int source, int standby) {
        int timeline = timeline(standby);
        int at = source;
        while (at != ROOT && timeline(at) > timeline) {
            at = parent[at];
        }
        return at != ROOT && timeline(at) == timeline && length[at] >= length[standby];
    }

    String words(int wal) {
        if (wal == ROOT) {
            return "";
        }
        String what = switch (kind(wal)) {
            case END_OF_RECOVERY -> "promoted";
            case MARKER -> "marker";
            case COMMIT -> "commit";
            case SHUTDOWN_CHECKPOINT -> "stop";
        };
        String here = "%s %d%s/t%d".formatted(what, epoch(wal), PromotionWorld.NAMES[writer(wal)], timeline(wal));
        return parent[wal] == ROOT ? here : words(parent[wal]) + ", " + here;
    }
}
