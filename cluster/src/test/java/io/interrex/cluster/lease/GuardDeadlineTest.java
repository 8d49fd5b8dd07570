package io.interrex.cluster.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.hands.HandsMessage.Ack;
import io.interrex.cluster.lease.LeaseHolder.Effect;
import io.interrex.cluster.lease.LeaseHolder.Step;
import io.interrex.cluster.lease.LeaseState.Identity;
import io.interrex.cluster.settings.Profile;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Given a lease of epoch 7 with r = 200 and T = 1200 ms, whose first round began at 0 ms and was granted at 100 ms. */
@DisplayName("The holder of a lease, and its guard:")
class GuardDeadlineTest {

    private static final Duration T = Duration.ofMillis(1200);
    private static final LeaseState IDLE = LeaseState.idle(
            new Identity("main", "a", 3, 1, new TreeSet<>(List.of("x", "y", "z")), Profile.FAST.timings()), 0);
    private static final LeaseState GRANTED = granted(LeaseHolder.want(IDLE, 7, true, true, 0), 100);

    /** The guard said at 110 ms that it has the deadline of the first round, 1200 ms. */
    private static final LeaseState OPEN =
            LeaseHolder.armed(GRANTED, 1, ns(110)).state();

    private static long ns(long ms) {
        return ms * 1_000_000;
    }

    private static LeaseState granted(Step begun, long ms) {
        LeaseState state = begun.state();
        state = LeaseHolder.staged(state, state.round(), true, 0).state();
        for (String voter : List.of("x", "y")) {
            state = LeaseHolder.ack(state, new Ack("main", voter, "a", 3, 7, state.round()), ns(ms))
                    .state();
        }
        return state;
    }

    /** Ticks, and renews with a majority every r, while the guard takes nothing. */
    private static LeaseState renewedUnguarded(LeaseState from, long fromMs, long toMs) {
        LeaseState state = from;
        for (long at = fromMs; at <= toMs; at += 50) {
            Step step = LeaseHolder.tick(state, ns(at));
            boolean began = step.state().round() != state.round();
            state = began ? granted(step, at) : step.state();
        }
        return state;
    }

    @Test
    @DisplayName("granted by a majority => no client comes in and the server is not promoted before the guard has it")
    void grantedIsNotArmed() {
        assertTrue(GRANTED.isHeld(ns(100)));
        assertFalse(GRANTED.isArmed(ns(100)));
        assertFalse(GRANTED.gateOpen());
    }

    @Test
    @DisplayName("the guard has it => the gate opens by the timer of that round")
    void confirmed() {
        Step step = LeaseHolder.armed(GRANTED, 1, ns(110));
        assertEquals(List.of(new Effect.Activate(1)), step.effects());
        assertTrue(step.state().gateOpen());
        assertTrue(step.state().isArmed(ns(1199)));
        assertFalse(step.state().isArmed(ns(1200)));
    }

    @Test
    @DisplayName("the guard says it too late, for another round, or for one that was not granted => nothing")
    void notConfirmed() {
        assertFalse(LeaseHolder.armed(GRANTED, 1, ns(1200)).state().isArmed(ns(1199)));
        assertFalse(LeaseHolder.armed(GRANTED, 2, ns(110)).state().isArmed(ns(110)));
        LeaseState asked = LeaseHolder.want(IDLE, 7, true, true, 0).state();
        assertEquals(List.of(), LeaseHolder.armed(asked, 1, ns(110)).effects());
    }

    @Test
    @DisplayName(
            "the guard says it when a later round has begun => the server is guarded, the gate waits for the later")
    void confirmedLate() {
        LeaseState later = LeaseHolder.tick(GRANTED, ns(200)).state();
        Step step = LeaseHolder.armed(later, 1, ns(210));
        assertEquals(List.of(), step.effects());
        assertTrue(step.state().isArmed(ns(1199)));
        assertFalse(step.state().gateOpen());
    }

    @Test
    @DisplayName("the guard is silent while the voters grant => the gate is closed when its last deadline has passed")
    void guardSilent() {
        LeaseState before = renewedUnguarded(OPEN, 150, 1150);
        assertTrue(before.gateOpen());
        Step step = LeaseHolder.tick(before, ns(1200));
        assertEquals(
                new Effect.CloseGate("the guard has confirmed no deadline within T"),
                step.effects().getFirst());
        assertFalse(step.state().gateOpen());
        assertTrue(step.state().isHeld(ns(1200)), "the voters' lease is not lost by it");
        assertFalse(renewedUnguarded(step.state(), 1250, 3000).gateOpen());
    }

    @Test
    @DisplayName("the guard was told to kill nothing by time => only a round that was granted after it counts")
    void disarmed() {
        Step step = LeaseHolder.disarmed(GRANTED, ns(120));
        assertEquals(List.of(new Effect.Stage(2, T, true, true)), step.effects());
        assertFalse(LeaseHolder.armed(step.state(), 1, ns(121)).state().isArmed(ns(121)), "said before it was told");
        LeaseState next = granted(step, 130);
        assertTrue(LeaseHolder.armed(next, 2, ns(131)).state().isArmed(ns(131)));
    }

    @Test
    @DisplayName("nothing is held => a guard without a deadline begins no round")
    void disarmedWithoutLease() {
        assertEquals(List.of(), LeaseHolder.disarmed(IDLE, ns(5)).effects());
    }
}
