package io.interrex.cluster.lease;

import io.interrex.cluster.settings.Timings;
import java.util.Set;
import java.util.SortedSet;

/**
 * What the holder of a lease knows about it. All times are of its own monotonic clock, in ns.
 *
 * @param wanted the epoch to hold, 0: none
 * @param armGuard the server is, or is about to be, out of recovery: the guard must kill it when the lease runs out
 * @param allowGate a barrier of this epoch is in the log, so that clients may be let in
 * @param round number of the last round
 * @param roundStartedNs when its timers were staged; its lease counts from here
 * @param roundOpensGate its timers include the gate's
 * @param roundSent it has been sent
 * @param acks voters that granted it
 * @param untilNs end of the majority lease, meaningful while {@code held}
 * @param held a majority lease was won and has not been lost yet
 * @param gateOpen an activated gate timer may still be running
 * @param lastTickNs when this loop last ran
 */
public record LeaseState(
        String group,
        String member,
        long incarnation,
        int voterConfig,
        SortedSet<String> voters,
        Timings timings,
        long wanted,
        boolean armGuard,
        boolean allowGate,
        long round,
        long roundStartedNs,
        boolean roundOpensGate,
        boolean roundSent,
        Set<String> acks,
        long untilNs,
        boolean held,
        boolean gateOpen,
        long lastTickNs) {

    public static LeaseState idle(
            String group,
            String member,
            long incarnation,
            int voterConfig,
            SortedSet<String> voters,
            Timings timings,
            long nowNs) {
        return new LeaseState(
                group,
                member,
                incarnation,
                voterConfig,
                voters,
                timings,
                0,
                false,
                false,
                0,
                nowNs,
                false,
                false,
                Set.of(),
                nowNs,
                false,
                false,
                nowNs);
    }

    /** More than half of the configured voters. */
    public int majority() {
        return voters.size() / 2 + 1;
    }

    public boolean isHeld(long nowNs) {
        return held && nowNs - untilNs < 0;
    }

    public long leftNs(long nowNs) {
        return isHeld(nowNs) ? untilNs - nowNs : 0;
    }

    LeaseState wanting(long epoch, boolean arm, boolean allow) {
        return new LeaseState(
                group,
                member,
                incarnation,
                voterConfig,
                voters,
                timings,
                epoch,
                arm,
                allow,
                round,
                roundStartedNs,
                roundOpensGate,
                roundSent,
                acks,
                untilNs,
                held,
                gateOpen,
                lastTickNs);
    }

    LeaseState ticked(long nowNs) {
        return new LeaseState(
                group,
                member,
                incarnation,
                voterConfig,
                voters,
                timings,
                wanted,
                armGuard,
                allowGate,
                round,
                roundStartedNs,
                roundOpensGate,
                roundSent,
                acks,
                untilNs,
                held,
                gateOpen,
                nowNs);
    }

    LeaseState newRound(long nowNs, boolean opensGate) {
        return new LeaseState(
                group,
                member,
                incarnation,
                voterConfig,
                voters,
                timings,
                wanted,
                armGuard,
                allowGate,
                round + 1,
                nowNs,
                opensGate,
                false,
                Set.of(),
                untilNs,
                held,
                gateOpen,
                lastTickNs);
    }

    LeaseState sent(boolean opensGate) {
        return new LeaseState(
                group,
                member,
                incarnation,
                voterConfig,
                voters,
                timings,
                wanted,
                armGuard,
                allowGate,
                round,
                roundStartedNs,
                opensGate,
                true,
                acks,
                untilNs,
                held,
                gateOpen,
                lastTickNs);
    }

    LeaseState acked(Set<String> by) {
        return new LeaseState(
                group,
                member,
                incarnation,
                voterConfig,
                voters,
                timings,
                wanted,
                armGuard,
                allowGate,
                round,
                roundStartedNs,
                roundOpensGate,
                roundSent,
                by,
                untilNs,
                held,
                gateOpen,
                lastTickNs);
    }

    LeaseState won(long until, boolean opened) {
        return new LeaseState(
                group,
                member,
                incarnation,
                voterConfig,
                voters,
                timings,
                wanted,
                armGuard,
                allowGate,
                round,
                roundStartedNs,
                roundOpensGate,
                roundSent,
                acks,
                until,
                true,
                opened || gateOpen,
                lastTickNs);
    }

    LeaseState lost() {
        return new LeaseState(
                group,
                member,
                incarnation,
                voterConfig,
                voters,
                timings,
                wanted,
                armGuard,
                allowGate,
                round,
                roundStartedNs,
                false,
                false,
                Set.of(),
                untilNs,
                false,
                gateOpen,
                lastTickNs);
    }

    /** Answers to the round under way open nothing any more. */
    LeaseState gateClosed() {
        return new LeaseState(
                group,
                member,
                incarnation,
                voterConfig,
                voters,
                timings,
                wanted,
                armGuard,
                allowGate,
                round,
                roundStartedNs,
                false,
                roundSent,
                acks,
                untilNs,
                held,
                false,
                lastTickNs);
    }
}
