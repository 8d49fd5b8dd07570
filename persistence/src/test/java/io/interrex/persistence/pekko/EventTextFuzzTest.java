package io.interrex.persistence.pekko;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.cluster.fuzz.AnyValue;
import io.interrex.cluster.fuzz.Bounded;
import io.interrex.cluster.fuzz.Input;
import io.interrex.cluster.fuzz.Mutation;
import io.interrex.cluster.port.Envelope;
import io.interrex.persistence.codec.CodecException;
import io.interrex.persistence.memory.InMemoryEventLog;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.persistence.PersistentRepr;
import org.jspecify.annotations.Nullable;

@Label("An event of a persistent actor, as it stands in the log")
class EventTextFuzzTest {

    private static final Bounded READS = new Bounded(CodecException.class, 2000, 1 << 20);

    private static @Nullable JournalFixture fixture;

    @BeforeContainer
    static void start() {
        fixture = new JournalFixture(new InMemoryEventLog());
    }

    @AfterContainer
    static void stop() {
        if (fixture != null) {
            fixture.close();
        }
    }

    private static EventText text() {
        JournalFixture started = fixture;
        if (started == null) {
            throw new IllegalStateException("not started");
        }
        return new EventText(started.system());
    }

    @Property(seed = "33")
    @Label("any event comes back as it was, with its writer, time and manifest")
    void roundTrip(@ForAll("events") PersistentRepr event) {
        PersistentRepr read = text().read("p", JournalFixture.envelope(text().payload(event), event.sequenceNr()));
        assertEquals(same(event), same(read));
    }

    private static List<Object> same(PersistentRepr e) {
        Object payload = e.payload() instanceof byte[] bytes ? new Input(bytes).toString() : e.payload();
        return List.of(
                payload, e.sequenceNr(), e.persistenceId(), e.manifest(), e.writerUuid(), e.timestamp(), e.deleted());
    }

    @Property(seed = "34")
    @Label("a changed text is an event, or is refused as no event of that stream and version")
    void changed(@ForAll("texts") Input input) {
        var text = text();
        Envelope envelope = JournalFixture.envelope(input.text(), 3);
        READS.read(input.size(), () -> text.read("p", envelope)).ifPresent(read -> assertEquals(3, read.sequenceNr()));
    }

    private static PersistentRepr repr(Object payload, long sequence, String manifest, String writer, long at) {
        return PersistentRepr.apply(payload, sequence, "p", manifest, false, ActorRef.noSender(), writer)
                .withTimestamp(at);
    }

    @Provide
    Arbitrary<PersistentRepr> events() {
        Arbitrary<Object> payloads = Arbitraries.oneOf(
                AnyValue.text().map(Object.class::cast),
                Arbitraries.longs().map(Object.class::cast),
                Arbitraries.integers().map(Object.class::cast),
                Arbitraries.bytes().array(byte[].class).ofMaxSize(50).map(Object.class::cast));
        return Combinators.combine(
                        payloads,
                        Arbitraries.longs().greaterOrEqual(1),
                        AnyValue.text(),
                        AnyValue.text(),
                        Arbitraries.longs())
                .as(EventTextFuzzTest::repr);
    }

    @Provide
    Arbitrary<Input> texts() {
        var samples = new ArrayList<byte[]>();
        for (Object payload : List.of("text", 7L, 7, new byte[] {1, 2, 3}, true)) {
            samples.add(text().payload(repr(payload, 3, "", "w", 5)).getBytes(StandardCharsets.UTF_8));
        }
        for (int serializer = 2; serializer < 40; serializer++) {
            samples.add(
                    "{\"writer\":\"w\",\"timestampMs\":5,\"manifest\":\"\",\"serializer\":%d,\"type\":\"\",\"json\":{\"a\":1}}"
                            .formatted(serializer)
                            .getBytes(StandardCharsets.UTF_8));
        }
        return Arbitraries.oneOf(Mutation.of(samples), Mutation.noise());
    }
}
