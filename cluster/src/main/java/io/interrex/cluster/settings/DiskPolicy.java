package io.interrex.cluster.settings;

import io.interrex.cluster.format.Since;

/**
 * From how little free space on a disk is an alarm, from how little something is done, and what.
 *
 * @param warnBelowBytes less is an alarm
 * @param actBelowBytes less on the primary's data or WAL is acted on while it still can be
 */
public record DiskPolicy(long warnBelowBytes, long actBelowBytes, OnCritical onCritical) {

    /** 8 GiB, 2 GiB, and another member takes over. */
    public static final DiskPolicy DEFAULT = new DiskPolicy(8L << 30, 2L << 30, OnCritical.HAND_OVER);

    /** What is done about a primary whose disk is nearly full. */
    public enum OnCritical {
        /** People are told. */
        WARN,
        /** Also, a synchronous standby that has room takes over; where none is fit, and next to nothing is left, clients only read. */
        HAND_OVER,
        /** The same, and clients write until the disk is full. */
        @Since(7)
        HAND_OVER_ONLY
    }
}
