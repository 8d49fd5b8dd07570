package io.interrex.cluster.simulation;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Runs what is due, in the order of its time; time passes only between two events. All times are true times, in ns. What a
 * suspended host was to do waits until the host goes on.
 */
final class VirtualTime {

    static final long MS = 1_000_000;

    /** Not bound to a host. */
    static final int NOWHERE = -1;

    private static final int PLACE_BITS = 16;
    private static final int PLACES_MAX = 1 << PLACE_BITS;

    /** A binary heap, the earliest first; of two at the same time the one that was added first. */
    private long[] dueNs = new long[256];

    /** Beside each time: a number that grows with every event, and in its lowest bits the place of what is to be done. */
    private long[] tickets = new long[256];

    private int size;

    /** What is to be done and at which host, by place; the places that are free are listed. */
    private @Nullable Runnable[] actions = new Runnable[256];

    private int[] hosts = new int[256];
    private int[] free = new int[256];
    private int freeCount;
    private int places;

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
        add(nowNs + Math.max(0, delayNs), NOWHERE, action);
    }

    void after(int host, long delayNs, Runnable action) {
        add(nowNs + Math.max(0, delayNs), host, action);
    }

    void suspend(int host, long forNs) {
        suspendedUntilNs[host] = nowNs + forNs;
    }

    boolean isSuspended(int host) {
        return suspendedUntilNs[host] > nowNs;
    }

    /** One event; false where there is none before {@code untilNs}, which then is the time. */
    boolean step(long untilNs) {
        if (size == 0 || dueNs[0] > untilNs) {
            nowNs = Math.max(nowNs, untilNs);
            return false;
        }
        nowNs = dueNs[0];
        int place = (int) tickets[0] & PLACES_MAX - 1;
        removeFirst();
        int host = hosts[place];
        Runnable action = Objects.requireNonNull(actions[place]);
        actions[place] = null;
        free[freeCount++] = place;
        if (host >= 0 && suspendedUntilNs[host] > nowNs) {
            add(suspendedUntilNs[host], host, action);
            return true;
        }
        executed++;
        action.run();
        return true;
    }

    private void add(long atNs, int host, Runnable action) {
        int place = freeCount > 0 ? free[--freeCount] : places++;
        if (place == actions.length) {
            grow();
        }
        actions[place] = action;
        hosts[place] = host;
        long ticket = sequence++ << PLACE_BITS | place;
        int at = size++;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (isBefore(parent, atNs, ticket)) {
                break;
            }
            move(parent, at);
            at = parent;
        }
        dueNs[at] = atNs;
        tickets[at] = ticket;
    }

    private void grow() {
        int length = 2 * actions.length;
        if (length > PLACES_MAX) {
            throw new IllegalStateException(actions.length + " events wait: something adds events without end");
        }
        dueNs = Arrays.copyOf(dueNs, length);
        tickets = Arrays.copyOf(tickets, length);
        actions = Arrays.copyOf(actions, length);
        hosts = Arrays.copyOf(hosts, length);
        free = Arrays.copyOf(free, length);
    }

    private void removeFirst() {
        size--;
        long lastNs = dueNs[size];
        long lastTicket = tickets[size];
        int at = 0;
        int half = size >>> 1;
        while (at < half) {
            int child = 2 * at + 1;
            if (child + 1 < size && isBefore(child + 1, dueNs[child], tickets[child])) {
                child++;
            }
            if (!isBefore(child, lastNs, lastTicket)) {
                break;
            }
            move(child, at);
            at = child;
        }
        dueNs[at] = lastNs;
        tickets[at] = lastTicket;
    }

    private boolean isBefore(int index, long otherNs, long otherTicket) {
        long ns = dueNs[index];
        return ns < otherNs || ns == otherNs && tickets[index] < otherTicket;
    }

    private void move(int from, int to) {
        dueNs[to] = dueNs[from];
        tickets[to] = tickets[from];
    }
}
