package io.interrex.actors.agent;

import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.lease.LeaseState;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.settings.Timings;
import java.time.Duration;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * Decides when an agent's loop turns next. While something moves: eight times per r. While nothing does: when the next round, look or
 * status is due, or the lease runs out, and at least four times per r; most turns of an idle agent would find nothing to do.
 *
 * @param <M> what the agent understands
 */
final class AgentTurns<M> {

    private static final long SHORTEST_NS = 1_000_000;

    private final TimerScheduler<M> timers;
    private final M turn;
    private final Duration moving;
    private final long restingNs;
    private boolean fast;

    /** @param turn is what the agent is told at each turn */
    AgentTurns(TimerScheduler<M> timers, M turn, Timings timings) {
        this.timers = timers;
        this.turn = turn;
        this.moving = timings.renewEvery().dividedBy(8);
        this.restingNs = timings.renewEvery().toNanos() / 4;
        hurry(true);
    }

    /** Something has begun to move: the next turn does not wait for the end of the rest. */
    void hurry(boolean moves) {
        if (moves && !fast) {
            fast = true;
            timers.startTimerAtFixedRate(turn, turn, moving);
        }
    }

    /**
     * The turn is over.
     *
     * @param dueNs when the agent has something to do that does not depend on the lease
     */
    void next(boolean moves, LeaseState lease, long dueNs, long nowNs) {
        if (moves) {
            hurry(true);
            return;
        }
        fast = false;
        timers.startSingleTimer(turn, turn, Duration.ofNanos(restNs(restingNs, lease, dueNs, nowNs)));
    }

    /** Whether the group, the server or the lease is on the way to somewhere. */
    static boolean moves(@Nullable GroupState group, @Nullable DatabaseStatus database, LeaseState lease) {
        boolean server = database == null
                || switch (database.process()) {
                    case STARTING, HUNG -> true;
                    case PRIMARY, STANDBY, STOPPED, ABSENT, INCOMPLETE -> false;
                };
        return server || group == null || group.operation() != null || lease.wanted() != 0 && !lease.held();
    }

    /** Until what comes first. */
    static long restNs(long restingNs, LeaseState lease, long dueNs, long nowNs) {
        long restNs = Math.min(restingNs, dueNs - nowNs);
        if (lease.wanted() != 0) {
            restNs = Math.min(restNs, lease.nextRoundNs() - nowNs);
        }
        if (lease.held()) {
            restNs = Math.min(restNs, lease.untilNs() - nowNs);
        }
        return Math.max(SHORTEST_NS, restNs);
    }
}
