package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.hands.HandsMessage.Ack;
import io.interrex.cluster.lease.LeaseHolder;
import io.interrex.cluster.lease.LeaseHolder.Effect;
import io.interrex.cluster.lease.LeaseState;
import io.interrex.cluster.member.MemberHard;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/** Runs a {@link LeaseHolder}: carries its effects out, in their order, on the simulated gate and guard. */
final class LeaseShell {

    /** What the agent is told. */
    interface Listener {
        void gateMoved(boolean open, long epoch, String why);

        void leaseLost(boolean lost);

        void armed();

        /** Without a kernel's gate: nobody comes in, and who is in is sent away. */
        void closeSessions();
    }

    private final World world;
    private final SimNode node;
    private final Gates gates;
    private final Listener listener;
    private final LongSupplier probeAgeMs;
    private LeaseState state;
    private boolean gateSeenOpen;

    LeaseShell(World world, SimNode node, MemberHard hard, Listener listener, LongSupplier probeAgeMs) {
        this.world = world;
        this.node = node;
        this.gates = world.gates(node.host);
        this.listener = listener;
        this.probeAgeMs = probeAgeMs;
        SortedSet<String> voters = world.has(Mutant.MINORITY_LEASE)
                ? Collections.unmodifiableSortedSet(new TreeSet<>(java.util.Set.of(node.name)))
                : world.voters();
        var identity = new LeaseState.Identity(
                World.GROUP, node.name, hard.incarnation(), 1, voters, world.settings.timings());
        this.state = LeaseState.idle(identity, node.localNs()).gateFound(hard.servedAsPrimary());
    }

    boolean gateIsOpen() {
        return gateSeenOpen && state.gateOpen();
    }

    boolean isArmed() {
        return state.isArmed(node.localNs());
    }

    long heldEpoch(long nowNs) {
        return state.isHeld(nowNs) ? state.wanted() : 0;
    }

    long leftMs(long nowNs) {
        return state.leftNs(nowNs) / MS;
    }

    void tick() {
        run(LeaseHolder.tick(state, node.localNs()));
    }

    void want(long epoch, boolean arm, boolean allowGate) {
        boolean mayOpenNow = allowGate && !state.allowGate() && state.wanted() == epoch && isArmed();
        if (mayOpenNow && world.has(Mutant.OPENED_BY_AN_EARLIER_ROUND)) {
            gates.activateGate(
                    state.round(), epoch, world.settings.timings().leaseFor().toNanos());
        }
        run(LeaseHolder.want(state, epoch, arm, allowGate, node.localNs()));
    }

    void acked(Ack ack) {
        Ack heard = world.has(Mutant.OLD_ROUND_COUNTS)
                ? new Ack(ack.group(), ack.voter(), ack.member(), ack.incarnation(), ack.epoch(), state.round())
                : ack;
        run(LeaseHolder.ack(state, heard, node.localNs()));
    }

    void close(String why) {
        run(LeaseHolder.close(state, why));
    }

    void sendToVoters(HandsMessage message) {
        for (String voter : world.hosts()) {
            node.send(voter, message);
        }
    }

    private void run(LeaseHolder.Step step) {
        state = step.state();
        if (!state.held()) {
            world.invariants.leases.holdsNothing(node.name);
        }
        for (Effect effect : step.effects()) {
            carryOut(effect);
        }
    }

    private void carryOut(Effect effect) {
        long ttlNs = world.settings.timings().leaseFor().toNanos();
        switch (effect) {
            case Effect.Stage stage -> {
                if (stage.guard()) {
                    gates.stageGuard(stage.round(), ttlNs);
                }
                if (stage.gate() || world.has(Mutant.OPENED_BY_AN_EARLIER_ROUND)) {
                    gates.stageGate(stage.round(), ttlNs);
                }
                world.time.after(
                        node.host,
                        MS,
                        node.hereRun(() ->
                                run(LeaseHolder.staged(state, stage.round(), stage.gate(), probeAgeMs.getAsLong()))));
            }
            case Effect.Send s -> {
                world.invariants.leases.sent(node.name, s.renew().n());
                sendToVoters(s.renew());
            }
            case Effect.Arm arm -> arm(arm.round());
            case Effect.Activate activate -> {
                gates.activateGate(activate.round(), state.wanted(), ttlNs);
                moved(true, "granted");
            }
            case Effect.CloseGate close -> {
                if (!world.has(Mutant.GATE_NOT_CLOSED)) {
                    gates.closeGate();
                }
                if (!world.kernelGate) {
                    listener.closeSessions();
                }
                moved(false, close.why());
            }
            case Effect.Won won -> {
                world.invariants.leases.won(node.name, won.epoch(), node.localNs(), won.untilNs());
                listener.leaseLost(false);
            }
            case Effect.Lost lost -> {
                world.invariants.leases.lost(node.name);
                world.trace(node.host, () -> "lost the lease of epoch " + lost.epoch());
                listener.leaseLost(true);
            }
        }
    }

    /** The guard is told on this host, and says that it has the deadline; it says nothing where it has not. */
    private void arm(long round) {
        if (gates.commitGuard(round)) {
            Runnable armed = node.hereRun(() -> {
                run(LeaseHolder.armed(state, round, node.localNs()));
                listener.armed();
            });
            world.time.after(node.host, 0, armed);
        }
    }

    /** The guard was told to kill nothing by time, or killed. */
    void disarmed() {
        run(LeaseHolder.disarmed(state, node.localNs()));
    }

    private void moved(boolean open, String why) {
        if (gateSeenOpen != open) {
            gateSeenOpen = open;
            listener.gateMoved(open, state.wanted(), why);
        }
    }
}
