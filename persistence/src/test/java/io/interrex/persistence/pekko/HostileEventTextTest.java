package io.interrex.persistence.pekko;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.port.Envelope;
import io.interrex.persistence.codec.CodecException;
import io.interrex.persistence.memory.InMemoryEventLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What fuzzing found in the events of persistent actors, each with the least input that shows it. */
final class HostileEventTextTest {

    private final InMemoryEventLog log = new InMemoryEventLog();
    private final JournalFixture fixture = new JournalFixture(log);

    @AfterEach
    void stop() {
        fixture.close();
        log.close();
    }

    @ParameterizedTest(name = "serializer {0} is refused")
    @DisplayName(
            "whatever a serializer throws at bytes that are not its own, the event is named by its stream and version")
    @ValueSource(
            strings = {
                "1,\"type\":\"\",\"base64\":\"AAAA\"",
                "19,\"type\":\"\",\"base64\":\"AAAA\"",
                "17,\"type\":\"\",\"base64\":7",
                "99,\"type\":\"x\",\"base64\":\"AAAA\""
            })
    void foreign(String serializer) {
        String payload = "{\"writer\":\"w\",\"timestampMs\":5,\"manifest\":\"\",\"serializer\":" + serializer + "}";
        Envelope envelope = JournalFixture.envelope(payload, 1);
        var text = new EventText(fixture.system());
        var refused = assertThrows(CodecException.class, () -> text.read("p", envelope));
        assertTrue(String.valueOf(refused.getMessage()).startsWith("pekko/p version 1 "), refused::toString);
    }
}
