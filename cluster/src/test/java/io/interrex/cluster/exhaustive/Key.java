package io.interrex.cluster.exhaustive;

/**
 * Makes 128 bits of the values that tell a state from others. Two of ten million states get the same by chance with a
 * probability below 2^-80, as far as the mixing is good (David Stafford's constants, "Better Bit Mixing", variant 13).
 */
final class Key {

    private long first;
    private long second;

    void clear() {
        first = 0x9E3779B97F4A7C15L;
        second = 0xC2B2AE3D27D4EB4FL;
    }

    void add(long value) {
        first = mixed(first ^ value) + 0x9E3779B97F4A7C15L;
        second = Long.rotateLeft(mixed(second + value * 0xD6E8FEB86659FD93L), 23) ^ 0x165667B19E3779F9L;
    }

    long first() {
        return first;
    }

    long second() {
        return second;
    }

    private static long mixed(long value) {
        long x = value;
        x = (x ^ x >>> 30) * 0xBF58476D1CE4E5B9L;
        x = (x ^ x >>> 27) * 0x94D049BB133111EBL;
        return x ^ x >>> 31;
    }
}
