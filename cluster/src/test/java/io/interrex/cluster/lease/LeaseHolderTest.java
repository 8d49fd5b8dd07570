package io.interrex.cluster.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.hands.HandsMessage.Ack;
import io.interrex.cluster.hands.HandsMessage.Cause;
import io.interrex.cluster.hands.HandsMessage.Nack;
import io.interrex.cluster.hands.HandsMessage.Renew;
import io.interrex.cluster.lease.LeaseHolder.Effect;
import io.interrex.cluster.lease.LeaseHolder.Step;
import io.interrex.cluster.lease.LeaseState.Identity;
import io.interrex.cluster.settings.Profile;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Given member a in its third incarnation, voters x, y and z, and r = 200, T = 1200, P = 550 ms; a wants epoch 7 at 0 ms. */
@DisplayName("The holder of a lease")
class LeaseHolderTest {

    private static final Duration T = Duration.ofMillis(1200);
    private static final LeaseState IDLE = LeaseState.idle(
            new Identity("main", "a", 3, 1, new TreeSet<>(List.of("x", "y", "z")), Profile.FAST.timings()), 0);

    /** Its first round has been sent at 0 ms. */
    private static final LeaseState ASKING = sent(LeaseHolder.want(IDLE, 7, true, true, 0), true);

    /** Its first round was won at 100 ms: the lease counts until 1200 ms. */
    private static final LeaseState HOLDING = won(ASKING, 100);

    private static long ns(long ms) {
        return ms * 1_000_000;
    }

    private static LeaseState sent(Step begun, boolean gateStaged) {
        return LeaseHolder.staged(begun.state(), begun.state().round(), gateStaged, 0)
                .state();
    }

    private static Step ack(LeaseState state, String voter, long ms) {
        return LeaseHolder.ack(state, new Ack("main", voter, "a", 3, 7, state.round()), ns(ms));
    }

    private static boolean begins(Step step) {
        return step.effects().stream().anyMatch(Effect.Stage.class::isInstance);
    }

    private static LeaseState granted(LeaseState asking, long ms) {
        return ack(ack(asking, "x", ms).state(), "y", ms).state();
    }

    /** Granted, and the guard has its deadline. */
    private static LeaseState won(LeaseState asking, long ms) {
        return armed(granted(asking, ms), ms).state();
    }

    private static Step armed(LeaseState state, long ms) {
        return LeaseHolder.armed(state, state.round(), ns(ms));
    }

    private static LeaseState ticked(LeaseState from, long fromMs, long toMs) {
        LeaseState state = from;
        for (long now = fromMs; now <= toMs; now += 50) {
            state = LeaseHolder.tick(state, ns(now)).state();
        }
        return state;
    }

    @Test
    @DisplayName("stages the timers of gate and guard first, and sends the round only after that")
    void stageThenSend() {
        Step begun = LeaseHolder.want(IDLE, 7, true, true, 0);
        assertEquals(List.of(new Effect.Stage(1, T, true, true)), begun.effects());
        Step staged = LeaseHolder.staged(begun.state(), 1, true, 12);
        assertEquals(List.of(new Effect.Send(new Renew("main", "a", 3, 7, 1, 1, 12, 1400))), staged.effects());
        assertEquals(List.of(), LeaseHolder.staged(staged.state(), 1, true, 12).effects(), "a round is sent once");
    }

    @Test
    @DisplayName("sends no round whose timers were staged when a later one had begun")
    void staleStaging() {
        LeaseState begun = LeaseHolder.want(IDLE, 7, true, true, 0).state();
        LeaseState next = LeaseHolder.tick(begun, ns(200)).state();
        assertEquals(2, next.round());
        assertEquals(List.of(), LeaseHolder.staged(next, 1, true, 0).effects());
    }

    @Test
    @DisplayName("with two of three Acks gives the guard its deadline, and holds until T after the round was SENT")
    void majority() {
        Step one = ack(ASKING, "x", 100);
        assertEquals(List.of(), one.effects());
        assertFalse(one.state().isHeld(ns(100)));
        Step two = ack(one.state(), "z", 150);
        assertEquals(List.of(new Effect.Arm(1), new Effect.Won(7, ns(1200), true)), two.effects());
        assertTrue(two.state().isHeld(ns(1199)));
        assertFalse(two.state().isHeld(ns(1200)));
        assertEquals(ns(1050), two.state().leftNs(ns(150)));
        assertEquals(List.of(), ack(two.state(), "y", 160).effects(), "the third changes nothing");
    }

    @ParameterizedTest(name = "voter {0}, member {1}, incarnation {2}, epoch {3}, round {4} => counts: {5}")
    @CsvSource({
        "y, a, 3, 7, 1, true",
        "x, a, 3, 7, 1, false",
        "q, a, 3, 7, 1, false",
        "y, b, 3, 7, 1, false",
        "y, a, 2, 7, 1, false",
        "y, a, 4, 7, 1, false",
        "y, a, 3, 6, 1, false",
        "y, a, 3, 8, 1, false",
        "y, a, 3, 7, 0, false",
        "y, a, 3, 7, 2, false",
    })
    @DisplayName("that has the Ack of x counts a second one only if it is of another voter, for itself and this round")
    void whatCounts(String voter, String member, long incarnation, long epoch, long n, boolean counts) {
        LeaseState state = ack(ASKING, "x", 10).state();
        Step step = LeaseHolder.ack(state, new Ack("main", voter, member, incarnation, epoch, n), ns(20));
        assertEquals(counts, step.state().isHeld(ns(20)));
        assertEquals(counts, !step.effects().isEmpty());
    }

    @Test
    @DisplayName("counts no Ack for a round that it has begun and not sent")
    void notSent() {
        LeaseState begun = LeaseHolder.want(IDLE, 7, true, true, 0).state();
        assertFalse(won(begun, 10).isHeld(ns(10)));
    }

    @ParameterizedTest(name = "majority at {0} ms => held: {1}")
    @CsvSource({"1199, true", "1200, false", "5000, false"})
    void lateMajority(long ms, boolean held) {
        assertEquals(held, won(ASKING, ms).held());
    }

    @Test
    @DisplayName("renews every r, and a won round moves the end of the lease by what lies between the sendings")
    void renewal() {
        LeaseState waiting = ticked(HOLDING, 150, 150);
        assertEquals(List.of(), LeaseHolder.tick(waiting, ns(199)).effects());
        Step begun = LeaseHolder.tick(waiting, ns(200));
        assertEquals(List.of(new Effect.Stage(2, T, true, true)), begun.effects());
        Step won = ack(ack(sent(begun, true), "y", 390).state(), "z", 390);
        assertEquals(List.of(new Effect.Arm(2), new Effect.Won(7, ns(1400), false)), won.effects());
    }

    @Test
    @DisplayName("loses the lease at T after the last won round, says so, and closes the gate")
    void lost() {
        LeaseState late = ticked(HOLDING, 150, 1150);
        assertTrue(late.held());
        Step step = LeaseHolder.tick(late, ns(1200));
        assertEquals(
                List.of(
                        new Effect.Lost(7, "no majority of voters granted a round within T"),
                        new Effect.CloseGate("the lease ran out"),
                        new Effect.Stage(step.state().round(), T, true, true)),
                step.effects());
        assertFalse(step.state().held());
        assertFalse(step.state().gateOpen());
        assertFalse(step.state().isArmed(ns(1199)));
    }

    @Test
    @DisplayName("that lost the lease can win it again, as one that was not held before")
    void wonAgain() {
        LeaseState lost = sent(LeaseHolder.tick(ticked(HOLDING, 150, 1150), ns(1200)), true);
        Step again = ack(ack(lost, "x", 1250).state(), "y", 1250);
        assertEquals(new Effect.Won(7, ns(2400), true), again.effects().getLast());
    }

    @ParameterizedTest(name = "its loop stood still for {0} ms => the gate is closed: {1}")
    @CsvSource({"550, false", "551, true"})
    void pause(long gapMs, boolean closes) {
        LeaseState before = ticked(HOLDING, 100, 100);
        Step step = LeaseHolder.tick(before, ns(100 + gapMs));
        assertEquals(closes, step.effects().stream().anyMatch(Effect.CloseGate.class::isInstance));
        assertEquals(!closes, step.state().gateOpen());
        assertTrue(step.state().held(), "the lease itself is not lost by it");
    }

    @Test
    @DisplayName(
            "reopens after a pause by a round that was sent after it, at once, and not by the answers to one before")
    void reopens() {
        LeaseState under = sent(LeaseHolder.tick(HOLDING, ns(200)), true);
        Step back = LeaseHolder.tick(under, ns(800));
        assertEquals(
                List.of(
                        new Effect.CloseGate("this process stood still for 600 ms"),
                        new Effect.Stage(3, T, true, true)),
                back.effects());
        Ack old = new Ack("main", "x", "a", 3, 7, 2);
        assertEquals(List.of(), LeaseHolder.ack(sent(back, true), old, ns(810)).effects());
        Step won = ack(ack(sent(back, true), "x", 820).state(), "y", 820);
        assertEquals(new Effect.Arm(3), won.effects().getFirst());
        assertTrue(armed(won.state(), 820).state().gateOpen());
    }

    @Test
    @DisplayName("that was told of a stun closes the gate; the round under way renews the lease and opens nothing")
    void stun() {
        LeaseState under = sent(LeaseHolder.tick(HOLDING, ns(200)), true);
        Step closed = LeaseHolder.close(under, "suspended for 3 s");
        assertEquals(List.of(new Effect.CloseGate("suspended for 3 s")), closed.effects());
        Step won = ack(ack(closed.state(), "x", 220).state(), "y", 220);
        assertEquals(List.of(new Effect.Arm(2), new Effect.Won(7, ns(1400), false)), won.effects());
        assertFalse(armed(won.state(), 230).state().gateOpen());
        LeaseState later = sent(LeaseHolder.tick(won.state(), ns(400)), true);
        assertTrue(won(later, 410).gateOpen(), "the next round opens it");
    }

    @Test
    @DisplayName("without a barrier in the log holds the lease and arms the guard, and opens no gate")
    void noBarrier() {
        Step begun = LeaseHolder.want(IDLE, 7, true, false, 0);
        assertEquals(List.of(new Effect.Stage(1, T, false, true)), begun.effects());
        Step won = ack(ack(sent(begun, true), "x", 10).state(), "y", 10);
        assertEquals(new Effect.Arm(1), won.effects().getFirst());
        assertFalse(armed(won.state(), 230).state().gateOpen());
    }

    @Test
    @DisplayName("opens its gate by a round that was sent after the barrier, which begins at once")
    void barrierPassed() {
        LeaseState holding = won(sent(LeaseHolder.want(IDLE, 7, true, false, 0), false), 10);
        Step allowed = LeaseHolder.want(holding, 7, true, true, ns(20));
        assertEquals(List.of(new Effect.Stage(2, T, true, true)), allowed.effects());
        assertFalse(allowed.state().gateOpen());
        assertTrue(won(sent(allowed, true), 30).gateOpen());
    }

    @Test
    @DisplayName("whose gate timer could not be staged renews the lease and opens nothing by that round")
    void gateNotStaged() {
        Step begun = LeaseHolder.want(IDLE, 7, true, true, 0);
        LeaseState won = won(sent(begun, false), 10);
        assertTrue(won.isHeld(ns(10)));
        assertFalse(won.gateOpen());
    }

    @Test
    @DisplayName("whose gate timer could not be staged for a later round knows that the one before may still run")
    void gateStillOpen() {
        LeaseState renewed = won(sent(LeaseHolder.tick(HOLDING, ns(200)), false), 210);
        assertTrue(renewed.gateOpen());
        assertEquals(
                new Effect.CloseGate("no barrier holds any more"),
                LeaseHolder.want(renewed, 7, true, false, ns(220)).effects().getFirst());
    }

    @Test
    @DisplayName("that stood still begins a round at once, however young the last one is")
    void roundAfterPause() {
        LeaseState holding = won(sent(LeaseHolder.want(IDLE, 7, true, false, 0), false), 10);
        LeaseState asked = LeaseHolder.want(holding, 7, true, true, ns(540)).state();
        assertEquals(
                List.of(new Effect.Stage(3, T, true, true)),
                LeaseHolder.tick(asked, ns(560)).effects());
    }

    @Test
    @DisplayName("closes the gate when the barrier holds no more, and keeps the lease")
    void barrierGone() {
        Step step = LeaseHolder.want(HOLDING, 7, true, false, ns(150));
        assertEquals(List.of(new Effect.CloseGate("no barrier holds any more")), step.effects());
        assertTrue(step.state().isHeld(ns(150)));
        assertFalse(step.state().gateOpen());
    }

    @Test
    @DisplayName("opens nothing by the answers to a round that was sent before the barrier ceased to hold")
    void barrierGoneUnderWay() {
        Step step = LeaseHolder.want(ASKING, 7, true, false, ns(5));
        assertEquals(List.of(), step.effects());
        Step won = ack(ack(step.state(), "x", 10).state(), "y", 10);
        assertEquals(new Effect.Arm(1), won.effects().getFirst());
        assertFalse(armed(won.state(), 230).state().gateOpen());
    }

    @ParameterizedTest(name = "wanting epoch {0} instead => rounds go on: {1}")
    @CsvSource({"8, true", "0, false"})
    @DisplayName("that wants another epoch, or none, closes the gate and holds nothing of the old one")
    void otherEpoch(long epoch, boolean goesOn) {
        Step step = LeaseHolder.want(HOLDING, epoch, epoch != 0, epoch != 0, ns(150));
        assertEquals(
                new Effect.CloseGate("epoch 7 is no longer held"),
                step.effects().getFirst());
        assertFalse(step.state().isHeld(ns(150)));
        assertEquals(goesOn, begins(step));
        assertEquals(List.of(), ack(step.state(), "z", 160).effects(), "answers for the old epoch are nothing");
        assertEquals(goesOn, begins(LeaseHolder.tick(step.state(), ns(400))));
    }

    @Test
    @DisplayName("does nothing when nothing else is wanted than before")
    void nothingNew() {
        assertEquals(
                List.of(), LeaseHolder.want(HOLDING, 7, true, true, ns(150)).effects());
        assertEquals(HOLDING, LeaseHolder.want(HOLDING, 7, true, true, ns(150)).state());
    }

    @Test
    @DisplayName("that wants nothing never begins a round")
    void idle() {
        assertEquals(List.of(), LeaseHolder.tick(IDLE, ns(10_000)).effects());
    }

    @ParameterizedTest(name = "member {0}, incarnation {1}, epoch {2}, round {3} => the next round waits for it: {4}")
    @CsvSource({"a, 3, 7, 1, true", "b, 3, 7, 1, false", "a, 2, 7, 1, false", "a, 3, 6, 1, false", "a, 3, 7, 2, false"})
    @DisplayName("asks again when the promise that stands in its way ends, if the Nack answers its own round")
    void whichNack(String member, long incarnation, long epoch, long n, boolean counts) {
        var nack = new Nack("main", "x", member, incarnation, epoch, n, Cause.PROMISED_TO_ANOTHER, 7, 50);
        LeaseState state = LeaseHolder.nack(ASKING, nack, ns(10));
        assertEquals(counts, begins(LeaseHolder.tick(state, ns(61))));
    }

    @Test
    @DisplayName("that holds a majority asks every r, whatever the third voter has promised to another")
    void nackWhileHolding() {
        var nack = new Nack("main", "z", "a", 3, 7, 1, Cause.PROMISED_TO_ANOTHER, 7, 20);
        assertEquals(
                HOLDING.nextRoundNs(), LeaseHolder.nack(HOLDING, nack, ns(110)).nextRoundNs());
    }

    @ParameterizedTest(name = "{0} voters => {1} of them grant a lease")
    @CsvSource({"1, 1", "2, 2", "3, 2", "4, 3", "5, 3", "6, 4", "7, 4"})
    void majorities(int voters, int majority) {
        var names = new TreeSet<String>();
        for (int i = 0; i < voters; i++) {
            names.add("v" + i);
        }
        var identity = new Identity("main", "a", 1, 1, names, Profile.FAST.timings());
        assertEquals(majority, LeaseState.idle(identity, 0).majority());
    }

    @Test
    @DisplayName(
            "begins a round when the voters have changed: grants of two configurations never make one lease, and the one that it has runs on")
    void configured() {
        LeaseState one = ack(ASKING, "x", 100).state();
        Step step = LeaseHolder.configured(one, 2, ns(110));
        assertTrue(begins(step));
        LeaseState asking = sent(step, true);
        assertFalse(LeaseHolder.ack(asking, new Ack("main", "y", "a", 3, 7, one.round()), ns(120))
                .state()
                .isHeld(ns(120)));
        assertFalse(ack(asking, "y", 120).state().isHeld(ns(120)));
        assertTrue(granted(asking, 120).isHeld(ns(120)));
        assertTrue(LeaseHolder.configured(HOLDING, 2, ns(200)).state().isHeld(ns(1199)));
        assertFalse(begins(LeaseHolder.configured(HOLDING, 1, ns(200))));
        assertFalse(begins(LeaseHolder.configured(IDLE, 2, ns(200))));
    }
}
