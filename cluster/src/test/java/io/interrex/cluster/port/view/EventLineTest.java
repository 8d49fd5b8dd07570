package io.interrex.cluster.port.view;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.port.Envelope;
import io.interrex.cluster.port.GroupJournal.Recorded;
import java.time.ZoneOffset;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The line of an event")
final class EventLineTest {

    @Test
    @DisplayName("has time, epoch, rule and sentence")
    void wholeLine() {
        var id = new UUID(0, 1);
        var event = new GroupEvent.GateMoved(7, RuleId.GATE_RECORDED, "b", true, "established");
        var envelope =
                new Envelope("group/main", 1, id, 7, 11_647_512L, 0, "b", "GateMoved", 1, id, "s", "{}", null, "", "");
        assertEquals(
                "03:14:07.512  e7  R625 GATE_RECORDED  the gate of b is open: established",
                EventWords.line(new Recorded(envelope, event), ZoneOffset.UTC));
    }
}
