package io.interrex.persistence.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.format.Since;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.port.Envelope;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EventCodecTest {

    private final EventCodec codec = new EventCodec();
    private final GroupEvent event = new GroupEvent.MemberStuck(7, RuleId.MEMBER_STUCK, "b", "disk full");
    private final String stuck = codec.encode(event).payload();

    @Test
    @DisplayName("an unknown type of event is an error, not dropped")
    void unknownType() {
        var e = assertThrows(CodecException.class, () -> codec.decode("MemberVanished", 1, "{}"));
        assertTrue(String.valueOf(e.getMessage()).contains("MemberVanished"));
    }

    @Test
    @DisplayName("a schema that is newer than this program is an error that says so")
    void newerSchema() {
        var e = assertThrows(CodecException.class, () -> codec.decode("MemberStuck", 2, stuck));
        assertTrue(String.valueOf(e.getMessage()).contains("upgrade"));
    }

    @Test
    @DisplayName("unknown, missing, repeated and null fields, another type of value, and trailing text are errors")
    void strictFields() {
        assertEquals(event, codec.decode("MemberStuck", 1, stuck));
        for (String broken : List.of(
                stuck.replace("}", ",\"more\":1}"),
                stuck.replace("\"member\":\"b\",", ""),
                stuck.replace("}", ",\"member\":\"b\"}"),
                stuck.replace("7", "null"),
                stuck.replace("7", "\"7\""),
                stuck.replace("7", "7.5"),
                stuck.replace("\"b\"", "null"),
                stuck.replace("MEMBER_STUCK", "NO_SUCH_RULE"),
                stuck.replace("\"MEMBER_STUCK\"", "3"),
                stuck + " x",
                "[" + stuck + "]",
                "")) {
            assertThrows(CodecException.class, () -> codec.decode("MemberStuck", 1, broken), broken);
        }
    }

    @Test
    @DisplayName("an unknown kind of evidence is an error")
    void unknownEvidence() {
        var suspected = codec.encode(new SampleOf(false).type(GroupEvent.PrimarySuspected.class));
        String strange = suspected.payload().replace("\"kind\":\"PeerView\"", "\"kind\":\"Rumour\"");
        assertNotEquals(suspected.payload(), strange);
        assertThrows(CodecException.class, () -> codec.decode(suspected.name(), 1, strange));
    }

    @Test
    @DisplayName("a command carries its name and schema")
    void command() {
        GroupCommand command = new GroupCommand.ReportStuck(new GroupCommand.Stamp("a", 5), 7, "b", "disk full");
        String text = codec.encodeCommand(command);
        assertEquals(command, codec.decodeCommand(text));
        assertThrows(CodecException.class, () -> codec.decodeCommand(text.replace("ReportStuck", "Guess")));
        assertThrows(CodecException.class, () -> codec.decodeCommand("{\"name\":\"ReportStuck\"}"));
    }

    @Test
    @DisplayName("an upcaster reads an older schema as the current one")
    void upcaster() {
        EventTypes<GroupEvent> types = EventTypes.of("Renamed", 3, GroupEvent.MemberStuck.class);
        var withUpcasters = new EventCodec(
                types,
                List.of(
                        new Upcaster("Renamed", 2, payload -> {
                            payload.set("why", payload.remove("reason"));
                            return payload;
                        }),
                        new Upcaster("Renamed", 1, payload -> payload.put("rule", "MEMBER_STUCK"))));
        assertEquals(
                event, withUpcasters.decode("Renamed", 1, "{\"epoch\":7,\"member\":\"b\",\"reason\":\"disk full\"}"));
        assertEquals(
                event,
                withUpcasters.decode(
                        "Renamed",
                        2,
                        "{\"epoch\":7,\"rule\":\"MEMBER_STUCK\",\"member\":\"b\",\"reason\":\"disk full\"}"));
        assertEquals(event, withUpcasters.decode("Renamed", 3, stuck));
        var missing = new EventCodec(types, List.of());
        assertThrows(CodecException.class, () -> missing.decode("Renamed", 1, stuck));
    }

    @Test
    @DisplayName("an envelope is read from its bytes as it was written, with or without a command")
    void envelopeBytes() {
        for (var envelope : List.of(envelope("{\"name\":\"x\"}"), envelope(null))) {
            assertEquals(envelope, codec.decode(codec.encode(envelope)));
        }
    }

    @Test
    @DisplayName("the hash of an envelope is stable: the same in every version of this program")
    void goldenHash() {
        assertEquals(
                "67decb54f170f82d5dd22298b8610784b7823aae32556cd7ee34d4c9a0112d89",
                envelope("{\"name\":\"x\"}").hash());
    }

    @Test
    @DisplayName("a byte that changes anywhere in an envelope is noticed")
    void everyByteCounts() {
        byte[] bytes = codec.encode(envelope("{}"));
        for (int i = 0; i < bytes.length; i++) {
            byte[] damaged = bytes.clone();
            damaged[i] ^= 4;
            assertThrows(CodecException.class, () -> codec.decode(damaged), "byte " + i);
        }
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(bytes, length);
            assertThrows(CodecException.class, () -> codec.decode(cut), "length " + length);
        }
        assertThrows(CodecException.class, () -> codec.decode(java.util.Arrays.copyOf(bytes, bytes.length + 1)));
    }

    @Test
    @DisplayName("fields cannot flow into each other: moving text from one to the next changes the hash")
    void fieldsAreSeparate() {
        var hashes = new ArrayList<String>();
        for (var node : List.of("", "a", "ab", "abc")) {
            hashes.add(EnvelopeBytes.seal(with(envelope(null), node, "abc".substring(node.length())))
                    .hash());
        }
        assertEquals(4, hashes.stream().distinct().count());
    }

    @Test
    @DisplayName("an exported line holds event and command as JSON, and is read back with its hash intact")
    void exportedLine() {
        var stored = EnvelopeBytes.seal(new Envelope(
                "group/main",
                1,
                new UUID(1, 2),
                7,
                5,
                6,
                "a",
                "PrimarySuspected",
                1,
                new UUID(3, 4),
                "defaults",
                codec.encode(new SampleOf(false).type(GroupEvent.PrimarySuspected.class))
                        .payload(),
                codec.encodeCommand(new SampleOf(false).type(GroupCommand.ReportSuspicion.class)),
                EnvelopeBytes.NO_HASH,
                ""));
        String line = codec.toLine(codec.decode(stored));
        assertFalse(line.contains("\n"));
        assertEquals(stored, codec.fromLine(line));
        assertTrue(EnvelopeBytes.isIntact(codec.fromLine(line)));
        assertFalse(EnvelopeBytes.isIntact(codec.fromLine(line.replace("8.25", "8.26"))));
        assertThrows(CodecException.class, () -> codec.fromLine(line.replace("\"epoch\":7,", "")));
    }

    private static Envelope envelope(@Nullable String command) {
        return EnvelopeBytes.seal(new Envelope(
                "group/main",
                3,
                new UUID(1, 2),
                7,
                1_700_000_000_000L,
                42,
                "node ä",
                "MemberStuck",
                1,
                new UUID(3, 4),
                "defaults",
                "{\"epoch\":7}",
                command,
                "ab".repeat(32),
                ""));
    }

    private static Envelope with(Envelope e, String node, String name) {
        return new Envelope(
                e.stream(),
                e.version(),
                e.id(),
                e.epoch(),
                e.wallMs(),
                e.monoNs(),
                node,
                name,
                e.schema(),
                e.cause(),
                e.settings(),
                e.payload(),
                e.command(),
                e.previousHash(),
                "");
    }

    private record Written(String text, @Since(90) int count) {}

    @Test
    @DisplayName("in an older format nothing is written that it does not have")
    void olderFormat() throws Exception {
        assertEquals("{\"text\":\"x\"}", StrictJson.mapper(89).writeValueAsString(new Written("x", 0)));
        assertEquals("{\"text\":\"x\",\"count\":0}", StrictJson.mapper(90).writeValueAsString(new Written("x", 0)));
    }
}
