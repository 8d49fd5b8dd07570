package io.interrex.cluster.election;

import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.group.Evidence.Dead;
import io.interrex.cluster.group.Evidence.Revoked;
import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.group.Ranking;
import io.interrex.cluster.group.Ranking.Entry;
import io.interrex.cluster.group.RuleId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides who is promoted: the best of the revoked by (place of its marker in the log's chain, flushed position); only
 * then preference. Everybody else is listed with the rule that excluded it (protocol.md, "Failover", step 3).
 */
public final class Election {

    private Election() {}

    /**
     * @param lineage the log's chain of reigns, oldest first
     * @param systemId of the group, empty where not known yet
     * @param former the primary that is replaced
     * @param target the member that a person ordered
     * @param onlyPrimary if not null, nobody else may be the candidate
     * @param ordered a person asked for this failover
     * @param fullDisks members whose disks are nearly full
     * @param maintained members in maintenance
     * @param counted members that commits may have waited for
     */
    public record Question(
            Map<String, MemberInfo> members,
            List<Reign> lineage,
            String systemId,
            @Nullable String former,
            @Nullable String target,
            @Nullable String onlyPrimary,
            boolean ordered,
            Set<String> fullDisks,
            Set<String> maintained,
            Set<String> counted,
            Collection<Revoked> revoked,
            Collection<Dead> dead) {}

    /** All members in order, the excluded ones with their rule; the same question gives the same order. */
    public static Ranking rank(Question q) {
        if (q.onlyPrimary() != null) {
            return onlyTheFormer(q, q.onlyPrimary());
        }
        var eligible = new ArrayList<Revoked>();
        var excluded = new ArrayList<Entry>();
        for (MemberInfo member : q.members().values()) {
            Optional<Revoked> position = q.revoked().stream()
                    .filter(r -> r.member().equals(member.name()))
                    .findFirst();
            if (position.isEmpty()) {
                excluded.add(new Entry(
                        member.name(),
                        io.interrex.cluster.durability.Lsn.ZERO,
                        0,
                        member.name().equals(q.former()) ? RuleId.CANDIDATE_IS_FORMER : RuleId.CANDIDATE_UNKNOWN,
                        member.name().equals(q.former())
                                ? "is the primary that is replaced"
                                : "gave no revoked position"));
                continue;
            }
            Entry against = exclusion(q, member, position.get());
            if (against == null) {
                eligible.add(position.get());
            } else {
                excluded.add(against);
            }
        }
        eligible.sort(Comparator.comparingInt((Revoked r) -> -placeInChain(q.lineage(), r))
                .thenComparing(Comparator.comparing(Revoked::flushLsn).reversed())
                .thenComparing(r -> preference(q, r)));
        return assemble(q, eligible, excluded, aheadButHeldBack(q, eligible));
    }

    /**
     * A member tagged nofailover may hold what no other has: then nobody is promoted without a person's order. So may one in
     * maintenance that commits waited for; what another in maintenance has beyond that nobody was promised.
     */
    private static @Nullable Revoked aheadButHeldBack(Question q, List<Revoked> eligible) {
        Revoked best = eligible.isEmpty() ? null : eligible.getFirst();
        for (Revoked r : q.revoked()) {
            MemberInfo member = q.members().get(r.member());
            Entry against = member == null ? null : exclusion(q, member, r);
            boolean heldBack = against != null
                    && (against.excludedBy() == RuleId.CANDIDATE_NOFAILOVER
                            || against.excludedBy() == RuleId.CANDIDATE_MAINTENANCE
                                    && q.counted().contains(r.member()));
            if (heldBack && (best == null || isAhead(q, r, best))) {
                return r;
            }
        }
        return null;
    }

    private static boolean isAhead(Question q, Revoked one, Revoked other) {
        int places = Integer.compare(placeInChain(q.lineage(), one), placeInChain(q.lineage(), other));
        return places > 0 || places == 0 && one.flushLsn().compareTo(other.flushLsn()) > 0;
    }

    private static Ranking assemble(
            Question q, List<Revoked> eligible, List<Entry> excluded, @Nullable Revoked heldBack) {
        var entries = new ArrayList<Entry>();
        String candidate = null;
        if (heldBack != null) {
            eligible.forEach(r -> entries.add(new Entry(
                    r.member(),
                    r.flushLsn(),
                    r.epochInWal(),
                    RuleId.CANDIDATE_BEHIND,
                    heldBackWords(q, heldBack.member()))));
            entries.addAll(excluded);
            return new Ranking(null, List.copyOf(entries));
        }
        for (Revoked r : eligible) {
            if (candidate == null) {
                candidate = r.member();
                entries.add(new Entry(r.member(), r.flushLsn(), r.epochInWal(), null, "newest lineage and position"));
                continue;
            }
            Revoked best = eligible.getFirst();
            boolean older = placeInChain(q.lineage(), r) < placeInChain(q.lineage(), best);
            boolean behind = !older && r.flushLsn().compareTo(best.flushLsn()) < 0;
            boolean full = q.fullDisks().contains(r.member()) && !q.fullDisks().contains(best.member());
            RuleId rule = older
                    ? RuleId.CANDIDATE_OLD_LINEAGE
                    : behind ? RuleId.CANDIDATE_BEHIND : full ? RuleId.CANDIDATE_DISK : RuleId.CANDIDATE_PREFERRED;
            String why = older
                    ? "its data is of epoch %d, %s has epoch %d"
                            .formatted(r.epochInWal(), best.member(), best.epochInWal())
                    : behind
                            ? "%d bytes behind %s".formatted(best.flushLsn().bytesSince(r.flushLsn()), best.member())
                            : full
                                    ? "as good as %s, but its disk is nearly full".formatted(best.member())
                                    : "as good as %s, which is preferred".formatted(best.member());
            entries.add(new Entry(r.member(), r.flushLsn(), r.epochInWal(), rule, why));
        }
        entries.addAll(excluded);
        return new Ranking(candidate, List.copyOf(entries));
    }

    private static String heldBackWords(Question q, String member) {
        return q.maintained().contains(member)
                ? "%s holds more and is in maintenance: end that (interrex maintenance %s --end)"
                        .formatted(member, member)
                : "%s holds more and is tagged nofailover: order a failover to it".formatted(member);
    }

    private static @Nullable Entry exclusion(Question q, MemberInfo member, Revoked r) {
        if (!q.systemId().isEmpty() && !q.systemId().equals(r.systemId())) {
            return new Entry(
                    r.member(),
                    r.flushLsn(),
                    r.epochInWal(),
                    RuleId.CANDIDATE_FOREIGN,
                    "its system identifier is %s, the group's is %s".formatted(r.systemId(), q.systemId()));
        }
        if (!q.lineage().isEmpty() && placeInChain(q.lineage(), r) < 0) {
            return new Entry(
                    r.member(),
                    r.flushLsn(),
                    r.epochInWal(),
                    RuleId.CANDIDATE_OFF_CHAIN,
                    "its marker (epoch %d, %s) is not on the log's chain of reigns"
                            .formatted(r.epochInWal(), r.uuid()));
        }
        if (q.maintained().contains(member.name())) {
            return new Entry(
                    r.member(), r.flushLsn(), r.epochInWal(), RuleId.CANDIDATE_MAINTENANCE, "is in maintenance");
        }
        boolean named = member.name().equals(q.target());
        if (member.nofailover() && !named) {
            return new Entry(
                    r.member(), r.flushLsn(), r.epochInWal(), RuleId.CANDIDATE_NOFAILOVER, "is tagged nofailover");
        }
        return null;
    }

    /** It is the candidate if it is dead, or promised and is not excluded; everybody else may miss what it acknowledged. */
    private static Ranking onlyTheFormer(Question q, String former) {
        var entries = new ArrayList<Entry>();
        Optional<Dead> dead =
                q.dead().stream().filter(d -> d.member().equals(former)).findFirst();
        Optional<Revoked> revoked =
                q.revoked().stream().filter(r -> r.member().equals(former)).findFirst();
        MemberInfo member = q.members().get(former);
        String candidate = null;
        if (revoked.isPresent() && member != null) {
            Revoked r = revoked.get();
            Entry against = exclusion(q, member, r);
            candidate = against == null ? former : null;
            entries.add(
                    against == null
                            ? new Entry(
                                    former,
                                    r.flushLsn(),
                                    r.epochInWal(),
                                    null,
                                    "was authorized before, and holds what it acknowledged")
                            : against);
        } else if (dead.isPresent()) {
            candidate = former;
            entries.add(new Entry(
                    former,
                    dead.get().lsn(),
                    0,
                    null,
                    "is the recorded primary, verified dead, and nobody else is known to hold its commits"));
        }
        for (MemberInfo other : q.members().values()) {
            if (!other.name().equals(former)) {
                entries.add(new Entry(
                        other.name(),
                        io.interrex.cluster.durability.Lsn.ZERO,
                        0,
                        RuleId.PROMOTION_DEGRADED,
                        "may miss commits that " + former + " acknowledged"));
            }
        }
        return new Ranking(candidate, List.copyOf(entries));
    }

    /** Whether its data is of the group that has this identifier, and of one of these reigns; an empty one is not known. */
    public static boolean isOnChain(List<Reign> lineage, String systemId, Revoked r) {
        boolean foreign = !systemId.isEmpty() && !systemId.equals(r.systemId());
        return !foreign && (lineage.isEmpty() || placeInChain(lineage, r) >= 0);
    }

    /** Index of the reign that the member's last marker belongs to, −1 where it is not on the chain. */
    private static int placeInChain(List<Reign> lineage, Revoked r) {
        for (int i = lineage.size() - 1; i >= 0; i--) {
            Reign reign = lineage.get(i);
            if (reign.epoch() == r.epochInWal() && reign.uuid().equals(r.uuid())) {
                return i;
            }
        }
        return -1;
    }

    /** Sorts ascending: the ordered target, then a disk that has room, then priority, then another zone than the former's, then the name. */
    private static String preference(Question q, Revoked r) {
        MemberInfo member = q.members().get(r.member());
        MemberInfo former = q.former() == null ? null : q.members().get(q.former());
        if (member == null) {
            return "9";
        }
        boolean otherZone = former == null || !former.zone().equals(member.zone());
        return "%d|%d|%010d|%d|%s"
                .formatted(
                        r.member().equals(q.target()) ? 0 : 1,
                        q.fullDisks().contains(r.member()) ? 1 : 0,
                        Integer.MAX_VALUE - (long) Math.max(0, member.priority()),
                        otherZone ? 0 : 1,
                        member.name());
    }
}
