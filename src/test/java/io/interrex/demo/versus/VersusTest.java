package io.interrex.demo.versus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.lab.LabException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("--versus")
class VersusTest {

    @Test
    @DisplayName("refuses a name that does not exist, with those that do")
    void unknown() {
        LabException refused = assertThrows(LabException.class, () -> Versus.of("patroni,repmgr"));
        assertEquals("there is no system 'repmgr'; there are patroni, pg_auto_failover", refused.getMessage());
    }

    @Test
    @DisplayName("takes names, and none")
    void known() {
        assertTrue(Versus.of("").isEmpty());
        assertFalse(Versus.of("patroni, pg_auto_failover").isEmpty());
    }

    @Test
    @DisplayName("says which program is not here, and what would bring it")
    void missing() {
        LabException missing =
                assertThrows(LabException.class, () -> Programs.require("no-such-program", "apt-get install it"));
        assertEquals("the program no-such-program is not here: apt-get install it", missing.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kill",
                "host",
                "power",
                "cut",
                "peers",
                "hang",
                "gone",
                "agent",
                "switchover",
                "both",
                "replica",
                "stall"
            })
    @DisplayName("makes this fault, by the bench's word")
    void faults(String word) {
        assertEquals(word, PeerFault.of(word).orElseThrow().word());
    }

    @ParameterizedTest
    @ValueSource(strings = {"copy", "leading", "full", "log"})
    @DisplayName("leaves out what only Interrex can be told")
    void others(String word) {
        assertTrue(PeerFault.of(word).isEmpty());
    }
}
