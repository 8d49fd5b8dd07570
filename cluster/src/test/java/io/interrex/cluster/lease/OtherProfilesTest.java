package io.interrex.cluster.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.hands.HandsMessage.Ack;
import io.interrex.cluster.hands.HandsMessage.Nack;
import io.interrex.cluster.hands.HandsMessage.Renew;
import io.interrex.cluster.settings.Profile;
import io.interrex.cluster.settings.Timings;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nodes change from one profile to another one by one, so a holder meets voters of another for a while. */
@DisplayName("A voter of profile fast")
final class OtherProfilesTest {

    private static final Timings FAST = Profile.FAST.timings();
    private static final VoterHard EPOCH_5 = new VoterHard(Map.of("main", 5L), 1400);

    private static long ns(long ms) {
        return ms * 1_000_000;
    }

    private static VoterState started(long atMs, VoterHard hard) {
        return VoterState.started(
                "v", 1, ns(atMs), FAST.silentFor().toNanos(), FAST.promiseFor().toNanos(), hard);
    }

    private static Renew renew(String member, long epoch, Timings of) {
        return new Renew("main", member, 3, epoch, 77, 1, 0, of.promiseFor().toMillis());
    }

    @ParameterizedTest(name = "a holder of profile {0}")
    @EnumSource(Profile.class)
    @DisplayName("promises for as long as the holder's own H, and never shorter than its own")
    void promisesLongEnough(Profile profile) {
        Timings holder = profile.timings();
        Voter.Step granted = Voter.renew(started(0, EPOCH_5), renew("a", 5, holder), ns(2000));
        assertInstanceOf(Ack.class, granted.reply());
        long untilMs = 2000 + holder.promiseFor().toMillis();
        assertInstanceOf(
                Nack.class,
                Voter.renew(granted.state(), renew("b", 6, FAST), ns(untilMs - 1))
                        .reply());
        assertInstanceOf(
                Ack.class,
                Voter.renew(granted.state(), renew("b", 6, FAST), ns(untilMs)).reply());
    }

    @Test
    @DisplayName("has a longer promise on disk before it gives it, once, and is silent for it after a restart")
    void remembersTheLongest() {
        Timings slow = Profile.DEFAULT.timings();
        Voter.Step first = Voter.renew(started(0, EPOCH_5), renew("a", 5, slow), ns(2000));
        assertTrue(first.persist());
        assertEquals(slow.promiseFor().toMillis(), first.state().hard().longestPromiseMs());
        assertFalse(Voter.renew(first.state(), renew("a", 5, slow), ns(3000)).persist());
        VoterState again = started(3100, first.state().hard());
        long silenceMs = Timings.silenceAfter(slow.promiseFor().toMillis());
        assertNull(Voter.renew(again, renew("b", 6, FAST), ns(3100 + silenceMs - 1))
                .reply());
        assertInstanceOf(
                Ack.class,
                Voter.renew(again, renew("b", 6, FAST), ns(3100 + silenceMs)).reply());
    }

    @Test
    @DisplayName("forgets a longer promise once its silence has outlasted it, and not before it spoke")
    void forgetsWhatHasRunOut() {
        VoterState state = started(0, new VoterHard(Map.of("main", 5L), 6000));
        assertEquals(6000, state.hard().longestPromiseMs());
        Voter.Step granted = Voter.renew(state, renew("a", 5, FAST), ns(10_000));
        assertTrue(granted.persist());
        assertEquals(1400, granted.state().hard().longestPromiseMs());
    }

    @Test
    @DisplayName("grants nothing to a holder that wants a promise of more than two minutes")
    void refusesTheAbsurd() {
        var absurd = new Renew("main", "a", 3, 5, 77, 1, 0, Voter.PROMISE_MS_MAX + 1);
        assertInstanceOf(
                Nack.class, Voter.renew(started(0, EPOCH_5), absurd, ns(2000)).reply());
    }
}
