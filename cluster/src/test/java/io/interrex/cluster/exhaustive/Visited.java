package io.interrex.cluster.exhaustive;

import java.util.Arrays;

/** The states that were seen, by the number of their discovery: their keys and the state that each was first reached from. */
final class Visited {

    private long[] first = new long[1 << 12];
    private long[] second = new long[1 << 12];
    private int[] parent = new int[1 << 12];
    /** Open addressing: number of a state + 1, 0: free. */
    private int[] slots = new int[1 << 14];

    private int size;

    int size() {
        return size;
    }

    int parentOf(int state) {
        return parent[state];
    }

    boolean is(int state, Key key) {
        return first[state] == key.first() && second[state] == key.second();
    }

    /** Whether it is new. */
    boolean add(Key key, int from) {
        int mask = slots.length - 1;
        int at = (int) key.first() & mask;
        while (slots[at] != 0) {
            if (is(slots[at] - 1, key)) {
                return false;
            }
            at = at + 1 & mask;
        }
        if (size == first.length) {
            int larger = size + (size >> 1);
            first = Arrays.copyOf(first, larger);
            second = Arrays.copyOf(second, larger);
            parent = Arrays.copyOf(parent, larger);
        }
        first[size] = key.first();
        second[size] = key.second();
        parent[size] = from;
        slots[at] = ++size;
        if (size > slots.length / 2) {
            rehash();
        }
        return true;
    }

    private void rehash() {
        int[] larger = new int[slots.length * 2];
        int mask = larger.length - 1;
        for (int state = 0; state < size; state++) {
            int at = (int) first[state] & mask;
            while (larger[at] != 0) {
                at = at + 1 & mask;
            }
            larger[at] = state + 1;
        }
        slots = larger;
    }
}
