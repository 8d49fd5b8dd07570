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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
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

        /** Comes on any thread; {@code then} runs on the agent's, which plans anew after it. */
        void later(Consumer<LeaseRunner> then);

        void gateMoved(boolean open, long epoch, String why);

        void leaseLost(boolean lost);

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
    /** Why the guard did not take the last deadline; set on any thread. */
    private volatile @Nullable String unguarded;

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

    private void armed(long round, long nowNs) {
        unguarded = null;
        run(LeaseHolder.armed(state, round, nowNs));
    }

    /** What the guard was told, or did by itself, took its deadline away. */
    void disarmed(long nowNs) {
        run(LeaseHolder.disarmed(state, nowNs));
    }

    void configured(int voterConfig, long nowNs) {
        run(LeaseHolder.configured(state, voterConfig, nowNs));
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
                stage(stage);
            }
            case Effect.Send s -> state.identity().voters().forEach(voter -> send.accept(voter, s.renew()));
            case Effect.Arm arm -> arm(arm.round());
            case Effect.Activate activate -> activate(activate.round());
            case Effect.CloseGate close -> closeGate(close.why());
            case Effect.Won won -> won(won);
            case Effect.Lost lost -> {
                renewals = renewals.stopped();
                majority = majority.lost(lost, System.nanoTime());
                LOG.warn("the lease of epoch {} is lost: {}", lost.epoch(), lost.why());
                listener.leaseLost(true);
            }
        }
    }

    /** A majority of voters that is away goes before every other alarm. */
    @Nullable
    String alarm(long nowNs, @Nullable String other) {
        long awayMs = majority.awayMs(state.timings(), nowNs);
        boolean noDeadline = state.held() && state.armGuard() && !state.isArmed(nowNs) && unguarded != null;
        String next = noDeadline ? unguarded : other;
        return awayMs > 0
                ? "%s: no majority of voters for %d ms, the gate is closed until they are back"
                        .formatted(RuleId.VOTERS_LOST.label(), awayMs)
                : next;
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
        listener.leaseLost(false);
        if (awayMs > 0) {
            listener.majorityBack(won.epoch(), awayMs);
        }
    }

    /** The gate's timer first, so that it ends no later than the guard's. */
    private void stage(Effect.Stage stage) {
        CompletionStage<Outcome<Nothing>> timer = stage.gate()
                ? gate.stage(stage.round(), stage.ttl())
                : CompletableFuture.completedStage(Outcome.refused("the gate stays closed"));
        if (stage.guard()) {
            guard.stage(stage.round(), stage.ttl());
        }
        timer.whenComplete((outcome, failure) -> {
            listener.staged(stage.round(), outcome instanceof Outcome.Done<Nothing>);
            if (stage.gate() && outcome instanceof Outcome.Refused<Nothing>(var why)) {
                lookWhetherClosed(why);
            }
        });
    }

    /** Somebody changed its rules, or the kernel was late: what was opened before may be closed now. */
    private void lookWhetherClosed(String why) {
        gate.state().whenComplete((seen, failure) -> {
            if (seen instanceof Outcome.Done<Gate.State>(var state) && state.position() != Gate.Position.OPEN) {
                listener.later(runner -> runner.foundClosed(why));
            } else {
                LOG.warn("a round did not stage the gate: {}", why);
            }
        });
    }

    private void foundClosed(String why) {
        if (gateSeenOpen) {
            gateSeenOpen = false;
            listener.gateMoved(false, state.wanted(), why);
        }
    }

    private void arm(long round) {
        guard.commit(round).whenComplete((outcome, failure) -> {
            if (outcome instanceof Outcome.Done<Nothing>) {
                listener.later(runner -> runner.armed(round, System.nanoTime()));
            } else {
                unguarded = "the guard did not take the deadline of round %d: %s"
                        .formatted(round, outcome != null ? outcome : failure);
            }
        });
    }

    private void activate(long round) {
        boolean news = !gateSeenOpen;
        gate.activate(round).whenComplete((outcome, failure) -> {
            if (!(outcome instanceof Outcome.Done<Nothing>)) {
                LOG.warn("the gate was not opened for round {}: {}", round, outcome != null ? outcome : failure);
            } else if (news) {
                listener.later(LeaseRunner::opened);
            }
        });
    }

    /** Unless it was closed since the kernel was told to open it. */
    private void opened() {
        if (!gateSeenOpen && state.gateOpen()) {
            gateSeenOpen = true;
            listener.gateMoved(true, state.wanted(), "a round sent behind the barrier was granted by a majority");
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
