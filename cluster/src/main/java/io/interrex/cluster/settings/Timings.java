package io.interrex.cluster.settings;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * All times of a group, in protocol.md's symbols, and the inequalities between them that safety and liveness need.
 *
 * @param renewEvery r: a lease round is sent this often
 * @param leaseFor T: the holder may serve for so long after it SENT the round
 * @param promiseFor H: a voter promises for so long after it RECEIVED the round
 * @param silentFor W: a started voter grants nothing for so long
 * @param pauseMax P: the longest pause of its own that a node bears without closing the gate
 * @param suspectAfter no renewal for so long makes a voter agree to a failover
 * @param writeProbeMax a commit on the primary itself must not take longer
 * @param roundTripMax d: round trip of a renewal, 99.99th percentile
 * @param continueAfter no new event of a running failover for so long: the next rank continues it
 * @param closingMax g: from "close" to no packet passing
 */
public record Timings(
        Duration renewEvery,
        Duration leaseFor,
        Duration promiseFor,
        Duration silentFor,
        Duration pauseMax,
        Duration suspectAfter,
        Duration writeProbeMax,
        Duration roundTripMax,
        Duration continueAfter,
        Duration closingMax) {

    /** ρ: how far a clock's rate may be off, as a fraction. */
    public static final double CLOCK_RATE_ERROR = 0.01;

    /** m: renewals that may be lost in a row. */
    public static final int LOST_RENEWALS = 2;

    private static final BigDecimal FAST = BigDecimal.valueOf(1 + CLOCK_RATE_ERROR);
    private static final BigDecimal SLOW = BigDecimal.valueOf(1 - CLOCK_RATE_ERROR);

    private static final int ROUNDS_BEFORE_HOLD = 5;

    /** The longest that replacing a lost primary takes, as planned: suspicion, its lease, the round trip, a second rank. */
    public Duration failoverMax() {
        return suspectAfter.plus(promiseFor).plus(roundTripMax).plus(continueAfter);
    }

    /** What is missing for so long, several rounds and no less, will not come at once: only then people are told of a hold. */
    public Duration graceBeforeHold() {
        return Duration.ofNanos(renewEvery.toNanos() * ROUNDS_BEFORE_HOLD);
    }

    /** The longest g with which T(1+ρ) + g ≤ H(1−ρ) holds; negative where none does. */
    public Duration closingAllowed() {
        BigDecimal left = ms(promiseFor).multiply(SLOW).subtract(ms(leaseFor).multiply(FAST));
        return Duration.ofNanos(
                left.movePointRight(6).setScale(0, RoundingMode.FLOOR).longValueExact());
    }

    /**
     * The longest τ of a watchdog for which d + τ(1+ρ) ≤ H(1−ρ) − Tρ holds: it is fed until s + H(1−ρ) − Tρ − τ(1+ρ), where s is when a
     * round was sent, and a round that comes back within d still feeds it. Not fed any more, it resets its host before the promises end.
     */
    public Duration watchdogAllowed() {
        BigDecimal left =
                ms(leaseFor.plus(closingAllowed()).minus(roundTripMax)).divide(FAST, 6, RoundingMode.FLOOR);
        return Duration.ofNanos(
                left.movePointRight(6).setScale(0, RoundingMode.FLOOR).longValueExact());
    }

    /** H(1+ρ)/(1−ρ), in the unit of {@code promise}: after so long a promise has run out by every clock. */
    public static long silenceAfter(long promise) {
        return (long) Math.ceil(promise * (1 + CLOCK_RATE_ERROR) / (1 - CLOCK_RATE_ERROR));
    }

    /** The inequalities that these timings break, in words with their numbers; empty: they are sound. */
    public List<String> violations() {
        var broken = new ArrayList<String>();
        if (ms(leaseFor)
                        .multiply(FAST)
                        .add(ms(closingMax))
                        .compareTo(ms(promiseFor).multiply(SLOW))
                > 0) {
            broken.add(
                    "safety: T(1+ρ) + g ≤ H(1−ρ) does not hold: %s ms · 1.01 + %s ms > %s ms · 0.99; raise H or lower T"
                            .formatted(text(leaseFor), text(closingMax), text(promiseFor)));
        }
        if (ms(silentFor).multiply(SLOW).compareTo(ms(promiseFor).multiply(FAST)) < 0) {
            broken.add("safety: W ≥ H(1+ρ)/(1−ρ) does not hold: %s ms < %d ms; raise W"
                    .formatted(
                            text(silentFor),
                            silenceAfter(promiseFor.plusNanos(999_999).toMillis())));
        }
        Duration needed =
                renewEvery.multipliedBy(LOST_RENEWALS + 1).plus(roundTripMax).plus(pauseMax);
        if (leaseFor.compareTo(needed) < 0) {
            broken.add(
                    "liveness: T ≥ (m+1)·r + d + P does not hold: %s ms < 3 · %s ms + %s ms + %s ms; raise T or lower r, d or P"
                            .formatted(text(leaseFor), text(renewEvery), text(roundTripMax), text(pauseMax)));
        }
        if (suspectAfter.compareTo(pauseMax.plus(renewEvery)) < 0) {
            broken.add("liveness: suspect ≥ P + r does not hold: %s ms < %s ms + %s ms; raise suspect"
                    .formatted(text(suspectAfter), text(pauseMax), text(renewEvery)));
        }
        return List.copyOf(broken);
    }

    /** With its fraction: a rounded time could break by a little what it seems to keep. */
    private static BigDecimal ms(Duration d) {
        return BigDecimal.valueOf(d.getSeconds(), -3).add(BigDecimal.valueOf(d.getNano(), 6));
    }

    private static String text(Duration d) {
        return ms(d).stripTrailingZeros().toPlainString();
    }
}
