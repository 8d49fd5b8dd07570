package io.interrex.cluster.simulation;

import java.util.PriorityQueue;

/** Runs what is due, in the order of its time; time passes only between two events. All times are true times, in ns. */
final class VirtualTime {

    static final long MS = 1_000_000;

    private final PriorityQueue<Item> queue = new PriorityQueue<>();
    private long nowNs;
    private long sequence;

    private record Item(long atNs, long sequence, Runnable action) implements Comparable<Item> {
        @Override
        public int compareTo(Item other) {
            int byTime = Long.compare(atNs, other.atNs);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    long nowNs() {
        return nowNs;
    }

    long nowMs() {
        return nowNs / MS;
    }

    void after(long delayNs, Runnable action) {
        queue.add(new Item(nowNs + Math.max(0, delayNs), sequence++, action));
    }

    /** One event; false where there is none before {@code untilNs}, which then is the time. */
    boolean step(long untilNs) {
        Item next = queue.peek();
        if (next == null || next.atNs() > untilNs) {
            nowNs = Math.max(nowNs, untilNs);
            return false;
        }
        queue.poll();
        nowNs = next.atNs();
        next.action().run();
        return true;
    }
}
