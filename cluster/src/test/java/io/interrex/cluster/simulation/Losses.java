package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.Invariants.require;

import io.interrex.cluster.group.GroupEvent.PromotionForced;
import io.interrex.cluster.group.GroupState;
import java.util.ArrayList;
import java.util.List;

/**
 * Which acknowledged writes a forced promotion has said may be lost: those are asked of nobody as long as its reign is the
 * group's, and all others as ever. Judges who was not reached too (I9).
 */
final class Losses {

    private record Lost(Clients.Acknowledged write, long forcedEpoch) {}

    private final World world;
    private final List<PromotionForced> forced = new ArrayList<>();
    private final List<Lost> lost = new ArrayList<>();

    Losses(World world) {
        this.world = world;
    }

    /** Nobody is promised any more what was lost. */
    void forget() {
        lost.clear();
    }

    void recorded(PromotionForced event) {
        forced.add(event);
    }

    /** Whether it is beyond what a forced promotion said that is kept; it is remembered as lost then. */
    boolean excuse(Clients.Acknowledged write) {
        for (PromotionForced f : forced) {
            if (isBeyond(f, write)) {
                lost.add(new Lost(write, f.epoch()));
                return true;
            }
        }
        return false;
    }

    private static boolean isBeyond(PromotionForced f, Clients.Acknowledged write) {
        long epoch = write.entry().markerEpoch;
        return epoch < f.epoch()
                && (epoch > f.keptEpoch()
                        || epoch == f.keptEpoch()
                                && write.position() > f.keptLsn().value());
    }

    /** A forced promotion that came to nothing excuses nothing: what it gave up is asked for again. */
    void established(GroupState after) {
        forced.removeIf(f -> after.lineage().stream().noneMatch(reign -> reign.epoch() == f.epoch()));
        List<Lost> before = List.copyOf(lost);
        lost.clear();
        for (Lost l : before) {
            if (!excuse(l.write())) {
                world.clients.acknowledged.addFirst(l.write());
            }
        }
    }

    /** Data of a member that was not reached are neither streamed to nor rewound, but replaced by a copy. */
    void joins(Server member, Server source, String how) {
        Wal.Entry last = member.wal.last();
        long epoch = last == null ? 0 : last.markerEpoch;
        Wal.Entry end = source.wal.last();
        for (PromotionForced f : forced) {
            boolean ofThatReign = end != null && end.markerEpoch >= f.epoch();
            GroupState truth = world.log.truth();
            boolean onChain = truth != null && truth.lineage().stream().anyMatch(reign -> reign.epoch() == f.epoch());
            require(
                    !ofThatReign
                            || !onChain
                            || epoch >= f.epoch()
                            || !f.notReached().contains(member.name),
                    "I9 NonSyncOnlyForced",
                    () -> "%s, which the forced promotion of epoch %d did not reach, %s %s with data of epoch %d"
                            .formatted(member.name, f.epoch(), how, source.name, epoch));
        }
    }
}
