package io.interrex.cluster.group;

import io.interrex.cluster.group.Evidence.Dead;
import io.interrex.cluster.group.Evidence.NoAnswer;
import io.interrex.cluster.group.Evidence.VoterView;
import io.interrex.cluster.group.GroupCommand.AuthorizePromotion;
import io.interrex.cluster.group.GroupCommand.OrderPowerOff;
import io.interrex.cluster.group.GroupCommand.ReportPowerOff;
import io.interrex.cluster.group.GroupEvent.FencingStepTaken;
import io.interrex.cluster.group.GroupEvent.PrimaryFenced;
import io.interrex.cluster.group.GroupState.Phase;
import io.interrex.cluster.group.GroupState.PowerOff;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether an old primary is proven dead, and when its host is powered off: in the order network, process, power, and only
 * where nothing but that proof is missing (protocol.md, "Power").
 */
public final class FencingDecisions {

    /** Longer than a hook may take. */
    private static final long AGAIN_AFTER_MS = 60_000;

    private FencingDecisions() {}

    /** The old primary, where the group's settings ask for a proof that it is dead and there is none; null: nothing is missing. */
    static @Nullable String unproven(GroupState state, AuthorizePromotion c, String candidate) {
        String old = state.primary();
        if (old == null || old.equals(candidate) || !state.settings().powerOff()) {
            return null;
        }
        boolean dead = c.evidence().stream()
                .anyMatch(e -> e instanceof Dead d && d.member().equals(old) && d.epoch() >= c.epoch());
        Fencing how = state.fenced().get(old);
        Reason reason = state.failover() == null
                ? Reason.LEASE_SILENT
                : state.failover().reason();
        boolean gaveBack = reason == Reason.RELEASED || reason == Reason.SWITCHOVER;
        boolean proven = dead || gaveBack || how != null && how != Fencing.LEASE_EXPIRED;
        return proven ? null : old;
    }

    /** The old primary whose host is the one thing that a failover waits for; null: none. */
    public static @Nullable String awaited(GroupState state) {
        String old = state.primary();
        boolean waits = state.phase() == Phase.STARTED
                && state.held() == RuleId.POWER_NEEDED
                && old != null
                && !state.fenced().containsKey(old);
        return waits ? old : null;
    }

    /** From 1. */
    public static int nextAttempt(GroupState state) {
        PowerOff last = last(state);
        return last == null ? 1 : last.attempt() + 1;
    }

    static Decision order(GroupState state, OrderPowerOff c) {
        if (c.epoch() != state.epoch() || !c.member().equals(awaited(state))) {
            return Decision.refuse(
                    RuleId.POWER_STALE,
                    "epoch %d is %s and does not wait for %s".formatted(state.epoch(), state.phase(), c.member()));
        }
        if (c.stamp().node().equals(c.member())) {
            return Decision.refuse(RuleId.POWER_SELF, c.member() + " is on this host");
        }
        PowerOff last = last(state);
        if (c.attempt() != nextAttempt(state)) {
            return Decision.refuse(
                    RuleId.POWER_STALE, "attempt %d is next, not %d".formatted(nextAttempt(state), c.attempt()));
        }
        if (last != null && c.stamp().wallMs() - last.atMs() < AGAIN_AFTER_MS) {
            return Decision.refuse(
                    RuleId.POWER_BUSY, "attempt %d of %s is %s".formatted(last.attempt(), last.by(), last.result()));
        }
        List<String> promised = c.evidence().stream()
                .filter(e -> e instanceof VoterView v
                        && v.epoch() >= c.epoch()
                        && state.voters().contains(v.voter()))
                .map(e -> ((VoterView) e).voter())
                .distinct()
                .toList();
        if (promised.size() <= state.voters().size() / 2) {
            return Decision.refuse(
                    RuleId.POWER_VOTERS_FIRST,
                    "of %s only %s have promised epoch %d".formatted(state.voters(), promised, c.epoch()));
        }
        int attempt = c.attempt();
        var events = new ArrayList<GroupEvent>();
        if (attempt == 1) {
            events.add(step(c, FencingStep.NETWORK, StepResult.UNKNOWN, attempt, network(c)));
            events.add(step(c, FencingStep.PROCESS, StepResult.UNKNOWN, attempt, process(c)));
        }
        events.add(step(
                c,
                FencingStep.POWER,
                StepResult.STARTED,
                attempt,
                "%s have promised epoch %d, and nothing but this proof is missing".formatted(promised, c.epoch())));
        return Decision.accept(
                RuleId.FENCING_STEP, "the host of %s is to be powered off".formatted(c.member()), List.copyOf(events));
    }

    private static String network(OrderPowerOff c) {
        long leftMs = c.evidence().stream()
                .mapToLong(e -> e instanceof VoterView v ? v.promiseLeftMs() : 0)
                .max()
                .orElse(0);
        return "nobody saw its gate close; by the voters' clocks its lease runs out within %d ms".formatted(leftMs);
    }

    private static String process(OrderPowerOff c) {
        for (Evidence item : c.evidence()) {
            if (item instanceof NoAnswer none && none.who().equals(c.member())) {
                return "its host did not say that no process is left: " + none.why();
            }
        }
        return "its host did not say that no process is left";
    }

    private static FencingStepTaken step(
            OrderPowerOff c, FencingStep step, StepResult result, int attempt, String why) {
        return new FencingStepTaken(
                c.epoch(),
                RuleId.FENCING_STEP,
                c.member(),
                step,
                result,
                attempt,
                c.stamp().node(),
                c.stamp().wallMs(),
                why);
    }

    static Decision reported(GroupState state, ReportPowerOff c) {
        PowerOff last = last(state);
        boolean asked = last != null
                && c.epoch() == state.epoch()
                && c.member().equals(awaited(state))
                && last.attempt() == c.attempt()
                && last.by().equals(c.stamp().node())
                && last.result() == StepResult.STARTED;
        if (!asked || c.result() == StepResult.STARTED) {
            return Decision.refuse(
                    RuleId.POWER_STALE,
                    "attempt %d of %s for epoch %d is not what epoch %d waits for"
                            .formatted(c.attempt(), c.stamp().node(), c.epoch(), state.epoch()));
        }
        var events = new ArrayList<GroupEvent>();
        events.add(new FencingStepTaken(
                c.epoch(),
                RuleId.FENCING_STEP,
                c.member(),
                FencingStep.POWER,
                c.result(),
                c.attempt(),
                c.stamp().node(),
                c.stamp().wallMs(),
                c.why()));
        if (c.result() == StepResult.DONE) {
            events.add(new PrimaryFenced(c.epoch(), RuleId.FENCED, c.member(), Fencing.POWERED_OFF, c.why()));
        }
        return Decision.accept(RuleId.FENCING_STEP, c.why(), List.copyOf(events));
    }

    private static @Nullable PowerOff last(GroupState state) {
        return state.failover() == null ? null : state.failover().powerOff();
    }
}
