package io.interrex.postgresql;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides from where on a member's WAL is its own alone. Reigns are compared by uuid, since timeline ids collide (protocol.md,
 * fact 4); where it cannot be told, everything counts as its own: too much kept is no loss.
 */
final class Divergence {

    private Divergence() {}

    /**
     * What a data directory is made of.
     *
     * @param reigns by its markers, oldest first
     * @param end of its last record
     */
    record Past(int timeline, List<Reign> reigns, Lsn end) {}

    /** A stretch of WAL on one timeline. */
    record Piece(int timeline, Lsn from, Lsn to) {}

    /**
     * Where ours left theirs, empty where all that ours has is theirs too.
     *
     * @param ourHistory of our timeline
     */
    static Optional<Lsn> from(Past ours, TimelineHistory ourHistory, Past theirs) {
        Reign common = ours.reigns().stream()
                .filter(own -> theirs.reigns().stream().anyMatch(reign -> isSame(own, reign)))
                .reduce((earlier, later) -> later)
                .orElse(null);
        if (common == null) {
            return Optional.of(Lsn.ZERO);
        }
        Lsn theyLeft = left(common, theirs);
        Lsn weLeft = left(common, ours);
        if (weLeft == null && ours.timeline() != common.timeline()) {
            // promoted without a marker
            weLeft = ourHistory.leftAt(common.timeline()).orElse(common.switchLsn());
        }
        Lsn shared = theyLeft == null ? theirs.end() : theyLeft;
        Lsn ourEnd = weLeft == null ? ours.end() : weLeft;
        boolean wentOn = weLeft != null || ours.end().compareTo(shared) > 0;
        return wentOn ? Optional.of(shared.compareTo(ourEnd) < 0 ? shared : ourEnd) : Optional.empty();
    }

    private static boolean isSame(Reign one, Reign other) {
        return one.epoch() == other.epoch() && one.uuid().equals(other.uuid());
    }

    /** Where that data went on to the next reign; null where the common one is its last. */
    private static @Nullable Lsn left(Reign common, Past past) {
        return past.reigns().stream()
                .filter(reign -> reign.epoch() > common.epoch())
                .findFirst()
                .map(Reign::switchLsn)
                .orElse(null);
    }

    /** The WAL from there to the end, timeline by timeline. */
    static List<Piece> pieces(Lsn from, Past ours, TimelineHistory ourHistory) {
        var pieces = new ArrayList<Piece>();
        Lsn begin = from;
        for (TimelineHistory.Switch left : ourHistory.switches()) {
            if (left.at().compareTo(begin) > 0) {
                pieces.add(new Piece(left.timeline(), begin, left.at()));
                begin = left.at();
            }
        }
        if (ours.end().compareTo(begin) > 0) {
            pieces.add(new Piece(ours.timeline(), begin, ours.end()));
        }
        return List.copyOf(pieces);
    }
}
