package io.interrex.persistence.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.cluster.fuzz.AnyValue;
import io.interrex.cluster.fuzz.Bounded;
import io.interrex.cluster.fuzz.Holes;
import io.interrex.cluster.fuzz.Input;
import io.interrex.cluster.fuzz.Mutation;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

@Label("Stored events, whatever is in them, and whatever is found in their place")
class EventCodecFuzzTest {

    private static final Bounded READS = new Bounded(CodecException.class, 400, 1 << 20);

    private final EventCodec codec = new EventCodec();

    @Property(seed = "1")
    @Label("any event comes back equal, and is written again in the same bytes")
    void eventsRoundTrip(@ForAll("events") GroupEvent event) {
        var written = codec.encode(event);
        GroupEvent read = codec.decode(written.name(), written.schema(), written.payload());
        assertEquals(event, read);
        assertEquals(written, codec.encode(read));
    }

    @Property(seed = "2")
    @Label("any command comes back equal, and is written again in the same bytes")
    void commandsRoundTrip(@ForAll("commands") GroupCommand command) {
        String written = codec.encodeCommand(command);
        assertEquals(command, codec.decodeCommand(written));
        assertEquals(written, codec.encodeCommand(codec.decodeCommand(written)));
    }

    @Property(seed = "3")
    @Label("a changed payload is refused, or is an event without a hole that is written and read again as it is")
    void changedPayloads(@ForAll("payloads") Input input) {
        String text = input.text();
        int space = Math.max(0, text.indexOf(' '));
        READS.read(text.length(), () -> codec.decode(text.substring(0, space), 1, text.substring(space)))
                .ifPresent(event -> {
                    Holes.assertNone(event);
                    var again = codec.encode(event);
                    assertEquals(event, codec.decode(again.name(), again.schema(), again.payload()));
                });
    }

    @Property(seed = "4")
    @Label("a changed command is refused, or is a command without a hole that is written and read again as it is")
    void changedCommands(@ForAll("commandTexts") Input input) {
        READS.read(input.size(), () -> codec.decodeCommand(input.text())).ifPresent(command -> {
            Holes.assertNone(command);
            assertEquals(command, codec.decodeCommand(codec.encodeCommand(command)));
        });
    }

    @Property(seed = "5")
    @Label(
            "a changed line of an export is refused, or is an envelope without a hole of which one can ask whether it is intact")
    void changedLines(@ForAll("lines") Input input) {
        READS.read(input.size(), () -> codec.fromLine(input.text())).ifPresent(envelope -> {
            Holes.assertNone(envelope);
            EnvelopeBytes.isIntact(envelope);
        });
    }

    @Property(seed = "6")
    @Label("any bytes are refused as an envelope, or are written again as they were")
    void envelopes(@ForAll("envelopeBytes") Input input) {
        READS.read(input.size(), () -> EnvelopeBytes.decode(input.bytes()))
                .ifPresent(envelope -> assertArrayEquals(input.bytes(), EnvelopeBytes.encode(envelope)));
    }

    @Property(seed = "7")
    @Label("a changed envelope that was sealed anew is refused, or is written again as it was")
    void sealedEnvelopes(@ForAll("envelopeBytes") Input input) {
        byte[] sealed = Envelopes.sealed(input.bytes());
        READS.read(sealed.length, () -> EnvelopeBytes.decode(sealed))
                .ifPresent(envelope -> assertArrayEquals(sealed, EnvelopeBytes.encode(envelope)));
    }

    @Provide
    Arbitrary<GroupEvent> events() {
        return AnyValue.of(GroupEvent.class);
    }

    @Provide
    Arbitrary<GroupCommand> commands() {
        return AnyValue.of(GroupCommand.class);
    }

    @Provide
    Arbitrary<Input> payloads() {
        return Mutation.of(encodedEvents().stream()
                .map(event -> bytes(event.name() + " " + event.payload()))
                .toList());
    }

    @Provide
    Arbitrary<Input> commandTexts() {
        var texts = new ArrayList<byte[]>();
        for (boolean withNulls : new boolean[] {false, true}) {
            StreamSupport.stream(EventTypes.groupCommands().all().spliterator(), false)
                    .map(type -> new SampleOf(withNulls).type(type.javaType()))
                    .forEach(command -> texts.add(bytes(codec.encodeCommand(command))));
        }
        return Arbitraries.oneOf(Mutation.of(texts), Mutation.noise());
    }

    @Provide
    Arbitrary<Input> lines() {
        return Arbitraries.oneOf(
                Mutation.of(Envelopes.samples().stream()
                        .map(e -> bytes(codec.toLine(e)))
                        .toList()),
                Mutation.noise());
    }

    @Provide
    Arbitrary<Input> envelopeBytes() {
        return Arbitraries.oneOf(
                Mutation.of(
                        Envelopes.samples().stream().map(EnvelopeBytes::encode).toList()),
                Mutation.noise());
    }

    private List<EventCodec.Encoded> encodedEvents() {
        var found = new ArrayList<EventCodec.Encoded>();
        for (boolean withNulls : new boolean[] {false, true}) {
            EventTypes.groupEvents()
                    .all()
                    .forEach(type -> found.add(codec.encode(new SampleOf(withNulls).type(type.javaType()))));
        }
        return found;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
