package io.interrex.cluster.simulation;

import java.util.Arrays;

/**
 * Runs what is due, in the order of its time; time passes only between two events. All times are true times, in ns. What a
 * suspended host was to do waits until the host goes on.
 */
final class VirtualTime {

    static final long MS = 1_000_000;

    /** Not bound to a host. */
    static final int NOWHERE = -1;

    private record Item(long atNs, long sequence, int host, Runnable action) {}

    /** A binary heap, the earliest first. */
    private Item[] heap = new Item[256];

    private int size;
    private final long[] suspendedUntilNs;
    private long nowNs;
    private long sequence;
    private long executed;

    VirtualTime(int hosts) {
        suspendedUntilNs = new long[hosts];
    }

    long nowNs() {
        return nowNs;
    }

    long nowMs() {
        return nowNs / MS;
    }

    /** How many events have run. */
    long executed() {
        return executed;
    }

    void after(long delayNs, Runnable action) {
        add(new Item(nowNs + Math.max(0, delayNs), sequence++, NOWHERE, action));
    }

    void after(int host, long delayNs, Runnable action) {
        add(new Item(nowNs + Math.max(0, delayNs), sequence++, host, action));
    }

    void suspend(int host, long forNs) {
        suspendedUntilNs[host] = nowNs + forNs;
    }

    boolean isSuspended(int host) {
        return suspendedUntilNs[host] > nowNs;
    }

    /** One event; false where there is none before {@code untilNs}, which then is the time. */
    boolean step(long untilNs) {
        if (size == 0 || heap[0].atNs > untilNs) {
            nowNs = Math.max(nowNs, untilNs);
            return false;
        }
        Item next = poll();
        nowNs = next.atNs;
        if (next.host >= 0 && suspendedUntilNs[next.host] > nowNs) {
            add(new Item(suspendedUntilNs[next.host], sequence++, next.host, next.action));
            return true;
        }
        executed++;
        next.action.run();
        return true;
    }

    private static boolean before(Item one, Item other) {
        return one.atNs < other.atNs || one.atNs == other.atNs && one.sequence < other.sequence;
    }

    private void add(Item item) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, 2 * size);
        }
        int at = size++;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (before(heap[parent], item)) {
                break;
            }
            heap[at] = heap[parent];
            at = parent;
        }
        heap[at] = item;
    }

    private Item poll() {
        Item first = heap[0];
        Item last = heap[--size];
        int at = 0;
        int half = size >>> 1;
        while (at < half) {
            int child = 2 * at + 1;
            if (child + 1 < size && before(heap[child + 1], heap[child])) {
                child++;
            }
            if (before(last, heap[child])) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = last;
        return first;
    }
}
