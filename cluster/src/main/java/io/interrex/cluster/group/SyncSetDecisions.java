package io.interrex.cluster.group;

import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.GroupCommand.ReportSyncSetApplied;
import io.interrex.cluster.group.GroupCommand.ReviseSyncSet;
import io.interrex.cluster.group.GroupEvent.Durability;
import io.interrex.cluster.group.GroupEvent.DurabilityChanged;
import io.interrex.cluster.group.GroupEvent.SyncSetApplied;
import io.interrex.cluster.group.GroupEvent.SyncSetIntended;
import io.interrex.cluster.group.GroupState.Phase;
import io.interrex.cluster.settings.GroupSettings;
import io.interrex.cluster.settings.GroupSettings.OnLastStandbyLoss;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Decides who has to hold a commit (protocol.md, "Sync set C→C'"). */
final class SyncSetDecisions {

    private SyncSetDecisions() {}

    static Decision revise(GroupState state, ReviseSyncSet c) {
        if (c.epoch() != state.epoch() || state.phase() != Phase.ESTABLISHED) {
            return Decision.refuse(RuleId.SYNC_SET_BUSY, "epoch " + state.epoch() + " is " + state.phase());
        }
        if (state.intent() != null) {
            return Decision.refuse(RuleId.SYNC_SET_BUSY, "the change to " + state.intent() + " is not proven yet");
        }
        if (!state.settings().synchronous()) {
            return emptied(state, c);
        }
        var next = new TreeSet<>(state.syncSet().standbys());
        next.removeAll(c.silent());
        c.caughtUp().stream()
                .filter(m -> !m.equals(state.primary()) && !state.isBeingRebuilt(m))
                .filter(m -> !state.upkeep().isInMaintenance(m))
                .filter(m -> state.member(m).filter(info -> !info.nosync()).isPresent())
                .forEach(next::add);
        next.removeAll(leaving(state, next));
        int k = Math.min(state.settings().k(), next.size());
        SyncSet to = SyncSet.of(k, next);
        if (to.equals(state.syncSet())) {
            return Decision.refuse(RuleId.ORDER_ALREADY, "the synchronous set is " + to + " already");
        }
        boolean tooFew = k == 0 && state.settings().onLastStandbyLoss() == OnLastStandbyLoss.WAIT
                || k < state.settings().k() && state.settings().strict();
        if (tooFew && k < state.syncSet().k()) {
            return Decision.refuse(RuleId.DURABILITY_WAITS, c.silent() + " do not acknowledge; by policy writes wait");
        }
        boolean shrinks = !next.containsAll(state.syncSet().standbys());
        RuleId rule = shrinks ? RuleId.SYNC_SET_SHRUNK : RuleId.SYNC_SET_GROWN;
        String why = shrinks ? whyLess(state, c, next) : String.join(", ", c.caughtUp()) + " streams and has caught up";
        return Decision.accept(rule, why, new SyncSetIntended(c.epoch(), rule, state.syncSet(), to, why));
    }

    /** A person made the group asynchronous: until the change is proven, whom commits waited for binds a failover, too. */
    private static Decision emptied(GroupState state, ReviseSyncSet c) {
        SyncSet from = state.syncSet();
        String why = "the group is asynchronous";
        return from.equals(SyncSet.NONE)
                ? Decision.refuse(RuleId.SYNC_SET_BUSY, why)
                : Decision.accept(
                        RuleId.SYNC_SET_EMPTIED,
                        why,
                        new SyncSetIntended(c.epoch(), RuleId.SYNC_SET_EMPTIED, from, SyncSet.NONE, why));
    }

    /**
     * Who is to be copied anew, or restarted, goes, or does not come back, while enough others are left: it is never the reason for fewer
     * copies. First who is in maintenance, whose server a person may be about to stop.
     */
    private static Set<String> leaving(GroupState state, Set<String> next) {
        var leaving = new TreeSet<String>();
        var inOrder = new ArrayList<>(next);
        inOrder.sort(Comparator.comparing(member -> !state.upkeep().isInMaintenance(member)));
        for (String member : inOrder) {
            if (state.isToGo(member)
                    && next.size() - leaving.size() > state.settings().k()) {
                leaving.add(member);
            }
        }
        return leaving;
    }

    private static String whyLess(GroupState state, ReviseSyncSet c, Set<String> next) {
        return state.syncSet().standbys().stream()
                .filter(m -> !next.contains(m))
                .map(m -> m + (c.silent().contains(m) ? " does not acknowledge" : leavesFor(state, m)))
                .collect(Collectors.joining(", "));
    }

    private static String leavesFor(GroupState state, String member) {
        return state.upkeep().isInMaintenance(member)
                ? " is in maintenance"
                : state.reinits().containsKey(member) ? " is to be copied anew" : " is to be restarted";
    }

    static Decision applied(GroupState state, ReportSyncSetApplied c) {
        SyncSet intent = state.intent();
        if (c.epoch() != state.epoch() || intent == null || !intent.equals(c.now())) {
            return Decision.refuse(RuleId.FAILOVER_STALE, c.now() + " is not the change that is being made");
        }
        if (intent.countOf(c.flushedBy()) < intent.k()) {
            return Decision.refuse(
                    RuleId.ESTABLISHED_NOT_FLUSHED,
                    "%s is flushed on %s, %s needs %d".formatted(c.markerLsn(), c.flushedBy(), intent, intent.k()));
        }
        var events = new ArrayList<GroupEvent>();
        events.add(new SyncSetApplied(c.epoch(), RuleId.SYNC_SET_APPLIED, intent, c.markerLsn(), c.flushedBy()));
        Durability durability = durabilityOf(state.settings(), intent);
        if (durability != state.durability()) {
            events.add(durabilityChanged(c.epoch(), durability, intent));
        }
        if (state.phase() == Phase.ESTABLISHED) {
            events.addAll(ForceDecisions.withdrawn(state, state.primary() + " proved a commit"));
        }
        return Decision.accept(RuleId.SYNC_SET_APPLIED, intent + " is in force", List.copyOf(events));
    }

    static Durability durabilityOf(GroupSettings settings, SyncSet syncSet) {
        if (syncSet.k() > 0) {
            return Durability.SYNC;
        }
        return settings.synchronous() ? Durability.DEGRADED : Durability.ASYNC;
    }

    static DurabilityChanged durabilityChanged(long epoch, Durability durability, SyncSet syncSet) {
        return switch (durability) {
            case SYNC ->
                new DurabilityChanged(epoch, RuleId.DURABILITY_RESTORED, durability, "commits wait for " + syncSet);
            case DEGRADED ->
                new DurabilityChanged(
                        epoch,
                        RuleId.DURABILITY_DEGRADED,
                        durability,
                        "no synchronous standby is left; commits have no copy");
            case ASYNC ->
                new DurabilityChanged(epoch, RuleId.DURABILITY_DEGRADED, durability, "the group is asynchronous");
        };
    }
}
