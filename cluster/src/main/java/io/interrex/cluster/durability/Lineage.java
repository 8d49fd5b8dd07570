package io.interrex.cluster.durability;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a member's data lies on the log's chain of reigns. Compared by uuid: timeline ids collide (protocol.md,
 * fact 4).
 */
public final class Lineage {

    private Lineage() {}

    /** How a member's data relate to the chain of reigns. */
    public enum Fit {
        /** It may stream from the current primary. */
        STREAMS,
        /** It went on past the point where a later reign began: it has to be rewound. */
        DIVERGED,
        /** Its marker is not on the chain, or it was promoted after it: nothing is known about its data, it has to be cloned. */
        OFF_CHAIN
    }

    /**
     * @param chain oldest first
     * @param epochInWal epoch of the member's last marker
     * @param uuid of that marker
     * @param timeline that the member's last record is on, 0 where unknown
     * @param lsn how far the member's WAL goes
     */
    public static Fit of(List<Reign> chain, long epochInWal, @Nullable UUID uuid, int timeline, Lsn lsn) {
        for (int i = 0; i < chain.size(); i++) {
            Reign reign = chain.get(i);
            if (reign.epoch() == epochInWal && reign.uuid().equals(uuid)) {
                if (leftWithoutMarker(reign, timeline)) {
                    return Fit.OFF_CHAIN;
                }
                boolean last = i == chain.size() - 1;
                return last || chain.get(i + 1).switchLsn().isAtLeast(lsn) ? Fit.STREAMS : Fit.DIVERGED;
            }
        }
        return Fit.OFF_CHAIN;
    }

    /**
     * Whether data with the marker of {@code reign} went on to a timeline of which no marker tells whose it is: that of a
     * promotion that was cut short, with the same number as the chain's next one, perhaps.
     */
    public static boolean leftWithoutMarker(Reign reign, int timeline) {
        return reign.timeline() != 0 && timeline > reign.timeline();
    }
}
