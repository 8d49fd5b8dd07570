package io.interrex.cluster.settings;

import java.time.Duration;
import java.util.Locale;

/** The three sets of timings that a person chooses from (protocol.md, "Lease"). */
public enum Profile {
    /** One rack or one LAN. */
    FAST(new Timings(ms(200), ms(1200), ms(1400), ms(1450), ms(550), ms(800), ms(800), ms(50), ms(600), ms(170))),
    /** Several rooms, or virtual machines on busy hosts. */
    DEFAULT(new Timings(
            ms(1000), ms(5000), ms(6000), ms(6200), ms(1400), ms(2500), ms(3000), ms(600), ms(2000), ms(890))),
    /** Several sites. */
    WAN(new Timings(
            ms(2000), ms(12000), ms(13500), ms(13900), ms(4500), ms(7000), ms(8000), ms(1500), ms(4000), ms(1200)));

    private final Timings timings;

    Profile(Timings timings) {
        this.timings = timings;
    }

    public Timings timings() {
        return timings;
    }

    /** As it is written in the configuration. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static Duration ms(long value) {
        return Duration.ofMillis(value);
    }
}
