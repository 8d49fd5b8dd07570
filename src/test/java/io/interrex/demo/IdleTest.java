package io.interrex.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The time to the first lease round, as a bench reads it in a node's log")
class IdleTest {

    @Test
    @DisplayName("a node that renewed")
    void renewed() {
        String log =
                "07:00:01.000 INFO  i.interrex.node.Wires the first lease round left 1230 ms after the start of this process\n";
        assertEquals(OptionalLong.of(1230), Idle.firstRoundMs("anything before\n" + log));
    }

    @Test
    @DisplayName("a standby's node, which has nothing to renew")
    void none() {
        assertEquals(OptionalLong.empty(), Idle.firstRoundMs("07:00:01.000 INFO  i.interrex.node.Node node b is up\n"));
    }
}
