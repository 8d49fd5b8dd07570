package io.interrex.lab;

import java.util.Arrays;
import java.util.BitSet;

/** Remembers which ids were acknowledged, and when something was: the latest million times. Thread-safe. */
final class AckLog {
    private static final int TIMES_MAX = 1 << 20;

    private final long startNanos;
    private final BitSet ids = new BitSet();
    private long[] times = new long[1 << 12];
    private long count;

    AckLog(long startNanos) {
        this.startNanos = startNanos;
    }

    /** Gives the pause that this acknowledgement ends. Times must not decrease. */
    synchronized Outage add(long id, long nowNanos) {
        var pause = new Outage(count == 0 ? startNanos : time(count - 1), nowNanos, true);
        if (count == times.length && times.length < TIMES_MAX) {
            times = Arrays.copyOf(times, 2 * times.length);
        }
        times[(int) (count % times.length)] = nowNanos;
        count++;
        ids.set(Math.toIntExact(id));
        return pause;
    }

    synchronized long count() {
        return count;
    }

    synchronized BitSet ids() {
        return (BitSet) ids.clone();
    }

    /** The longest pause that touches the window. Pauses are measured whole, also where they began before it. */
    synchronized Outage longest(long fromNanos, long toNanos, long nowNanos) {
        long oldest = Math.max(0, count - times.length);
        long i = count;
        while (i > oldest && time(i - 1) >= fromNanos) {
            i--;
        }
        long previous = i > oldest ? time(i - 1) : oldest > 0 ? time(oldest) : startNanos;
        var longest = new Outage(previous, previous, true);
        for (; i < count && previous <= toNanos; i++) {
            longest = longer(longest, new Outage(previous, time(i), true));
            previous = time(i);
        }
        return previous <= toNanos
                ? longer(longest, new Outage(previous, Math.max(previous, nowNanos), false))
                : longest;
    }

    private static Outage longer(Outage a, Outage b) {
        return b.toNanos() - b.fromNanos() > a.toNanos() - a.fromNanos() ? b : a;
    }

    private long time(long i) {
        return times[(int) (i % times.length)];
    }
}
