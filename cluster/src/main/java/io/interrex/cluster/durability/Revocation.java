package io.interrex.cluster.durability;

import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.Evidence.Dead;
import io.interrex.cluster.group.Evidence.Revoked;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether enough members have promised to take no older WAL (protocol.md, "Failover", step 2): only then can no
 * commit that was ever acknowledged be missing from all of them.
 */
public final class Revocation {

    private Revocation() {}

    /**
     * @param covered every live configuration is covered
     * @param onlyPrimary if not null, the cover rests on that former primary, which must be the candidate
     * @param missing who could still complete it
     * @param why in words, per configuration
     */
    public record Verdict(boolean covered, @Nullable String onlyPrimary, List<String> missing, String why) {}

    /**
     * What an authorized, never established promotion proves: when it was authorized nothing older could be acknowledged
     * any more, and everything acknowledged was at or below {@code floorLsn} of the reign {@code baseUuid}.
     */
    public record Floor(long epoch, UUID uuid, @Nullable UUID baseUuid, Lsn floorLsn) {}

    /** Whether every live configuration is covered, and who is missing where one is not (protocol.md, "Failover", step 2). */
    public static Verdict judge(
            Collection<LiveConfiguration> live, Collection<Floor> floors, Collection<Evidence> evidence, long epoch) {
        var revoked = new TreeSet<String>();
        var dead = new ArrayList<Dead>();
        var positions = new ArrayList<Revoked>();
        for (Evidence item : evidence) {
            if (item instanceof Revoked r && r.epoch() >= epoch) {
                revoked.add(r.member());
                positions.add(r);
            } else if (item instanceof Dead d && d.epoch() >= epoch) {
                dead.add(d);
            }
        }
        var missing = new TreeSet<String>();
        var words = new ArrayList<String>();
        String onlyPrimary = null;
        boolean covered = true;
        for (LiveConfiguration c : live) {
            if (c.syncSet().isRevokedBy(revoked)) {
                words.add(count(c.syncSet(), c.epoch(), revoked));
                continue;
            }
            if (coveredByLaterFloor(c, floors, positions)) {
                words.add("%s of epoch %d: a later promotion fixed what it acknowledged, and that is held"
                        .formatted(c.syncSet(), c.epoch()));
                continue;
            }
            if (stoppedCleanlyAndHeld(c, dead, positions)) {
                words.add("%s of epoch %d: %s stopped cleanly and its shutdown checkpoint is held"
                        .formatted(c.syncSet(), c.epoch(), c.primary()));
                continue;
            }
            boolean frozen = revoked.contains(c.primary())
                    || dead.stream().anyMatch(d -> d.member().equals(c.primary()));
            if (frozen && (onlyPrimary == null || onlyPrimary.equals(c.primary()))) {
                onlyPrimary = c.primary();
                words.add("%s of epoch %d: %s is dead or revoked itself, and must be the candidate"
                        .formatted(c.syncSet(), c.epoch(), c.primary()));
                continue;
            }
            covered = false;
            c.syncSet().standbys().stream().filter(s -> !revoked.contains(s)).forEach(missing::add);
            if (c.syncSet().k() == 0) {
                missing.add(c.primary());
            }
            words.add(count(c.syncSet(), c.epoch(), revoked));
        }
        return new Verdict(covered, onlyPrimary, List.copyOf(missing), String.join("; ", words));
    }

    private static String count(SyncSet syncSet, long epoch, Collection<String> revoked) {
        return "%s of epoch %d: %d of %d revoked, %d needed"
                .formatted(syncSet, epoch, syncSet.countOf(revoked), syncSet.size(), syncSet.revocationQuorum());
    }

    private static boolean coveredByLaterFloor(LiveConfiguration c, Collection<Floor> floors, List<Revoked> positions) {
        return floors.stream()
                .filter(f -> f.epoch() > c.epoch())
                .anyMatch(f -> positions.stream()
                        .anyMatch(p -> f.uuid().equals(p.uuid())
                                || f.baseUuid() != null
                                        && f.baseUuid().equals(p.uuid())
                                        && p.flushLsn().isAtLeast(f.floorLsn())));
    }

    private static boolean stoppedCleanlyAndHeld(LiveConfiguration c, List<Dead> dead, List<Revoked> positions) {
        return dead.stream()
                .anyMatch(d -> d.member().equals(c.primary())
                        && d.cleanStop()
                        && positions.stream()
                                .anyMatch(p -> p.epochInWal() == c.epoch()
                                        && p.flushLsn().isAtLeast(d.lsn())));
    }
}
