package io.interrex.cluster.group;

import io.interrex.cluster.group.GroupCommand.ChooseCloneSource;
import io.interrex.cluster.group.GroupCommand.ReportRebuildHeld;
import io.interrex.cluster.group.GroupCommand.ReportWalKept;
import io.interrex.cluster.group.GroupEvent.CloneSourceChosen;
import io.interrex.cluster.group.GroupEvent.DivergentWalKept;
import io.interrex.cluster.group.GroupEvent.RebuildHeld;
import io.interrex.cluster.group.GroupEvent.RebuildMethod;
import io.interrex.cluster.group.GroupState.Phase;
import java.util.Comparator;
import java.util.UUID;

/**
 * Decides whom a copy is read from: a standby, so that the primary is spared, where one is fit for it. What a copy of a standby
 * is worth is not decided here: its lineage is looked at before it follows anybody (decision 21).
 */
final class CloneSourceDecisions {

    /** A tagged one, one that no commit waits for, the one that is least behind; the name only so that it is always the same. */
    private static Comparator<CopySource> bestFirst(GroupState state) {
        return Comparator.comparing((CopySource source) -> !source.preferred())
                .thenComparing(source -> state.syncSet().standbys().contains(source.member()))
                .thenComparingLong(CopySource::lagBytes)
                .thenComparing(CopySource::member);
    }

    private CloneSourceDecisions() {}

    static Decision choose(GroupState state, ChooseCloneSource c) {
        String primary = state.primary();
        boolean current = c.epoch() == state.epoch() && state.phase() == Phase.ESTABLISHED;
        if (!current || primary == null || state.rebuilding().get(c.member()) != RebuildMethod.CLONE) {
            return Decision.refuse(RuleId.FAILOVER_STALE, c.member() + " is not cloned in epoch " + state.epoch());
        }
        CopySource best = c.sources().stream()
                .filter(source -> isFit(state, c.member(), source))
                .min(bestFirst(state))
                .orElse(null);
        String source = best == null ? primary : best.member();
        if (source.equals(state.troubles().copies().source(c.member()))) {
            return Decision.refuse(RuleId.ORDER_ALREADY, c.member() + " is copied from " + source + " already");
        }
        RuleId rule = best == null ? RuleId.CLONE_FROM_PRIMARY : RuleId.CLONE_FROM_STANDBY;
        String why = best == null
                ? c.why().isEmpty() ? "no standby streams that is of this reign, well and within max-lag" : c.why()
                : "it streams, %d bytes behind%s"
                        .formatted(best.lagBytes(), best.preferred() ? ", tagged clonefrom" : "");
        return Decision.accept(rule, why, new CloneSourceChosen(c.epoch(), rule, c.member(), source, why));
    }

    private static boolean isFit(GroupState state, String member, CopySource source) {
        String name = source.member();
        UUID reign =
                state.lineage().isEmpty() ? null : state.lineage().getLast().uuid();
        return state.members().containsKey(name)
                && !name.equals(member)
                && !name.equals(state.primary())
                && source.uuid().equals(reign)
                && source.lagBytes() <= state.settings().maxLagBytes()
                && !isAway(state, name)
                && !state.troubles().disk(name).isNearlyFull();
    }

    private static boolean isAway(GroupState state, String name) {
        return state.upkeep().isInMaintenance(name)
                || state.rebuilding().containsKey(name)
                || state.isCloning(name)
                || state.fenced().containsKey(name)
                || state.stuck().containsKey(name)
                || state.unhealthy().contains(name)
                || state.forcing().cloneAnew().containsKey(name);
    }

    static Decision kept(GroupState state, ReportWalKept c) {
        if (!state.members().containsKey(c.member())) {
            return Decision.refuse(RuleId.ORDER_UNKNOWN_MEMBER, c.member() + " is no member");
        }
        var kept = new DivergentWalKept(state.epoch(), RuleId.DIVERGENT_WAL_KEPT, c.member(), c.kept());
        return Decision.accept(RuleId.DIVERGENT_WAL_KEPT, "what only " + c.member() + " had is kept", kept);
    }

    /** Told once for each reason; figures in it that change are no other reason. */
    static Decision held(GroupState state, ReportRebuildHeld c) {
        RebuildMethod method = state.rebuilding().get(c.member());
        if (c.epoch() != state.epoch() || method == null) {
            return Decision.refuse(RuleId.FAILOVER_STALE, c.member() + " is not rebuilt in epoch " + state.epoch());
        }
        String known = state.troubles().copies().held(c.member());
        if (Copies.isSame(known, c.why())) {
            return Decision.refuse(RuleId.ORDER_ALREADY, "it is known");
        }
        return Decision.accept(
                RuleId.REBUILD_HELD,
                c.why(),
                new RebuildHeld(c.epoch(), RuleId.REBUILD_HELD, c.member(), method, c.why()));
    }
}
