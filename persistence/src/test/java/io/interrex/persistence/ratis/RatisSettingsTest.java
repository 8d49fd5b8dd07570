package io.interrex.persistence.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.interrex.cluster.settings.Profile;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class RatisSettingsTest {

    private static final RatisSettings CLIENT = RatisSettings.client("app", Map.of("a", "127.0.0.1:7402"));

    @ParameterizedTest(name = "{0}")
    @EnumSource(Profile.class)
    @DisplayName("an attempt and a heartbeat survive the longest round trip that the profile expects of the network")
    void roundTrip(Profile profile) {
        RatisSettings settings = CLIENT.withProfile(ConfigFactory.load(), profile);
        Duration roundTrip = profile.timings().roundTripMax();
        assertTrue(settings.attemptTimeout().compareTo(roundTrip) > 0, settings::toString);
        assertTrue(settings.electionTimeoutMin().compareTo(roundTrip) > 0, settings::toString);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(Profile.class)
    @DisplayName(
            "a lost leader is replaced before a primary that was lost with it is suspected, and before an operation gives up")
    void election(Profile profile) {
        RatisSettings settings = CLIENT.withProfile(ConfigFactory.load(), profile);
        Duration gap = settings.electionTimeoutMax().plus(profile.timings().roundTripMax());
        Duration suspected =
                profile.timings().suspectAfter().plus(profile.timings().renewEvery());
        assertTrue(gap.compareTo(suspected) < 0, settings::toString);
        assertTrue(gap.compareTo(settings.operationTimeout()) < 0, settings::toString);
    }

    @Test
    @DisplayName("an operation has time for three attempts")
    void threeAttempts() {
        var config = ConfigFactory.parseString("interrex.log.timings.wan.operation-max = 5s")
                .withFallback(ConfigFactory.load());
        var refused = assertThrows(IllegalArgumentException.class, () -> CLIENT.withProfile(config, Profile.WAN));
        assertEquals("operation timeout 5000 ms must be at least three attempts of 2000 ms", refused.getMessage());
    }
}
