package io.interrex.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class GuardEventsTest {

    @Test
    @DisplayName("a death that took very long took long, and no negative time")
    void longDeath() throws IOException {
        var death = GuardEvents.deathOf(Map.of("killed", "1", "us", "9223372036854775807"));
        assertEquals(Duration.ofSeconds(9223372036854L, 775_807_000), death.took());
    }
}
