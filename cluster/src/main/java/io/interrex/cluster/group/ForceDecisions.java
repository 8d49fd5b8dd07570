package io.interrex.cluster.group;

import io.interrex.cluster.durability.LiveConfiguration;
import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.Evidence.Dead;
import io.interrex.cluster.group.Evidence.Revoked;
import io.interrex.cluster.group.GroupCommand.AuthorizePromotion;
import io.interrex.cluster.group.GroupCommand.OrderForcePromotion;
import io.interrex.cluster.group.GroupCommand.Seen;
import io.interrex.cluster.group.GroupEvent.Durability;
import io.interrex.cluster.group.GroupEvent.FailoverStarted;
import io.interrex.cluster.group.GroupEvent.ForcePromotionOrdered;
import io.interrex.cluster.group.GroupEvent.OperationFinished;
import io.interrex.cluster.group.GroupEvent.OrderRefused;
import io.interrex.cluster.group.GroupEvent.PromotionForced;
import io.interrex.cluster.group.GroupState.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Decides when a person's override is taken, and what it stands for (protocol.md, "Operator override"). */
final class ForceDecisions {

    private ForceDecisions() {}

    static Decision order(GroupState state, OrderForcePromotion c) {
        Decision ended = OrderDecisions.ended(state, c.operation());
        if (ended != null) {
            return ended;
        }
        Forcing.Order running = state.forcing().order();
        if (running != null && running.operation().equals(c.operation())) {
            return Decision.accept(RuleId.ORDER_ACCEPTED, "this order is being carried out already");
        }
        Decision refusal = misnamed(state, c);
        if (refusal == null) {
            refusal = notNeeded(state, c);
        }
        RuleId held = state.held();
        if (refusal != null || held == null) {
            return refusal == null ? refuse(state, c, RuleId.FORCE_NOT_NEEDED, "no failover is held") : refusal;
        }
        KnownLoss loss = loss(state, c);
        var events = new ArrayList<GroupEvent>(withdrawn(state, "another override took its place"));
        events.add(new ForcePromotionOrdered(
                state.epoch(),
                RuleId.ORDER_ACCEPTED,
                c.operation(),
                c.actor(),
                c.reason(),
                c.group(),
                c.epoch(),
                c.target(),
                held,
                loss));
        if (state.phase() != Phase.ESTABLISHED) {
            events.add(new FailoverStarted(
                    state.epoch() + 1,
                    RuleId.ORDER_ACCEPTED,
                    state.primary(),
                    Reason.ORDERED,
                    List.of(),
                    c.stamp().node(),
                    c.stamp().wallMs() + state.settings().failoverExpires().toMillis(),
                    c.target(),
                    c.operation()));
        }
        return Decision.accept(
                RuleId.ORDER_ACCEPTED,
                "%s is to be promoted in epoch %d without what %s asks for; %s"
                        .formatted(c.target(), state.epoch() + 1, held.label(), loss.words()),
                events);
    }

    private static @Nullable Decision misnamed(GroupState state, OrderForcePromotion c) {
        if (!c.group().equals(state.group())) {
            return refuse(
                    state,
                    c,
                    RuleId.FORCE_OTHER_GROUP,
                    "'%s' was typed, this is group %s".formatted(c.group(), state.group()));
        }
        if (c.epoch() != state.epoch()) {
            return refuse(
                    state,
                    c,
                    RuleId.FORCE_OTHER_EPOCH,
                    "epoch %d was typed, epoch %d is current: look again, and order it for that one"
                            .formatted(c.epoch(), state.epoch()));
        }
        if (!state.members().containsKey(c.target())) {
            return refuse(
                    state,
                    c,
                    RuleId.ORDER_UNKNOWN_MEMBER,
                    "there is no member %s; the members are %s"
                            .formatted(c.target(), state.members().keySet()));
        }
        if (state.upkeep().isInMaintenance(c.target())) {
            return refuse(state, c, RuleId.IN_MAINTENANCE, Maintenance.remedy(c.target()));
        }
        if (c.target().equals(state.primary())) {
            return refuse(
                    state,
                    c,
                    RuleId.ORDER_SELF,
                    c.target() + " is the recorded primary: it comes back without an override, and loses nothing");
        }
        return null;
    }

    private static @Nullable Decision notNeeded(GroupState state, OrderForcePromotion c) {
        Optional<Seen> primary = c.seen().stream()
                .filter(s -> s.member().equals(state.primary()))
                .findFirst();
        long freshMs = state.settings().timings().suspectAfter().toMillis();
        boolean alive =
                primary.filter(s -> s.leaseLeftMs() > 0 && s.ageMs() < freshMs).isPresent();
        if (state.phase() == Phase.ESTABLISHED && alive) {
            return refuse(
                    state,
                    c,
                    RuleId.FORCE_NOT_NEEDED,
                    "%s holds the lease of epoch %d: use switchover, or failover, which lose nothing"
                            .formatted(state.primary(), state.epoch()));
        }
        RuleId held = state.held();
        boolean byAnything = state.phase() == Phase.ESTABLISHED
                && (held == RuleId.FAILOVER_PAUSED || held == RuleId.FAILOVER_TOO_MANY)
                && !isCovered(state, c);
        boolean inVain = state.forcing().order() != null && held == RuleId.PROMOTION_NO_CANDIDATE;
        if (!Forcing.standsInFor(held) && !byAnything && !inVain) {
            return refuse(
                    state,
                    c,
                    RuleId.FORCE_NOT_NEEDED,
                    held == null
                            ? "no failover is held: epoch %d is %s; use switchover or failover"
                                    .formatted(state.epoch(), state.phase())
                            : "the failover is held by %s, which no override stands in for".formatted(held.label()));
        }
        if (held == RuleId.FAILOVER_NO_QUORUM && isCovered(state, c)) {
            return refuse(
                    state,
                    c,
                    RuleId.FORCE_NOT_NEEDED,
                    "%s are in reach, which is enough: the failover begins without an override"
                            .formatted(c.standbysInReach()));
        }
        if (!c.standbysInReach().contains(c.target())) {
            return refuse(
                    state,
                    c,
                    RuleId.FORCE_TARGET_AWAY,
                    "node %s hears from no server of %s; in reach are %s"
                            .formatted(c.stamp().node(), c.target(), c.standbysInReach()));
        }
        var copies = new TreeSet<>(c.standbysInReach());
        copies.remove(c.target());
        copies.removeIf(member -> state.upkeep().isInMaintenance(member)
                || state.member(member).filter(MemberInfo::nosync).isPresent());
        if (state.durability() != Durability.ASYNC && copies.isEmpty() && !NextSyncSet.mayDegrade(state)) {
            return refuse(
                    state,
                    c,
                    RuleId.PROMOTION_NO_STANDBY_LEFT,
                    "%s would be left without a standby, and the settings do not allow that: set on-last-standby-loss = degrade first, or end the maintenance of another"
                            .formatted(c.target()));
        }
        return null;
    }

    private static boolean isCovered(GroupState state, OrderForcePromotion c) {
        return state.liveConfigurations().stream()
                .allMatch(live -> live.syncSet().isRevokedBy(c.standbysInReach()));
    }

    /** Positions of the last reign alone are compared: of the former primary, and of whoever had to hold its commits. */
    private static KnownLoss loss(GroupState state, OrderForcePromotion c) {
        String former = state.primary();
        var holders = new TreeSet<String>();
        state.liveConfigurations().stream().map(LiveConfiguration::syncSet).forEach(s -> holders.addAll(s.standbys()));
        Optional<Seen> primary = c.seen().stream()
                .filter(s -> s.member().equals(former) && s.primary() && s.epochInWal() == state.establishedEpoch())
                .findFirst();
        Lsn furthest = primary.map(Seen::lsn).orElse(Lsn.ZERO);
        long kept = 0;
        Lsn at = Lsn.ZERO;
        for (Seen s : c.seen()) {
            boolean ofThisReign = s.epochInWal() == state.establishedEpoch();
            if (s.member().equals(c.target())) {
                kept = s.epochInWal();
                at = s.lsn();
            } else if (primary.isPresent() && ofThisReign && holders.contains(s.member())) {
                furthest = furthest.max(s.lsn());
            }
        }
        var unknown = new KnownLoss(
                furthest,
                -1,
                "node %s has not heard a position of %s".formatted(c.stamp().node(), former),
                primary.map(Seen::ageMs).orElse(-1L),
                primary.isPresent()
                        ? "by node " + c.stamp().node()
                        : "node %s has not heard %s as a primary since its own start"
                                .formatted(c.stamp().node(), former));
        return unknown.of(c.target(), at, kept == state.establishedEpoch(), Lsn.ZERO);
    }

    /** What says that an order came to nothing. */
    static List<GroupEvent> withdrawn(GroupState state, String why) {
        Forcing.Order order = state.forcing().order();
        return order == null
                ? List.of()
                : List.of(new OperationFinished(state.epoch(), RuleId.ORDER_FINISHED, order.operation(), false, why));
    }

    /** Its epoch has a primary: the one that was named, or somebody else because nothing had to be skipped. */
    static List<GroupEvent> ended(GroupState state, long epoch, String member) {
        Forcing.Order order = state.forcing().order();
        return order == null
                ? List.of()
                : List.of(new OperationFinished(
                        epoch,
                        RuleId.ORDER_FINISHED,
                        order.operation(),
                        order.target().equals(member),
                        "%s is the primary of epoch %d".formatted(member, epoch)));
    }

    /** @param skipped what would have held the promotion */
    static PromotionForced forced(
            GroupState state, AuthorizePromotion c, Forcing.Order order, Ranking ranking, String skipped) {
        Ranking.Entry best = ranking.entries().getFirst();
        var notReached = new TreeSet<>(state.members().keySet());
        notReached.remove(order.target());
        Lsn furthest = c.lastPrimaryLsn();
        for (Evidence item : c.evidence()) {
            if (item instanceof Revoked r && r.epoch() >= c.epoch()) {
                notReached.remove(r.member());
                furthest = r.epochInWal() == state.establishedEpoch() ? furthest.max(r.flushLsn()) : furthest;
            } else if (item instanceof Dead d && d.epoch() >= c.epoch()) {
                notReached.remove(d.member());
            }
        }
        return new PromotionForced(
                c.epoch(),
                RuleId.PROMOTION_FORCED,
                order.operation(),
                order.target(),
                order.actor(),
                order.reason(),
                skipped,
                best.epochInWal(),
                best.flushLsn(),
                order.loss()
                        .of(
                                order.target(),
                                best.flushLsn(),
                                best.epochInWal() == state.establishedEpoch(),
                                order.loss().seenLsn().equals(Lsn.ZERO)
                                                && c.lastPrimaryLsn().equals(Lsn.ZERO)
                                        ? Lsn.ZERO
                                        : furthest),
                notReached);
    }

    private static Decision refuse(GroupState state, OrderForcePromotion c, RuleId rule, String why) {
        String order = "force-promote %s in group %s, epoch %d".formatted(c.target(), c.group(), c.epoch());
        return Decision.refuse(rule, why, new OrderRefused(state.epoch(), rule, order, c.actor(), why));
    }
}
