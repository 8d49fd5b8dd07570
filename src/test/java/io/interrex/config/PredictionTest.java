package io.interrex.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.settings.Profile;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class PredictionTest {

    @Test
    @DisplayName("fast: a lost host about 1.8 s and at most 3 s, a crash about 0.5 s and at most 1 s (protocol.md)")
    void fast() {
        var outages = Prediction.of(Profile.FAST.timings());
        assertEquals(Duration.ofMillis(1750), outages.get(0).typical());
        assertEquals(Duration.ofMillis(2050), outages.get(0).atMost());
        assertTrue(outages.get(2).typical().toMillis() <= 600);
        assertTrue(outages.get(2).atMost().toMillis() <= 1000);
    }

    @Test
    @DisplayName("default: a lost log delays no failover, and a change of the synchronous set by up to suspect + r")
    void lostLog() {
        var outages = Prediction.of(Profile.DEFAULT.timings());
        assertEquals(Duration.ofMillis(7650), outages.get(0).atMost());
        assertEquals(Duration.ofMillis(7300), outages.get(4).atMost());
    }

    @Test
    @DisplayName("nothing is predicted to take longer at its best than at its worst")
    void ordered() {
        for (Profile profile : Profile.values()) {
            for (var outage : Prediction.of(profile.timings())) {
                assertTrue(outage.typical().compareTo(outage.atMost()) <= 0, () -> profile + " " + outage);
            }
        }
    }
}
