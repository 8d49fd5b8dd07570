package io.interrex.cluster.detection;

import io.interrex.cluster.format.Since;
import io.interrex.cluster.port.Space;
import io.interrex.cluster.settings.DiskPolicy;
import java.util.List;

/**
 * Decides how much room a member's disks have, by the one that has least. A threshold is never more than a tenth (alarm) or a
 * twentieth (action) of the disk, so that small ones are not full from the beginning, and never less than six (three) segments of
 * WAL; the last resort is at a quarter of the action's, and never less than two and a half segments. A level is left for a better one only with a quarter more than its threshold, so that it does not flap.
 */
public final class Headroom {

    private static final long SEGMENT = 16L << 20;
    private static final int SEGMENTS_TO_ACT = 3;

    private Headroom() {}

    /** From good to bad. */
    public enum Level {
        OK,
        LOW,
        CRITICAL,
        @Since(7)
        EXHAUSTED;

        public boolean isNearlyFull() {
            return compareTo(CRITICAL) >= 0;
        }
    }

    /** @param before the level that was recorded last */
    public static Level of(Level before, List<Space> spaces, DiskPolicy policy) {
        Level worst = Level.OK;
        for (Space space : spaces) {
            Level level = of(before, space, policy);
            worst = level.compareTo(worst) > 0 ? level : worst;
        }
        return worst;
    }

    /** A full disk of Interrex' own is an alarm, and no reason to hand over: the node, and its voter, would stay where they are. */
    private static Level of(Level before, Space space, DiskPolicy policy) {
        boolean ofServer = !space.place().equals(Space.STATE);
        if (ofServer && isBelow(space, stopBelow(space, policy), before == Level.EXHAUSTED)) {
            return Level.EXHAUSTED;
        }
        if (ofServer && isBelow(space, actBelow(space, policy), before.isNearlyFull())) {
            return Level.CRITICAL;
        }
        return isBelow(space, warnBelow(space, policy), before != Level.OK) ? Level.LOW : Level.OK;
    }

    private static boolean isBelow(Space space, long threshold, boolean already) {
        return space.freeBytes() < (already ? threshold + threshold / 4 : threshold);
    }

    static long warnBelow(Space space, DiskPolicy policy) {
        return Math.max(2 * SEGMENTS_TO_ACT * SEGMENT, Math.min(policy.warnBelowBytes(), space.sizeBytes() / 10));
    }

    static long actBelow(Space space, DiskPolicy policy) {
        return Math.max(SEGMENTS_TO_ACT * SEGMENT, Math.min(policy.actBelowBytes(), space.sizeBytes() / 20));
    }

    /** Two segments are what a server needs to start again. */
    static long stopBelow(Space space, DiskPolicy policy) {
        return Math.max(5 * SEGMENT / 2, actBelow(space, policy) / 4);
    }

    /** In words that a person reads in an event: {@code data has 812 MiB of 20480 MiB}. */
    public static String words(List<Space> spaces) {
        return spaces.isEmpty()
                ? "nothing is known of its disks"
                : String.join(
                        ", ",
                        spaces.stream()
                                .map(s -> "%s has %d MiB free of %d MiB"
                                        .formatted(s.place(), s.freeBytes() >> 20, s.sizeBytes() >> 20))
                                .toList());
    }
}
