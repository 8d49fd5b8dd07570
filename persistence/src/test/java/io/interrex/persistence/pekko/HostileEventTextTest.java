package io.interrex.persistence.pekko;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.port.Envelope;
import io.interrex.persistence.Samples;
import io.interrex.persistence.codec.CodecException;
import io.interrex.persistence.memory.InMemoryEventLog;
import java.util.UUID;
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
        Envelope sample = Samples.event(null, "pekko/p", new UUID(7, 1), "");
        String payload = "{\"writer\":\"w\",\"timestampMs\":5,\"manifest\":\"\",\"serializer\":" + serializer + "}";
        var envelope = new Envelope(
                sample.stream(),
                sample.version(),
                sample.id(),
                sample.epoch(),
                sample.wallMs(),
                sample.monoNs(),
                sample.node(),
                sample.name(),
                sample.schema(),
                sample.cause(),
                sample.settings(),
                payload,
                null,
                sample.previousHash(),
                "");
        var text = new EventText(fixture.system());
        var refused = assertThrows(CodecException.class, () -> text.read("p", envelope));
        assertTrue(String.valueOf(refused.getMessage()).startsWith("pekko/p version 1 "), refused::toString);
    }
}
