package io.interrex.cluster.lease;

import io.interrex.cluster.settings.Timings;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Consumer;

/**
 * What the holder of a lease knows about it; each method gives a changed copy. All times are of its own monotonic clock,
 * in ns.
 */
public final class LeaseState {

    private Identity identity;
    /** The epoch to hold, 0: none. */
    private long wanted;
    /** The server is, or is about to be, out of recovery: the guard must kill it when the lease runs out. */
    private boolean armGuard;
    /** A barrier of this epoch is in the log, so that clients may be let in. */
    private boolean allowGate;
    /** Number of the last round. */
    private long round;
    /** When its timers were staged; its lease counts from here. */
    private long roundStartedNs;
    /** When the next one is due: after r, or as soon as the promise that stands in the way has run out. */
    private long nextRoundNs;
    /** Its timers include the gate's. */
    private boolean roundOpensGate;
    /** It has been sent. */
    private boolean roundSent;
    /** Voters that granted it. */
    private Set<String> acks = Set.of();
    /** End of the majority lease, meaningful while held. */
    private long untilNs;
    /** A majority lease was won and has not been lost yet. */
    private boolean held;
    /** An activated gate timer may still be running; at the start, one of the agent before this one. */
    private boolean gateOpen;
    /** The last round that a majority granted, 0: none that the guard may confirm yet. */
    private long grantedRound;
    /** The guard has confirmed the deadline of a won round. */
    private boolean armed;
    /** That deadline, meaningful while armed. */
    private long armedUntilNs;
    /** When this loop last ran. */
    private long lastTickNs;

    /** Who holds, and who grants. */
    public record Identity(
            String group,
            String member,
            long incarnation,
            int voterConfig,
            SortedSet<String> voters,
            Timings timings) {}

    private LeaseState(Identity identity) {
        this.identity = identity;
    }

    public static LeaseState idle(Identity identity, long nowNs) {
        var state = new LeaseState(identity);
        state.roundStartedNs = nowNs;
        state.nextRoundNs = nowNs + identity.timings().renewEvery().toNanos();
        state.untilNs = nowNs;
        state.armedUntilNs = nowNs;
        state.lastTickNs = nowNs;
        return state;
    }

    private LeaseState changed(Consumer<LeaseState> change) {
        var copy = new LeaseState(identity);
        copy.wanted = wanted;
        copy.armGuard = armGuard;
        copy.allowGate = allowGate;
        copy.round = round;
        copy.roundStartedNs = roundStartedNs;
        copy.nextRoundNs = nextRoundNs;
        copy.roundOpensGate = roundOpensGate;
        copy.roundSent = roundSent;
        copy.acks = acks;
        copy.untilNs = untilNs;
        copy.held = held;
        copy.gateOpen = gateOpen;
        copy.grantedRound = grantedRound;
        copy.armed = armed;
        copy.armedUntilNs = armedUntilNs;
        copy.lastTickNs = lastTickNs;
        change.accept(copy);
        return copy;
    }

    /** Nothing was wanted yet: the gate is as the run before left it. */
    boolean asFound() {
        return round == 0;
    }

    /** More than half of the configured voters. */
    public int majority() {
        return identity.voters().size() / 2 + 1;
    }

    public boolean isHeld(long nowNs) {
        return held && nowNs - untilNs < 0;
    }

    public long leftNs(long nowNs) {
        return isHeld(nowNs) ? untilNs - nowNs : 0;
    }

    LeaseState wanting(long epoch, boolean arm, boolean allow) {
        return changed(s -> {
            s.wanted = epoch;
            s.armGuard = arm;
            s.allowGate = allow;
            s.armed = armed && arm && epoch == wanted;
        });
    }

    /** @param mayBeOpen a round of the agent before this one may keep the gate open yet */
    public LeaseState gateFound(boolean mayBeOpen) {
        return changed(s -> s.gateOpen = mayBeOpen);
    }

    LeaseState configured(int voterConfig) {
        return changed(s -> s.identity = new Identity(
                identity.group(),
                identity.member(),
                identity.incarnation(),
                voterConfig,
                identity.voters(),
                identity.timings()));
    }

    LeaseState ticked(long nowNs) {
        return changed(s -> s.lastTickNs = nowNs);
    }

    LeaseState newRound(long nowNs) {
        return changed(s -> {
            s.round = round + 1;
            s.roundStartedNs = nowNs;
            s.nextRoundNs = nowNs + timings().renewEvery().toNanos();
            s.roundOpensGate = allowGate;
            s.roundSent = false;
            s.acks = Set.of();
        });
    }

    LeaseState retryAt(long atNs) {
        return atNs - nextRoundNs < 0 ? changed(s -> s.nextRoundNs = atNs) : this;
    }

    LeaseState sent(boolean opensGate) {
        return changed(s -> {
            s.roundOpensGate = opensGate;
            s.roundSent = true;
        });
    }

    LeaseState acked(Set<String> by) {
        return changed(s -> s.acks = by);
    }

    LeaseState won(long until) {
        return changed(s -> {
            s.untilNs = until;
            s.held = true;
            s.grantedRound = round;
        });
    }

    LeaseState armed(boolean opened) {
        return changed(s -> {
            s.armed = true;
            s.armedUntilNs = untilNs;
            s.gateOpen = opened || gateOpen;
        });
    }

    LeaseState disarmed() {
        return changed(s -> {
            s.armed = false;
            s.grantedRound = 0;
        });
    }

    LeaseState lost() {
        return changed(s -> {
            s.roundSent = false;
            s.roundOpensGate = false;
            s.acks = Set.of();
            s.held = false;
            s.grantedRound = 0;
            s.armed = false;
        });
    }

    /** Answers to the round under way open nothing any more. */
    LeaseState gateClosed() {
        return changed(s -> {
            s.roundOpensGate = false;
            s.gateOpen = false;
        });
    }

    public Identity identity() {
        return identity;
    }

    public Timings timings() {
        return identity.timings();
    }

    public long wanted() {
        return wanted;
    }

    public boolean armGuard() {
        return armGuard;
    }

    public boolean allowGate() {
        return allowGate;
    }

    public long round() {
        return round;
    }

    public long roundStartedNs() {
        return roundStartedNs;
    }

    public long nextRoundNs() {
        return nextRoundNs;
    }

    public boolean roundOpensGate() {
        return roundOpensGate;
    }

    public boolean roundSent() {
        return roundSent;
    }

    public Set<String> acks() {
        return acks;
    }

    public long untilNs() {
        return untilNs;
    }

    public boolean held() {
        return held;
    }

    public boolean gateOpen() {
        return gateOpen;
    }

    /** The last round that a majority granted and the guard may yet confirm; 0: none. */
    public long grantedRound() {
        return grantedRound;
    }

    /** The guard has confirmed a deadline, which may have passed since the loop last ran; see {@link #isArmed}. */
    public boolean armed() {
        return armed;
    }

    /** The deadline that the guard confirmed last, meaningful while armed. */
    public long armedUntilNs() {
        return armedUntilNs;
    }

    /** The guard has confirmed a deadline that has not passed. */
    public boolean isArmed(long nowNs) {
        return armed && nowNs - armedUntilNs < 0;
    }

    public long lastTickNs() {
        return lastTickNs;
    }
}
