package io.interrex.cluster.group;

import io.interrex.cluster.durability.LiveConfiguration;
import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.durability.Revocation;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.election.Election;
import io.interrex.cluster.group.Evidence.Dead;
import io.interrex.cluster.group.Evidence.Revoked;
import io.interrex.cluster.group.GroupCommand.AuthorizePromotion;
import io.interrex.cluster.group.GroupCommand.ReportEstablished;
import io.interrex.cluster.group.GroupCommand.ReportRestarted;
import io.interrex.cluster.group.GroupEvent.Durability;
import io.interrex.cluster.group.GroupEvent.OperationFinished;
import io.interrex.cluster.group.GroupEvent.PrimaryEstablished;
import io.interrex.cluster.group.GroupEvent.PrimaryFenced;
import io.interrex.cluster.group.GroupEvent.PromotionAuthorized;
import io.interrex.cluster.group.GroupEvent.RestartBarrier;
import io.interrex.cluster.group.GroupState.Phase;
import io.interrex.cluster.group.GroupState.Promotion;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Decides who is promoted and when a reign, or a restarted primary, may open (protocol.md, "Failover", steps 2 to 8). */
final class PromotionDecisions {

    private PromotionDecisions() {}

    static Decision authorize(GroupState state, AuthorizePromotion c) {
        if (c.epoch() != state.epoch() || state.phase() != Phase.STARTED) {
            return Decision.refuse(
                    RuleId.FAILOVER_STALE,
                    "epoch %d was asked about, epoch %d is %s".formatted(c.epoch(), state.epoch(), state.phase()));
        }
        if (FailoverDecisions.isExpired(state, c.stamp())) {
            return Decision.refuse(RuleId.FAILOVER_EXPIRED, "epoch " + state.epoch() + " is past its expiry");
        }
        boolean async = state.durability() == Durability.ASYNC;
        Forcing.Order order = FailoverDecisions.isPastGrace(state, c.stamp())
                ? state.forcing().orderFor(state.epoch())
                : null;
        Revocation.Verdict verdict = async
                ? new Revocation.Verdict(true, null, List.of(), "asynchronous: no count")
                : Revocation.judge(state.liveConfigurations(), floors(state), sound(state, c), c.epoch());
        if (!verdict.covered() && order == null) {
            return held(state, c, RuleId.PROMOTION_NO_QUORUM, verdict.why(), verdict.missing());
        }
        return elect(state, c, verdict, order);
    }

    /** @param order stands in for the count where that is not met, and for max-lag; null: nobody's does */
    private static Decision elect(
            GroupState state, AuthorizePromotion c, Revocation.Verdict verdict, Forcing.@Nullable Order order) {
        boolean async = state.durability() == Durability.ASYNC;
        String onlyPrimary = verdict.covered() ? verdict.onlyPrimary() : null;
        Ranking ranking = Election.rank(question(
                state,
                c,
                onlyPrimary,
                verdict.covered() ? state.counted() : state.members().keySet()));
        String candidate = ranking.candidate();
        Decision noLoss = async ? backWithoutLoss(state, c, ranking) : null;
        if (noLoss != null) {
            return noLoss;
        }
        if (candidate == null) {
            return held(
                    state,
                    c,
                    RuleId.PROMOTION_NO_CANDIDATE,
                    words(ranking),
                    List.copyOf(state.members().keySet()));
        }
        long lossBytes = async ? ranking.lossBytes(c.lastPrimaryLsn()) : 0;
        long maxBytes = state.settings().maxLagBytes();
        String lag =
                "%d bytes would be lost, max-lag is %d bytes%s".formatted(lossBytes, maxBytes, ranking.whoHasThem());
        String why = verdict.covered() ? lag : verdict.why();
        if (verdict.covered() && lossBytes <= maxBytes) {
            Decision decision = promote(state, c, ranking, candidate, onlyPrimary);
            String alive = decision.accepted() ? FencingDecisions.unproven(state, c, candidate) : null;
            if (alive == null) {
                return decision;
            }
            why = alive + " is not proven dead";
            if (order == null) {
                return held(state, c, RuleId.POWER_NEEDED, why, List.of(alive));
            }
        }
        if (order == null) {
            return held(state, c, RuleId.PROMOTION_LAG_OVER_CAP, lag, List.of());
        }
        if (!candidate.equals(order.target())) {
            return held(
                    state,
                    c,
                    RuleId.FORCED_TARGET_BEHIND,
                    "%s was named, and %s is ahead of it: %s".formatted(order.target(), candidate, words(ranking)),
                    List.of());
        }
        Decision decision = promote(state, c, ranking, candidate, null);
        boolean asOrdered = decision.events().stream()
                .anyMatch(
                        e -> e instanceof PromotionAuthorized p && p.candidate().equals(order.target()));
        return asOrdered ? byForce(decision, ForceDecisions.forced(state, c, order, ranking, why)) : decision;
    }

    private static Decision promote(
            GroupState state, AuthorizePromotion c, Ranking ranking, String candidate, @Nullable String onlyPrimary) {
        boolean async = state.durability() == Durability.ASYNC;
        Lsn floor = ranking.entries().getFirst().flushLsn();
        boolean alone = async || !state.settings().synchronous();
        SyncSet next = alone
                ? SyncSet.NONE
                : onlyPrimary == null
                        ? NextSyncSet.of(state, c, ranking, candidate)
                        : NextSyncSet.ofTheFormer(state, c, candidate);
        if (!alone && next.k() == 0 && !NextSyncSet.mayDegrade(state)) {
            Decision back = onlyPrimary == null ? backToTheFormer(state, c) : null;
            return back != null
                    ? back
                    : held(
                            state,
                            c,
                            RuleId.PROMOTION_NO_STANDBY_LEFT,
                            candidate + " would be left without a synchronous standby",
                            List.copyOf(state.others(candidate).keySet()));
        }
        return authorized(state, c, ranking, candidate, floor, next);
    }

    /** The same promotion, with the word of the person who answers for it before it. */
    private static Decision byForce(Decision decision, GroupEvent.PromotionForced forced) {
        var events = new ArrayList<GroupEvent>();
        events.add(forced);
        for (GroupEvent event : decision.events()) {
            events.add(
                    event instanceof PromotionAuthorized p
                            ? new PromotionAuthorized(
                                    p.epoch(),
                                    RuleId.PROMOTION_FORCED,
                                    p.candidate(),
                                    p.floorLsn(),
                                    p.syncSet(),
                                    p.uuid(),
                                    p.baseEpoch(),
                                    p.baseUuid(),
                                    p.ranking(),
                                    p.evidence())
                            : event);
        }
        return Decision.accept(
                RuleId.PROMOTION_FORCED, decision.why() + "; " + forced.loss().words(), events);
    }

    /**
     * In an asynchronous group nobody may be promoted, or nobody without a loss beyond the limit, and the dead primary is in
     * reach: it holds all that there is. Null where that is not so, or somebody may answer yet.
     */
    private static @Nullable Decision backWithoutLoss(GroupState state, AuthorizePromotion c, Ranking standbys) {
        String former = state.primary();
        boolean possible = standbys.candidate() != null
                && standbys.lossBytes(c.lastPrimaryLsn()) <= state.settings().maxLagBytes();
        if (former == null || possible || !FailoverDecisions.isPastGrace(state, c.stamp())) {
            return null;
        }
        Ranking ranking = Election.rank(question(state, c, former, state.counted()));
        return former.equals(ranking.candidate())
                ? authorized(
                        state, c, ranking, former, ranking.entries().getFirst().flushLsn(), SyncSet.NONE)
                : null;
    }

    /**
     * The best standby would have no copy, and the group may not go on without one: the dead primary holds all that it
     * acknowledged, and may be promoted with the standby that it had. Null where that is not so, or somebody may answer yet.
     */
    private static @Nullable Decision backToTheFormer(GroupState state, AuthorizePromotion c) {
        String former = state.primary();
        boolean itsOwn = former != null
                && state.liveConfigurations().stream()
                        .allMatch(live -> live.primary().equals(former));
        if (former == null || !itsOwn || !FailoverDecisions.isPastGrace(state, c.stamp())) {
            return null;
        }
        Ranking ranking = Election.rank(question(state, c, former, state.counted()));
        SyncSet next = NextSyncSet.ofTheFormer(state, c, former);
        return next.k() == 0 || !former.equals(ranking.candidate())
                ? null
                : authorized(
                        state, c, ranking, former, ranking.entries().getFirst().flushLsn(), next);
    }

    /** Who has not answered yet may still answer: nobody is told before that is unlikely. */
    private static Decision held(
            GroupState state, AuthorizePromotion c, RuleId rule, String why, List<String> missing) {
        return FailoverDecisions.isPastGrace(state, c.stamp())
                ? FailoverDecisions.held(state, c.evidence(), rule, why, missing)
                : Decision.refuse(rule, why);
    }

    /** What a member with foreign data, or with a marker that is not on the chain, promises says nothing about commits. */
    private static List<Evidence> sound(GroupState state, AuthorizePromotion c) {
        return c.evidence().stream()
                .filter(e -> !(e instanceof Revoked r)
                        || state.mayProve(r.member())
                                && Election.isOnChain(state.possibleReigns(), state.systemId(), r))
                .toList();
    }

    private static Decision authorized(
            GroupState state, AuthorizePromotion c, Ranking ranking, String candidate, Lsn floor, SyncSet next) {
        Reign base = base(state, c, candidate);
        var events = new ArrayList<GroupEvent>();
        events.add(new PromotionAuthorized(
                c.epoch(),
                RuleId.PROMOTION_AUTHORIZED,
                candidate,
                floor,
                next,
                c.uuid(),
                base == null ? 0 : base.epoch(),
                base == null ? null : base.uuid(),
                ranking,
                c.evidence()));
        for (Evidence item : c.evidence()) {
            if (item instanceof Dead d
                    && d.member().equals(state.primary())
                    && !state.fenced().containsKey(d.member())) {
                events.add(new PrimaryFenced(
                        c.epoch(),
                        RuleId.FENCED,
                        d.member(),
                        d.cleanStop() ? Fencing.RELEASED : Fencing.VERIFIED_DEAD,
                        "gate closed and no process left after %d ms".formatted(d.tookMs())));
            }
        }
        return Decision.accept(
                RuleId.PROMOTION_AUTHORIZED, candidate + " at " + floor + " with " + next, List.copyOf(events));
    }

    /** @param counted whose lead is not passed by: where nobody's promises prove what was acknowledged, everybody's */
    private static Election.Question question(
            GroupState state, AuthorizePromotion c, @Nullable String onlyPrimary, Set<String> counted) {
        GroupState.Failover failover = state.failover();
        return new Election.Question(
                state.members(),
                state.possibleReigns(),
                state.systemId(),
                state.primary(),
                failover == null ? null : failover.target(),
                onlyPrimary,
                failover != null && failover.operation() != null,
                state.troubles().fullDisks(),
                state.upkeep().maintenance().keySet(),
                counted,
                c.evidence().stream()
                        .filter(Revoked.class::isInstance)
                        .map(Revoked.class::cast)
                        .filter(r -> r.epoch() >= c.epoch() && !r.member().equals(state.primary()))
                        .toList(),
                c.evidence().stream()
                        .filter(Dead.class::isInstance)
                        .map(Dead.class::cast)
                        .filter(d -> d.epoch() >= c.epoch())
                        .toList());
    }

    /**
     * The reign that the candidate's data belongs to until it is promoted: that of its marker. One that only said that it is dead
     * was given some reigns and wrote no other's marker: it is the newest of its own. That of another member, never established,
     * would make that member's WAL look like a part of the chain.
     */
    private static @Nullable Reign base(GroupState state, AuthorizePromotion c, String candidate) {
        for (Evidence item : c.evidence()) {
            if (item instanceof Revoked r && r.member().equals(candidate) && r.uuid() != null) {
                return lastOf(state.possibleReigns(), reign -> reign.uuid().equals(r.uuid()));
            }
        }
        var own = new HashSet<UUID>();
        state.unestablished().stream()
                .filter(p -> p.candidate().equals(candidate))
                .forEach(p -> own.add(p.uuid()));
        if (candidate.equals(state.primary())) {
            own.add(state.lineage().getLast().uuid());
        }
        return lastOf(state.possibleReigns(), reign -> own.contains(reign.uuid()));
    }

    private static @Nullable Reign lastOf(List<Reign> reigns, Predicate<Reign> which) {
        return reigns.reversed().stream().filter(which).findFirst().orElse(null);
    }

    /** What a forced promotion was built on is no proof that nothing else was acknowledged. */
    private static List<Revocation.Floor> floors(GroupState state) {
        return state.unestablished().stream()
                .filter(p -> !p.isForced())
                .map(p -> new Revocation.Floor(p.epoch(), p.uuid(), p.baseUuid(), p.floorLsn()))
                .toList();
    }

    private static String words(Ranking ranking) {
        var words = new ArrayList<String>();
        ranking.entries().forEach(e -> words.add(e.member() + " " + e.why()));
        return String.join("; ", words);
    }

    static Decision established(GroupState state, ReportEstablished c) {
        if (c.epoch() != state.epoch()) {
            return Decision.refuse(
                    RuleId.FAILOVER_STALE,
                    "epoch %d was reported, epoch %d is current".formatted(c.epoch(), state.epoch()));
        }
        if (state.phase() == Phase.ESTABLISHED) {
            return Decision.refuse(RuleId.ESTABLISHED, "epoch " + c.epoch() + " is established already");
        }
        Promotion promotion = state.promotion();
        boolean first = state.phase() == Phase.CREATED && c.member().equals(state.firstMember());
        boolean promoted = promotion != null
                && promotion.candidate().equals(c.member())
                && promotion.uuid().equals(c.reign().uuid());
        if (!first && !promoted) {
            return Decision.refuse(
                    RuleId.FAILOVER_STALE, c.member() + " is not the one that epoch " + c.epoch() + " was given to");
        }
        SyncSet syncSet = promotion == null ? SyncSet.NONE : promotion.syncSet();
        if (syncSet.countOf(c.flushedBy()) < syncSet.k()) {
            return Decision.refuse(
                    RuleId.ESTABLISHED_NOT_FLUSHED,
                    "the marker at %s is flushed on %s, %s needs %d"
                            .formatted(c.barrierLsn(), c.flushedBy(), syncSet, syncSet.k()));
        }
        var events = new ArrayList<GroupEvent>();
        String former = state.primary();
        if (former != null && !former.equals(c.member()) && !state.fenced().containsKey(former)) {
            events.add(new PrimaryFenced(
                    c.epoch(),
                    RuleId.FENCED,
                    former,
                    Fencing.LEASE_EXPIRED,
                    c.member() + " holds a majority lease of epoch " + c.epoch() + ", so that of " + former
                            + " has run out"));
        }
        events.add(new PrimaryEstablished(
                c.epoch(), RuleId.ESTABLISHED, c.member(), c.reign(), c.barrierLsn(), c.flushedBy(), c.systemId()));
        Durability durability = SyncSetDecisions.durabilityOf(state.settings(), syncSet);
        if (durability != state.durability()) {
            events.add(SyncSetDecisions.durabilityChanged(c.epoch(), durability, syncSet));
        }
        GroupState.Operation operation = state.operation();
        if (operation != null) {
            events.add(new OperationFinished(
                    c.epoch(),
                    RuleId.ORDER_FINISHED,
                    operation.id(),
                    operation.target().equals(c.member()),
                    c.member() + " is the primary of epoch " + c.epoch()));
        }
        events.addAll(ForceDecisions.ended(state, c.epoch(), c.member()));
        events.addAll(MemberOrderDecisions.reinitEnds(state, c.member(), false, "it became the primary"));
        return Decision.accept(RuleId.ESTABLISHED, c.member() + " is established", List.copyOf(events));
    }

    static Decision restarted(GroupState state, ReportRestarted c) {
        boolean current = c.epoch() == state.epoch()
                && state.phase() == Phase.ESTABLISHED
                && c.member().equals(state.primary());
        if (!current) {
            return Decision.refuse(
                    RuleId.FAILOVER_STALE, "epoch %d of %s is not current".formatted(c.epoch(), c.member()));
        }
        if (state.barrierLsn().isAtLeast(c.endLsn())) {
            return Decision.refuse(RuleId.ORDER_ALREADY, "the barrier at " + state.barrierLsn() + " is recorded");
        }
        for (LiveConfiguration live : state.liveConfigurations()) {
            if (live.syncSet().countOf(c.flushedBy()) < live.syncSet().k()) {
                return Decision.refuse(
                        RuleId.BARRIER_NOT_FLUSHED,
                        "%s is flushed on %s, %s needs %d"
                                .formatted(
                                        c.endLsn(),
                                        c.flushedBy(),
                                        live.syncSet(),
                                        live.syncSet().k()));
            }
        }
        return Decision.accept(
                RuleId.BARRIER_PASSED,
                c.member() + " may open again",
                new RestartBarrier(c.epoch(), RuleId.BARRIER_PASSED, c.member(), c.endLsn(), c.flushedBy(), c.why()));
    }
}
