package io.interrex.actors.agent;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A server that died opens no gate before it was looked at anew")
final class AgentLooksTest {

    private final AgentLooks looks = new AgentLooks();

    @Test
    @DisplayName("dies, is looked at => what the look shows counts")
    void looked() {
        looks.serverDied();
        assertTrue(looks.isServerDead());
        assertTrue(looks.begin());
        assertTrue(looks.isServerDead());
        assertFalse(looks.end());
        assertFalse(looks.isServerDead());
    }

    @Test
    @DisplayName("dies during a look => that look does not count, the next one does")
    void duringALook() {
        assertTrue(looks.begin());
        looks.serverDied();
        assertFalse(looks.begin());
        assertTrue(looks.end());
        assertTrue(looks.isServerDead());
        assertTrue(looks.begin());
        looks.end();
        assertFalse(looks.isServerDead());
    }
}
