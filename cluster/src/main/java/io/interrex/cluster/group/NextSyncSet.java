package io.interrex.cluster.group;

import io.interrex.cluster.durability.Lineage;
import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.Evidence.Dead;
import io.interrex.cluster.group.Evidence.Revoked;
import io.interrex.cluster.group.GroupCommand.AuthorizePromotion;
import io.interrex.cluster.group.Troubles.GreyFailure;
import io.interrex.cluster.settings.GroupSettings.OnLastStandbyLoss;
import java.util.HashSet;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Decides who is in the commit rule of the next reign from its first transaction (protocol.md, "Failover", step 4): those of
 * F whose data the candidate's WAL can go on from.
 */
final class NextSyncSet {

    private NextSyncSet() {}

    /** Whether a primary may go on without any synchronous standby. */
    static boolean mayDegrade(GroupState state) {
        return !state.settings().strict() && state.settings().onLastStandbyLoss() == OnLastStandbyLoss.DEGRADE;
    }

    static SyncSet of(GroupState state, AuthorizePromotion c, Ranking ranking, String candidate) {
        var standbys = new TreeSet<String>();
        for (Ranking.Entry entry : ranking.entries()) {
            MemberInfo member = state.members().get(entry.member());
            boolean sound = entry.excludedBy() == null
                    || entry.excludedBy() == RuleId.CANDIDATE_BEHIND
                    || entry.excludedBy() == RuleId.CANDIDATE_PREFERRED
                    || entry.excludedBy() == RuleId.CANDIDATE_NOFAILOVER;
            if (member != null
                    && !member.nosync()
                    && sound
                    && !isWaitedForInVain(state, entry.member())
                    && !entry.member().equals(candidate)
                    && !state.forcing().mustBeCloned(entry.member(), entry.epochInWal())
                    && mayFollow(state, revoked(c, entry.member()), revoked(c, candidate))) {
                standbys.add(entry.member());
            }
        }
        return rule(state, standbys);
    }

    /**
     * Nobody but the former primary may be promoted. What a standby has of its reigns it got from it, and a primary sends only
     * what it has flushed, so that the standby can go on from there whatever the position in the evidence is.
     *
     * <p>Where the group may go on without a copy it does not wait for one that is far behind, or that was waited for in vain.
     */
    static SyncSet ofTheFormer(GroupState state, AuthorizePromotion c, String former) {
        var standbys = new TreeSet<String>();
        Lsn end = deadAt(c, former);
        boolean inVain = state.unestablished().stream()
                .anyMatch(p ->
                        p.candidate().equals(former) && !p.syncSet().standbys().isEmpty());
        if (end == null || !former.equals(state.primary()) || inVain && mayDegrade(state)) {
            return SyncSet.NONE;
        }
        for (Evidence item : c.evidence()) {
            MemberInfo member = item instanceof Revoked r ? state.members().get(r.member()) : null;
            if (item instanceof Revoked r
                    && r.epoch() >= c.epoch()
                    && !r.member().equals(former)
                    && !state.upkeep().isInMaintenance(r.member())
                    && !isWaitedForInVain(state, r.member())
                    && member != null
                    && !member.nosync()
                    && !state.forcing().mustBeCloned(r.member(), r.epochInWal())
                    && !(mayDegrade(state)
                            && end.bytesSince(r.flushLsn()) > state.settings().maxLagBytes())
                    && isOfTheFormer(state, r, former)) {
                standbys.add(r.member());
            }
        }
        return rule(state, standbys);
    }

    /** It flushes nothing, and the group may go on without a copy. */
    private static boolean isWaitedForInVain(GroupState state, String member) {
        return mayDegrade(state) && state.troubles().has(GreyFailure.FLUSH_STALLED, member);
    }

    private static @Nullable Lsn deadAt(AuthorizePromotion c, String former) {
        return c.evidence().stream()
                .filter(Dead.class::isInstance)
                .map(Dead.class::cast)
                .filter(d -> d.member().equals(former) && d.epoch() >= c.epoch())
                .map(Dead::lsn)
                .findFirst()
                .orElse(null);
    }

    /** All of its WAL is the former primary's: of its reigns, or of one before them and not past the point where the next began. */
    private static boolean isOfTheFormer(GroupState state, Revoked r, String former) {
        if (!state.systemId().isEmpty() && !state.systemId().equals(r.systemId())) {
            return false;
        }
        var own = new HashSet<UUID>();
        boolean alone = true;
        for (GroupState.Promotion promotion : state.unestablished()) {
            if (promotion.candidate().equals(former)) {
                own.add(promotion.uuid());
            } else {
                alone = false;
            }
        }
        UUID last = state.lineage().getLast().uuid();
        boolean ofItsLastReign = last.equals(r.uuid()) && alone;
        return own.contains(r.uuid())
                || ofItsLastReign
                || Lineage.of(state.lineage(), r.epochInWal(), r.uuid(), r.timeline(), r.flushLsn())
                        == Lineage.Fit.STREAMS;
    }

    private static SyncSet rule(GroupState state, SortedSet<String> standbys) {
        return SyncSet.of(Math.min(state.settings().k(), standbys.size()), standbys);
    }

    /**
     * Data that went on to a timeline without a marker is only known to be the candidate's if that has the same and one
     * promotion alone can have made it; else the candidate's WAL could overwrite other WAL, and its copy would be none.
     */
    private static boolean mayFollow(GroupState state, @Nullable Revoked standby, @Nullable Revoked candidate) {
        if (standby == null) {
            return true;
        }
        boolean unmarked = state.possibleReigns().stream()
                .anyMatch(reign ->
                        reign.uuid().equals(standby.uuid()) && Lineage.leftWithoutMarker(reign, standby.timeline()));
        boolean same = candidate != null
                && candidate.timeline() == standby.timeline()
                && Objects.equals(candidate.uuid(), standby.uuid());
        return !unmarked || same && state.unestablished().size() == 1;
    }

    private static @Nullable Revoked revoked(AuthorizePromotion c, String member) {
        return c.evidence().stream()
                .filter(Revoked.class::isInstance)
                .map(Revoked.class::cast)
                .filter(r -> r.member().equals(member))
                .findFirst()
                .orElse(null);
    }
}
