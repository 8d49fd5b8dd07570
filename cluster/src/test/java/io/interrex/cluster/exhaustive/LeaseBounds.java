package io.interrex.cluster.exhaustive;

import io.interrex.cluster.settings.Timings;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * How large the model of the lease is. One tick is a second; a round is sent every tick.
 *
 * @param epochs that the log gives out: the odd ones to a, the even ones to b
 * @param faults of which one may happen
 * @param slow whose clocks may skip ticks, as bits: a, b, x, y, z
 * @param lateStaging a round's timers may be staged, and it be sent, any time after it was begun
 */
record LeaseBounds(int epochs, Set<LeaseFault> faults, int slow, boolean lateStaging, Timings timings) {

    /** A clock that skipped a tick skips none of the next so many: T take at most one true tick more. */
    static final int SKIP_EVERY = 3;

    static final long TICK_NS = 1_000_000_000L;
    static final int T = 2;
    static final int H = 3;
    static final int W = 4;

    /** What can befall the model once. */
    enum LeaseFault {
        VOTER_RESTARTS("a voter restarts"),
        HOLDER_RESTARTS("a holder restarts"),
        HOLDER_PAUSES("a holder pauses"),
        HOLDER_IS_STUNNED("a holder is stunned");

        final String words;

        LeaseFault(String words) {
            this.words = words;
        }
    }

    /** T(1+ρ) + g = 2.02 + 0.94 ≤ 2.97 = H(1−ρ); in whole ticks: T and one skipped tick are H. P is one tick. */
    static Timings timingsOf(LeaseMutant... mutants) {
        Set<LeaseMutant> opened = opened(mutants);
        return new Timings(
                Duration.ofMillis(300),
                Duration.ofSeconds(T),
                Duration.ofSeconds(opened.contains(LeaseMutant.NO_ROOM_FOR_CLOCKS) ? T : H),
                Duration.ofSeconds(
                        opened.contains(LeaseMutant.NO_SILENCE)
                                ? 0
                                : opened.contains(LeaseMutant.SHORT_SILENCE) ? 1 : W),
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                Duration.ofMillis(940));
    }

    static LeaseBounds inCi(LeaseMutant... mutants) {
        return new LeaseBounds(2, EnumSet.allOf(LeaseFault.class), 0b1, false, timingsOf(mutants));
    }

    static LeaseBounds larger() {
        return new LeaseBounds(3, EnumSet.allOf(LeaseFault.class), 0b11111, true, timingsOf());
    }

    LeaseBounds withFaults(Set<LeaseFault> some) {
        return new LeaseBounds(epochs, some, slow, lateStaging, timings);
    }

    static Set<LeaseMutant> opened(LeaseMutant... mutants) {
        Set<LeaseMutant> opened = EnumSet.noneOf(LeaseMutant.class);
        opened.addAll(Set.of(mutants));
        return opened;
    }
}
