package io.interrex.cluster.lease;

import io.interrex.cluster.hands.HandsMessage.Ack;
import io.interrex.cluster.hands.HandsMessage.Nack;
import io.interrex.cluster.hands.HandsMessage.Renew;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Decides when a lease round is sent, when it was won or lost, and what that means for gate and guard (protocol.md,
 * "Lease").
 *
 * <p>Output contract: the effects are carried out in their order. A round is SENT only after its timers were staged
 * ({@link #staged}), so that they started to run before any voter could receive it: gate ≤ stage + T ≤ receipt + T &lt;
 * receipt + H.
 */
public final class LeaseHolder {

    private LeaseHolder() {}

    /** The state after it, and what the shell does, in this order. */
    public record Step(LeaseState state, List<Effect> effects) {}

    /** What the shell does, in this order. */
    public sealed interface Effect {
        /** Start the timers of a round; then call {@link LeaseHolder#staged}. */
        record Stage(long round, Duration ttl, boolean gate, boolean guard) implements Effect {}

        /** To every voter. */
        record Send(Renew renew) implements Effect {}

        /** The round was granted: give the guard its deadline; once the guard has it, call {@link LeaseHolder#armed}. */
        record Arm(long round) implements Effect {}

        /** The guard has the round's deadline, so clients may come in until the round's timer runs out, which is no later. */
        record Activate(long round) implements Effect {}

        /** Lets no client in any more; goes before whatever follows. */
        record CloseGate(String why) implements Effect {}

        /** @param first the epoch was not held before */
        record Won(long epoch, long untilNs, boolean first) implements Effect {}

        /**
         * The lease ran out: the member must be demoted.
         *
         * @param stoodStill this process did; nothing is known about the voters
         */
        record Lost(long epoch, String why, boolean stoodStill) implements Effect {
            public Lost(long epoch, String why) {
                this(epoch, why, false);
            }
        }
    }

    /**
     * Says what is wanted from now on; called whenever the agent's plan changes. The first call adopts a gate that the last
     * run of this node may have left open, or closes it.
     *
     * @param epoch to hold, 0: none
     */
    public static Step want(LeaseState state, long epoch, boolean armGuard, boolean allowGate, long nowNs) {
        boolean other = epoch != state.wanted();
        boolean closes = state.gateOpen() && (!allowGate || other && !state.asFound());
        if (!other && state.armGuard() == armGuard && state.allowGate() == allowGate && !closes) {
            return new Step(state, List.of());
        }
        var effects = new ArrayList<Effect>();
        LeaseState next = other ? state.lost() : state;
        if (closes) {
            effects.add(new Effect.CloseGate(
                    other ? "epoch " + state.wanted() + " is no longer held" : "no barrier holds any more"));
            next = next.gateClosed();
        }
        next = next.wanting(epoch, armGuard, allowGate);
        boolean moreThanBefore = epoch != 0
                && (epoch != state.wanted() || allowGate && !state.allowGate() || armGuard && !state.armGuard());
        return moreThanBefore ? begin(next, effects, nowNs) : new Step(next, effects);
    }

    /** Runs at least four times per r. */
    public static Step tick(LeaseState state, long nowNs) {
        var effects = new ArrayList<Effect>();
        long gapNs = nowNs - state.lastTickNs();
        LeaseState next = state.ticked(nowNs);
        if (gapNs > state.timings().pauseMax().toNanos() && next.gateOpen()) {
            effects.add(new Effect.CloseGate("this process stood still for " + gapNs / 1_000_000 + " ms"));
            next = next.gateClosed();
        }
        if (next.held() && nowNs - next.untilNs() >= 0) {
            boolean stoodStill = gapNs > state.timings().pauseMax().toNanos();
            effects.add(new Effect.Lost(
                    next.wanted(),
                    stoodStill
                            ? "this process stood still for " + gapNs / 1_000_000 + " ms"
                            : "no majority of voters granted a round within T",
                    stoodStill));
            if (next.gateOpen()) {
                effects.add(new Effect.CloseGate("the lease ran out"));
            }
            next = next.gateClosed().lost();
        }
        if (next.armed() && !next.isArmed(nowNs)) {
            if (next.gateOpen()) {
                effects.add(new Effect.CloseGate("the guard has confirmed no deadline within T"));
                next = next.gateClosed();
            }
            next = next.disarmed();
        }
        boolean due = nowNs - next.nextRoundNs() >= 0;
        return next.wanted() != 0 && (due || gapNs > state.timings().pauseMax().toNanos())
                ? begin(next, effects, nowNs)
                : new Step(next, effects);
    }

    /**
     * The timers of {@code round} run.
     *
     * @param gate whether the gate's timer does; if it was to and could not, the lease goes on and the gate runs out
     */
    public static Step staged(LeaseState state, long round, boolean gate, long writeProbeAgeMs) {
        if (round != state.round() || state.roundSent() || state.wanted() == 0) {
            return new Step(state, List.of());
        }
        var renew = new Renew(
                state.identity().group(),
                state.identity().member(),
                state.identity().incarnation(),
                state.wanted(),
                round,
                state.identity().voterConfig(),
                writeProbeAgeMs,
                state.timings().promiseFor().toMillis());
        return new Step(state.sent(state.roundOpensGate() && gate), List.of(new Effect.Send(renew)));
    }

    public static Step ack(LeaseState state, Ack ack, long nowNs) {
        boolean current = ack.incarnation() == state.identity().incarnation()
                && ack.epoch() == state.wanted()
                && ack.n() == state.round()
                && ack.member().equals(state.identity().member())
                && state.roundSent()
                && state.identity().voters().contains(ack.voter());
        if (!current || state.acks().contains(ack.voter())) {
            return new Step(state, List.of());
        }
        var by = new TreeSet<>(state.acks());
        by.add(ack.voter());
        LeaseState next = state.acked(by);
        long untilNs = state.roundStartedNs() + state.timings().leaseFor().toNanos();
        if (by.size() != state.majority() || nowNs - untilNs >= 0) {
            return new Step(next, List.of());
        }
        boolean first = !state.held();
        var effects = new ArrayList<Effect>();
        if (state.armGuard()) {
            effects.add(new Effect.Arm(state.round()));
        }
        effects.add(new Effect.Won(state.wanted(), untilNs, first));
        return new Step(next.won(untilNs), effects);
    }

    /**
     * The guard said that it has the deadline of {@code round}: only now may the server leave recovery, and clients come in.
     * What it confirms late still counts for the server; the gate's timer of that round is gone once a later one was staged.
     */
    public static Step armed(LeaseState state, long round, long nowNs) {
        if (!state.armGuard() || round != state.grantedRound() || nowNs - state.untilNs() >= 0) {
            return new Step(state, List.of());
        }
        boolean opens = round == state.round() && state.roundOpensGate() && state.allowGate();
        return new Step(state.armed(opens), opens ? List.of(new Effect.Activate(round)) : List.of());
    }

    /** The guard has no deadline any more: it was told so, it killed, or it is another one. A round begins that gives it one. */
    public static Step disarmed(LeaseState state, long nowNs) {
        LeaseState next = state.disarmed();
        return state.wanted() != 0 && state.armGuard()
                ? begin(next, new ArrayList<>(), nowNs)
                : new Step(next, List.of());
    }

    /** A promise to another member that stands in the way says when it ends: the next round is sent then, if that is earlier. */
    public static LeaseState nack(LeaseState state, Nack nack, long nowNs) {
        boolean current = nack.incarnation() == state.identity().incarnation()
                && nack.epoch() == state.wanted()
                && nack.n() == state.round()
                && nack.member().equals(state.identity().member());
        return current && nack.remainingMs() > 0 && !state.held()
                ? state.retryAt(nowNs + (nack.remainingMs() + 1) * 1_000_000)
                : state;
    }

    /**
     * The voters have changed. A round counts with all of its grants by one configuration, so another one begins; the lease that was
     * won runs on.
     */
    public static Step configured(LeaseState state, int voterConfig, long nowNs) {
        if (voterConfig == state.identity().voterConfig()) {
            return new Step(state, List.of());
        }
        LeaseState next = state.configured(voterConfig);
        return state.wanted() == 0 ? new Step(next, List.of()) : begin(next, new ArrayList<>(), nowNs);
    }

    /** Closes the gate now, for a reason that the agent knows; a round sent later opens it again. */
    public static Step close(LeaseState state, String why) {
        return new Step(state.gateClosed(), List.of(new Effect.CloseGate(why)));
    }

    private static Step begin(LeaseState state, List<Effect> effects, long nowNs) {
        LeaseState next = state.newRound(nowNs);
        effects.add(new Effect.Stage(next.round(), state.timings().leaseFor(), state.allowGate(), state.armGuard()));
        return new Step(next, effects);
    }
}
