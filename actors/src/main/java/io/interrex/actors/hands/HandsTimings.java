package io.interrex.actors.hands;

import com.typesafe.config.Config;
import io.interrex.cluster.settings.Profile;
import java.time.Duration;

/**
 * When a connection is given up and dialled again; reference.conf says what each value does.
 *
 * @param connectMax a connection attempt takes no longer
 * @param beatEvery a dialled connection carries a beat this often
 * @param silentMax a connection on which nothing came for so long is dead
 * @param backOffMin between the first two attempts
 * @param backOffMax between two attempts, at most
 * @param queueFor a message that waited longer is dropped
 */
public record HandsTimings(
        Duration connectMax,
        Duration beatEvery,
        Duration silentMax,
        Duration backOffMin,
        Duration backOffMax,
        Duration queueFor) {

    private static final String PATH = "interrex.hands.timings.";

    public HandsTimings {
        if (silentMax.compareTo(beatEvery.multipliedBy(3)) < 0) {
            throw new IllegalArgumentException(
                    PATH + "*.silent-max (" + silentMax + ") must be at least three times beat-every (" + beatEvery
                            + "), or two lost beats cut a connection");
        }
        if (backOffMin.isZero() || backOffMin.isNegative() || backOffMin.compareTo(backOffMax) > 0) {
            throw new IllegalArgumentException(
                    PATH + "*.back-off-min must be above 0 and not above back-off-max (" + backOffMax + ")");
        }
    }

    /** The timings of a profile, from the {@code interrex.hands.timings} of reference.conf and what overrides it. */
    public static HandsTimings of(Config config, Profile profile) {
        Config c = config.getConfig(PATH + profile.key());
        return new HandsTimings(
                c.getDuration("connect-max"),
                c.getDuration("beat-every"),
                c.getDuration("silent-max"),
                c.getDuration("back-off-min"),
                c.getDuration("back-off-max"),
                c.getDuration("queue-for"));
    }

    /** A Hello must have come this long after the attempt began. */
    Duration helloMax() {
        return connectMax.plus(silentMax);
    }
}
