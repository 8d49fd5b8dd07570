package io.interrex.cluster.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.hands.HandsMessage.Ack;
import io.interrex.cluster.hands.HandsMessage.Cause;
import io.interrex.cluster.hands.HandsMessage.Nack;
import io.interrex.cluster.hands.HandsMessage.Renew;
import io.interrex.cluster.lease.Voter.Step;
import io.interrex.cluster.lease.VoterState.Promise;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Given voter v of configuration 1, started at 0 ms with epoch 5 on its disk, W = 1450 ms and H = 1400 ms. */
@DisplayName("A voter")
class VoterTest {

    private static final String GROUP = "main";
    private static final VoterState STARTED =
            VoterState.started("v", 1, 0, ns(1450), ns(1400), new VoterHard(Map.of(GROUP, 5L, "other", 9L), 1400));

    /** It has spoken to nobody, and its silence is over. */
    private static final VoterState SPEAKING = STARTED;

    private static long ns(long ms) {
        return ms * 1_000_000;
    }

    private static Renew renew(String member, long epoch) {
        return new Renew(GROUP, member, 3, epoch, 77, 1, 0, 1400);
    }

    private static Step at(long ms, VoterState state, Renew renew) {
        return Voter.renew(state, renew, ns(ms));
    }

    /** What the next one hears whom this voter asks. */
    private static VoterState promised(String member, long epoch, long ms) {
        Step step = at(ms, SPEAKING, renew(member, epoch));
        assertInstanceOf(Ack.class, step.reply());
        return step.state();
    }

    private static Nack nack(Step step) {
        return assertInstanceOf(Nack.class, step.reply());
    }

    @ParameterizedTest(name = "a round of epoch {0} at {1} ms => {2}, maxEpochSeen {3}, on disk before the reply: {4}")
    @CsvSource({
        "5,    0, silence,   5, false",
        "5, 1449, silence,   5, false",
        "6, 1449, silence,   6, true",
        "4, 1449, silence,   5, false",
        "5, 1450, Ack,       5, false",
        "6, 1450, Ack,       6, true",
        "4, 1450, OLD_EPOCH, 5, false",
    })
    void silentForW(long epoch, long ms, String answer, long seen, boolean persist) {
        Step step = at(ms, STARTED, renew("a", epoch));
        String said = switch (step.reply()) {
            case null -> "silence";
            case Ack ack -> "Ack";
            case Nack nack -> nack.cause().name();
            default -> "something else";
        };
        assertEquals(answer, said);
        assertEquals(seen, step.state().vote(GROUP).maxEpochSeen());
        assertEquals(persist, step.persist());
    }

    @Test
    @DisplayName("that was just started grants no promise by a round that came within its silence")
    void noPromiseInSilence() {
        assertNull(at(1449, STARTED, renew("a", 5)).state().vote(GROUP).promise());
    }

    @Test
    @DisplayName("that grants a round repeats what names it, and promises for H from the receipt")
    void ack() {
        Step step = at(2000, SPEAKING, renew("a", 5));
        assertEquals(new Ack(GROUP, "v", "a", 3, 5, 77), step.reply());
        assertEquals(new Promise("a", 3, 5, ns(3400)), step.state().vote(GROUP).promise());
    }

    @ParameterizedTest(name = "with a promise to a until 3400 ms, b asks for epoch {0} at {1} ms => {2}, {3} ms remain")
    @CsvSource({
        "5, 2000, PROMISED_TO_ANOTHER, 1400",
        "6, 2000, PROMISED_TO_ANOTHER, 1400",
        "6, 3399, PROMISED_TO_ANOTHER,    1",
        "4, 3399, OLD_EPOCH,              0",
    })
    void livePromise(long epoch, long ms, Cause cause, long remaining) {
        Nack nack = nack(at(ms, promised("a", 5, 2000), renew("b", epoch)));
        assertEquals(cause, nack.cause());
        assertEquals(remaining, nack.remainingMs());
        assertEquals("b", nack.member());
        assertEquals(77, nack.n());
    }

    @Test
    @DisplayName("raises its highest epoch, on disk, before a Nack too, and grants the old holder nothing after it")
    void raisedByANack() {
        Step step = at(2100, promised("a", 5, 2000), renew("b", 6));
        assertTrue(step.persist());
        assertEquals(6, nack(step).maxEpochSeen());
        Nack late = nack(at(2200, step.state(), renew("a", 5)));
        assertEquals(Cause.OLD_EPOCH, late.cause());
        assertEquals(6, late.maxEpochSeen());
    }

    @Test
    @DisplayName("keeps its promise to a as it was when it refuses b: neither longer nor shorter")
    void refusalChangesNoPromise() {
        VoterState before = promised("a", 5, 2000);
        VoterState after = at(2100, before, renew("b", 6)).state();
        assertEquals(before.vote(GROUP).promise(), after.vote(GROUP).promise());
    }

    @ParameterizedTest(
            name = "with a promise to a of epoch 5, b is refused for epoch {0} at 2700 ms => silent for {1} ms at 2800")
    @CsvSource({"4, 800", "5, 800", "6, 100"})
    @DisplayName("heard the holder of a newer epoch that it had to refuse, and nobody else")
    void refusedButHeard(long epoch, long silentMs) {
        VoterState after = at(2700, promised("a", 5, 2000), renew("b", epoch)).state();
        assertEquals(silentMs, Voter.view(after, GROUP, ns(2800)).silentMs());
    }

    @Test
    @DisplayName("grants b as soon as H is over since it last heard a")
    void promiseRunsOut() {
        Step step = at(3400, promised("a", 5, 2000), renew("b", 6));
        assertInstanceOf(Ack.class, step.reply());
        assertEquals(
                "b", Objects.requireNonNull(step.state().vote(GROUP).promise()).member());
    }

    @Test
    @DisplayName("continues its promise to a member whose agent was started again")
    void newIncarnation() {
        Renew again = new Renew(GROUP, "a", 4, 5, 1, 1, 0, 1400);
        Step step = at(2500, promised("a", 5, 2000), again);
        assertEquals(new Ack(GROUP, "v", "a", 4, 5, 1), step.reply());
        assertEquals(new Promise("a", 4, 5, ns(3900)), step.state().vote(GROUP).promise());
    }

    @Test
    @DisplayName("of another configuration says so, and learns no epoch from it")
    void wrongConfiguration() {
        Step step = at(2000, SPEAKING, new Renew(GROUP, "a", 3, 8, 77, 2, 0, 1400));
        assertEquals(Cause.OTHER_CONFIGURATION, nack(step).cause());
        assertFalse(step.persist());
        assertEquals(5, step.state().vote(GROUP).maxEpochSeen());
        assertNull(step.state().vote(GROUP).promise());
    }

    @ParameterizedTest(name = "a promise to a of epoch 5, then {0} of {1}, epoch {2} => the promise is void: {3}")
    @CsvSource({
        "Release, a, 5, true",
        "Release, a, 6, true",
        "Release, a, 4, false",
        "Release, b, 5, false",
        "Fenced,  a, 5, true",
        "Fenced,  a, 6, true",
        "Fenced,  a, 4, false",
        "Fenced,  b, 5, false",
    })
    void endedEarly(String message, String member, long epoch, boolean ended) {
        VoterState before = promised("a", 5, 2000);
        Step step = message.equals("Release")
                ? Voter.release(before, GROUP, member, epoch)
                : Voter.fenced(before, GROUP, member, epoch);
        assertEquals(ended, step.state().vote(GROUP).promise() == null);
        assertNull(step.reply());
    }

    @Test
    @DisplayName("that hears a release of an epoch that it did not know raises its highest, on disk")
    void releaseRaises() {
        Step newer = Voter.release(SPEAKING, GROUP, "a", 6);
        assertTrue(newer.persist());
        assertEquals(6, newer.state().vote(GROUP).maxEpochSeen());
        Step known = Voter.release(SPEAKING, GROUP, "a", 5);
        assertFalse(known.persist());
        assertEquals(5, known.state().vote(GROUP).maxEpochSeen());
    }

    @ParameterizedTest(name = "released {0}, then raised to {1} => the current holder gave back: {2}")
    @CsvSource({"0, 0, false", "5, 0, true", "6, 0, true", "4, 0, false", "5, 6, false"})
    @DisplayName("tells a release of the highest epoch only: one of an older epoch is history")
    void releaseOfHistory(long released, long raised, boolean told) {
        VoterState state = Voter.release(SPEAKING, GROUP, "a", released).state();
        state = Voter.raise(state, GROUP, raised).state();
        assertEquals(told, Voter.view(state, GROUP, ns(2000)).released());
    }

    @ParameterizedTest(name = "raised to {0} => maxEpochSeen {1}, on disk: {2}")
    @CsvSource({"4, 5, false", "5, 5, false", "6, 6, true"})
    void raised(long epoch, long seen, boolean persist) {
        VoterState before = promised("a", 5, 2000);
        Step step = Voter.raise(before, GROUP, epoch);
        assertEquals(seen, step.state().vote(GROUP).maxEpochSeen());
        assertEquals(persist, step.persist());
        assertEquals(before.vote(GROUP).promise(), step.state().vote(GROUP).promise(), "promises run on");
    }

    @Test
    @DisplayName("keeps groups apart: a round of one changes nothing of the other")
    void groups() {
        VoterState after = promised("a", 6, 2000);
        assertEquals(STARTED.vote("other"), after.vote("other"));
        assertEquals(0, after.vote("new").maxEpochSeen());
    }

    @ParameterizedTest(
            name = "asked at {0} ms, last renewal at 2000 ms => silent for {1} ms, {2} ms promised, starting {3}")
    @CsvSource({"2000, 0, 1400, false", "2800, 800, 600, false", "3400, 1400, 0, false", "9000, 7000, 0, false"})
    void view(long ms, long silentMs, long leftMs, boolean starting) {
        var view = Voter.view(promised("a", 5, 2000), GROUP, ns(ms));
        assertEquals(silentMs, view.silentMs());
        assertEquals(leftMs, view.promiseLeftMs());
        assertEquals(starting, view.starting());
        assertEquals(5, view.epoch());
    }

    @Test
    @DisplayName("that was just started says that it is starting, and counts silence from the end of its own")
    void startingView() {
        assertTrue(Voter.view(STARTED, GROUP, ns(1449)).starting());
        assertEquals(0, Voter.view(STARTED, GROUP, ns(1449)).silentMs());
        assertFalse(Voter.view(STARTED, GROUP, ns(1450)).starting());
        assertEquals(800, Voter.view(STARTED, GROUP, ns(2250)).silentMs());
    }

    @ParameterizedTest(name = "{0} ms before the clock's numbers overflow")
    @CsvSource({"1000", "2000"})
    @DisplayName("whose clock passes the end of its range goes on (System.nanoTime may overflow)")
    void overflow(long beforeMs) {
        long start = Long.MAX_VALUE - ns(beforeMs);
        VoterState state = VoterState.started("v", 1, start, ns(1450), ns(1400), VoterHard.NEW);
        assertNull(Voter.renew(state, renew("a", 1), start + ns(900)).reply());
        assertNull(Voter.renew(state, renew("a", 1), start + ns(1449)).reply());
        Step granted = Voter.renew(state, renew("a", 1), start + ns(1450));
        assertInstanceOf(Ack.class, granted.reply());
        for (long laterMs : new long[] {1500, 1999, 2849}) {
            Nack nack = nack(Voter.renew(granted.state(), renew("b", 2), start + ns(laterMs)));
            assertEquals(2850 - laterMs, nack.remainingMs());
        }
        assertInstanceOf(
                Ack.class,
                Voter.renew(granted.state(), renew("b", 2), start + ns(2850)).reply());
    }

    @Test
    @DisplayName("grants rounds of its own configuration only, and keeps what it promised by the one before")
    void configured() {
        VoterState next = Voter.configured(promised("a", 5, 1450), 2);
        assertEquals(
                Cause.OTHER_CONFIGURATION, nack(at(1500, next, renew("a", 5))).cause());
        Renew other = new Renew(GROUP, "b", 3, 6, 78, 2, 0, 1400);
        assertEquals(Cause.PROMISED_TO_ANOTHER, nack(at(1500, next, other)).cause());
        assertInstanceOf(Ack.class, at(1450 + 1400, next, other).reply());
    }
}
