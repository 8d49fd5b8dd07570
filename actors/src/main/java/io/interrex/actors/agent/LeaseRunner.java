package io.interrex.actors.agent;

import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.hands.HandsMessage.Ack;
import io.interrex.cluster.hands.HandsMessage.Nack;
import io.interrex.cluster.lease.LeaseHolder;
import io.interrex.cluster.lease.LeaseHolder.Effect;
import io.interrex.cluster.lease.LeaseState;
import io.interrex.cluster.lease.MajorityWatch;
import io.interrex.cluster.lease.RenewalPace;
import io.interrex.cluster.port.Gate;
import io.interrex.cluster.port.Guard;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what {@link LeaseHolder} says, in its order. Used by one actor only. */
final class LeaseRunner {

    private static final Logger LOG = LoggerFactory.getLogger(LeaseRunner.class);

    /** What the agent is told. */
    interface Listener {
        /** The timers of a round run, or could not be started; comes on any thread. */
        void staged(long round, boolean gate);

        void gateMoved(boolean open, long epoch, String why);

        void won(boolean first);

        void lost();

        /** The voters are back after a time without a majority. */
        void majorityBack(long epoch, long awayMs);

        /** Without a kernel gate, pg_hba.conf and the sessions have to be closed by the agent. */
        void closeSessions(String why);
    }

    private final Gate gate;
    private final Guard guard;
    private final BiConsumer<String, HandsMessage> send;
    private final Listener listener;
    private final Map<String, String> nacks = new HashMap<>();
    private LeaseState state;
    private boolean gateSeenOpen;
    private MajorityWatch majority = MajorityWatch.NONE;
    private RenewalPace renewals = RenewalPace.NONE;

    LeaseRunner(LeaseState state, Gate gate, Guard guard, BiConsumer<String, HandsMessage> send, Listener listener) {
        this.state = state;
        this.gate = gate;
        this.guard = guard;
        this.send = send;
        this.listener = listener;
    }

    LeaseState state() {
        return state;
    }

    boolean gateIsOpen() {
        return gateSeenOpen && state.gateOpen();
    }

    void want(long epoch, boolean arm, boolean allowGate, long nowNs) {
        majority = majority.wanting(epoch, nowNs);
        run(LeaseHolder.want(state, epoch, arm, allowGate, nowNs));
    }

    void tick(long nowNs) {
        run(LeaseHolder.tick(state, nowNs));
    }

    void staged(long round, boolean gateStaged, long writeProbeAgeMs) {
        run(LeaseHolder.staged(state, round, gateStaged, writeProbeAgeMs));
    }

    void ack(Ack ack, long nowNs) {
        nacks.remove(ack.voter());
        run(LeaseHolder.ack(state, ack, nowNs));
    }

    /** A voter says it again in each round; only another cause is news. */
    void nack(Nack nack, long nowNs) {
        String words = "epoch %d: %s".formatted(nack.epoch(), nack.cause());
        if (!words.equals(nacks.put(nack.voter(), words))) {
            LOG.info("{} does not grant {}", nack.voter(), words);
        }
        state = LeaseHolder.nack(state, nack, nowNs);
    }

    void close(String why) {
        run(LeaseHolder.close(state, why));
    }

    private void run(LeaseHolder.Step step) {
        state = step.state();
        step.effects().forEach(this::carryOut);
    }

    private void carryOut(Effect effect) {
        switch (effect) {
            case Effect.Stage stage -> {
                renewals = state.held() ? renewals.began(state.roundStartedNs()) : renewals.stopped();
                if (stage.guard()) {
                    guard.stage(stage.round(), stage.ttl());
                }
                if (stage.gate()) {
                    gate.stage(stage.round(), stage.ttl())
                            .whenComplete((outcome, failure) ->
                                    listener.staged(stage.round(), outcome instanceof Outcome.Done<Nothing>));
                } else {
                    listener.staged(stage.round(), false);
                }
            }
            case Effect.Send s -> state.identity().voters().forEach(voter -> send.accept(voter, s.renew()));
            case Effect.Activate activate -> activate(activate);
            case Effect.CloseGate close -> closeGate(close.why());
            case Effect.Won won -> won(won);
            case Effect.Lost lost -> {
                renewals = renewals.stopped();
                majority = majority.lost(lost, System.nanoTime());
                LOG.warn("the lease of epoch {} is lost: {}", lost.epoch(), lost.why());
                listener.lost();
            }
        }
    }

    /** A majority of voters that is away goes before every other alarm. */
    @Nullable
    String alarm(long nowNs, @Nullable String other) {
        long awayMs = majority.awayMs(state.timings(), nowNs);
        return awayMs > 0
                ? "%s: no majority of voters for %d ms, the gate is closed until they are back"
                        .formatted(RuleId.VOTERS_LOST.label(), awayMs)
                : other;
    }

    private void won(Effect.Won won) {
        boolean wasSlow = renewals.isSlow();
        renewals = renewals.won(state.timings(), System.nanoTime());
        if (renewals.isSlow() && !wasSlow) {
            LOG.warn(
                    "renewals are too slow for these timings: p99.99 of the last 10,000 is at T/4 ({} ms) or above; choose a slower profile on all nodes",
                    state.timings().leaseFor().toMillis() / 4);
        } else if (wasSlow && !renewals.isSlow()) {
            LOG.info("renewals are fast enough again for these timings");
        }
        long awayMs = majority.awayMs(state.timings(), System.nanoTime());
        majority = majority.won();
        listener.won(won.first());
        if (awayMs > 0) {
            listener.majorityBack(won.epoch(), awayMs);
        }
    }

    private void activate(Effect.Activate activate) {
        if (activate.guard()) {
            guard.commit(activate.round());
        }
        if (!activate.gate()) {
            return;
        }
        long epoch = state.wanted();
        gate.activate(activate.round()).whenComplete((outcome, failure) -> {
            if (!(outcome instanceof Outcome.Done<Nothing>)) {
                LOG.warn("the gate was not opened for round {}: {}", activate.round(), outcome);
            }
        });
        if (!gateSeenOpen) {
            gateSeenOpen = true;
            listener.gateMoved(true, epoch, "a round sent behind the barrier was granted by a majority");
        }
    }

    private void closeGate(String why) {
        long epoch = state.wanted();
        gate.close(why).whenComplete((outcome, failure) -> {
            if (!(outcome instanceof Outcome.Done<Nothing>)) {
                LOG.error("the gate could not be closed by hand, its timer closes it: {}", outcome);
            }
        });
        if (!gate.isKernel()) {
            listener.closeSessions(why);
        }
        if (gateSeenOpen) {
            gateSeenOpen = false;
            listener.gateMoved(false, epoch, why);
        }
    }
}
