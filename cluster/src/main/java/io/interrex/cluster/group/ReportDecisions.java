package io.interrex.cluster.group;

import io.interrex.cluster.group.GroupEvent.GateMoved;
import io.interrex.cluster.group.GroupEvent.MemberHealthChanged;
import io.interrex.cluster.group.GroupEvent.PeopleNotified;
import io.interrex.cluster.group.GroupEvent.PrimaryFenced;
import io.interrex.cluster.group.GroupEvent.PrimarySuspected;
import io.interrex.cluster.group.GroupEvent.RouteMoved;
import io.interrex.cluster.group.GroupEvent.SuspicionCleared;
import io.interrex.cluster.group.GroupEvent.VotersLost;
import io.interrex.cluster.group.GroupState.Phase;
import java.util.ArrayList;

/** Records what was observed or done; only news is recorded, and nothing of an older epoch. */
final class ReportDecisions {

    private ReportDecisions() {}

    static Decision suspicion(GroupState state, GroupCommand.ReportSuspicion c) {
        String primary = state.primary();
        boolean news = c.epoch() == state.epoch()
                && state.phase() == Phase.ESTABLISHED
                && !state.suspectedBy().contains(c.stamp().node());
        if (!news || primary == null) {
            return Decision.refuse(RuleId.ORDER_ALREADY, "nothing new");
        }
        return Decision.accept(
                RuleId.PRIMARY_SUSPECTED,
                c.why(),
                new PrimarySuspected(
                        c.epoch(), RuleId.PRIMARY_SUSPECTED, primary, c.stamp().node(), c.why(), c.evidence()));
    }

    static Decision cleared(GroupState state, GroupCommand.ClearSuspicion c) {
        if (c.epoch() == state.epoch() && state.held() == RuleId.FIRST_MEMBER_LOST) {
            return Decision.accept(
                    RuleId.SUSPICION_CLEARED,
                    c.why(),
                    new SuspicionCleared(
                            c.epoch(),
                            RuleId.SUSPICION_CLEARED,
                            state.firstMember(),
                            c.stamp().node(),
                            c.why()));
        }
        String primary = state.primary();
        if (c.epoch() != state.epoch()
                || primary == null
                || !state.suspectedBy().contains(c.stamp().node())) {
            return Decision.refuse(RuleId.ORDER_ALREADY, "nothing new");
        }
        var events = new ArrayList<GroupEvent>();
        events.add(new SuspicionCleared(
                c.epoch(), RuleId.SUSPICION_CLEARED, primary, c.stamp().node(), c.why()));
        if (state.phase() == Phase.ESTABLISHED) {
            events.addAll(ForceDecisions.withdrawn(state, c.why()));
        }
        return Decision.accept(RuleId.SUSPICION_CLEARED, c.why(), events);
    }

    static Decision health(GroupState state, GroupCommand.ReportMemberHealth c) {
        boolean known = state.members().containsKey(c.member());
        boolean alone = !c.healthy() && state.upkeep().isInMaintenance(c.member());
        if (!known || alone || state.unhealthy().contains(c.member()) == !c.healthy()) {
            return Decision.refuse(RuleId.ORDER_ALREADY, "nothing new");
        }
        return Decision.accept(
                RuleId.MEMBER_UNHEALTHY,
                c.why(),
                new MemberHealthChanged(
                        state.epoch(),
                        RuleId.MEMBER_UNHEALTHY,
                        c.member(),
                        c.healthy(),
                        c.stamp().node(),
                        c.why()));
    }

    static Decision fenced(GroupState state, GroupCommand.ReportFenced c) {
        boolean news = c.epoch() == state.epoch()
                && state.phase() != Phase.ESTABLISHED
                && c.member().equals(state.primary())
                && !state.fenced().containsKey(c.member());
        if (!news) {
            return Decision.refuse(RuleId.ORDER_ALREADY, "nothing new");
        }
        return Decision.accept(
                RuleId.FENCED, c.why(), new PrimaryFenced(c.epoch(), RuleId.FENCED, c.member(), c.how(), c.why()));
    }

    static Decision gate(GroupState state, GroupCommand.ReportGate c) {
        if (c.epoch() != state.epoch()) {
            return Decision.refuse(RuleId.FAILOVER_STALE, "the gate of epoch " + c.epoch() + " is history");
        }
        return Decision.accept(
                RuleId.GATE_RECORDED,
                c.why(),
                new GateMoved(c.epoch(), RuleId.GATE_RECORDED, c.member(), c.open(), c.why()));
    }

    static Decision route(GroupState state, GroupCommand.ReportRoute c) {
        if (c.epoch() != state.epoch()) {
            return Decision.refuse(RuleId.FAILOVER_STALE, "a route of epoch " + c.epoch() + " is history");
        }
        return Decision.accept(
                RuleId.ROUTE_MOVED,
                c.router() + " moved",
                new RouteMoved(c.epoch(), RuleId.ROUTE_MOVED, c.router(), c.writer(), c.readers(), c.tookMs()));
    }

    static Decision notified(GroupState state, GroupCommand.ReportNotified c) {
        return Decision.accept(
                RuleId.NOTIFIED,
                c.title(),
                new PeopleNotified(c.epoch(), RuleId.NOTIFIED, c.notifier(), c.severity(), c.title(), c.outcome()));
    }

    static Decision votersLost(GroupState state, GroupCommand.ReportVotersLost c) {
        return Decision.accept(
                RuleId.VOTERS_LOST,
                "%s had no majority of voters for %d ms".formatted(c.stamp().node(), c.forMs()),
                new VotersLost(state.epoch(), RuleId.VOTERS_LOST, c.stamp().node(), c.forMs()));
    }
}
