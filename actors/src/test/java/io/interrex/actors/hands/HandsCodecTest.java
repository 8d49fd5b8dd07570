package io.interrex.actors.hands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import io.interrex.actors.hands.HandsCodec.NotAMessage;
import io.interrex.cluster.format.Format;
import io.interrex.cluster.format.Since;
import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.hands.HandsMessage;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HandsCodecTest {

    private final HandsCodec codec = new HandsCodec();
    private final ObjectMapper cbor = new CBORMapper();

    @Test
    @DisplayName("every message, with every command and every evidence in it, comes back as it was")
    void roundTrip() throws Exception {
        List<Object> samples = Samples.of(HandsMessage.class);
        for (Object sample : samples) {
            assertEquals(sample, codec.decode(codec.encode((HandsMessage) sample)));
        }
        assertEquals(
                Arrays.stream(HandsMessage.class.getPermittedSubclasses()).collect(Collectors.toSet()),
                samples.stream().map(Object::getClass).collect(Collectors.toSet()));
        assertEquals(
                kinds(GroupCommand.class).collect(Collectors.toSet()),
                samples.stream()
                        .filter(HandsMessage.Submit.class::isInstance)
                        .map(sample -> ((HandsMessage.Submit) sample).command().getClass())
                        .collect(Collectors.toSet()));
    }

    private static Stream<Class<?>> kinds(Class<?> type) {
        return type.isSealed()
                ? Arrays.stream(type.getPermittedSubclasses()).flatMap(HandsCodecTest::kinds)
                : Stream.of(type);
    }

    @Test
    @DisplayName("type names are unique below each sealed interface, and no record has a component of that name")
    void namesAreUnique() {
        for (Class<?> type : WireTypes.reachable()) {
            if (type.isSealed()) {
                long names = Arrays.stream(type.getPermittedSubclasses())
                        .map(Class::getSimpleName)
                        .distinct()
                        .count();
                assertEquals(type.getPermittedSubclasses().length, names, type.toString());
            } else {
                assertFalse(
                        Arrays.stream(type.getRecordComponents())
                                .anyMatch(component -> component.getName().equals("type")),
                        type.toString());
            }
        }
    }

    @Test
    @DisplayName("a renewal takes less than 200 bytes")
    void small() {
        int size = codec.encode(new HandsMessage.Renew("main", "alpha", 12, 345, 678_901, 1, 150, 1400))
                .size();
        assertTrue(size < 200, "it takes " + size);
    }

    @Test
    @DisplayName("an unknown type, field or enum value, a missing or null field, and bytes after the end are refused")
    void strict() throws Exception {
        refused(Map.of("type", "Beet", "sequence", 1), "Beet");
        refused(Map.of("sequence", 1), "type");
        refused(Map.of("type", "Beat", "sequence", 1, "colour", "red"), "colour");
        refused(Map.of("type", "Beat"), "sequence");
        refused(Map.of("type", "Beat", "sequence", "1"), "String");
        refused(Map.of("type", "Beat", "sequence", 1.5), "");
        refused(List.of("Beat", 1), "");
        refused("java.lang.Runtime", "");
        Map<String, Object> release = new java.util.HashMap<>(Map.of("type", "Release", "group", "main", "epoch", 1));
        release.put("member", null);
        refused(release, "member");
        Map<String, Object> view = Map.of("type", "NoAnswer", "who", "b", "why", "late");
        refused(Map.of("type", "VoterAnswer", "group", "main", "request", 1, "view", view), "NoAnswer");
        refused(Map.of("type", "RevokeAnswer", "group", "main", "request", 1, "epoch", 2, "evidence", "x"), "");
        byte[] twice = ByteString.fromArray(cbor.writeValueAsBytes(Map.of("type", "Beat", "sequence", 1)))
                .concat(ByteString.fromString("x"))
                .toArray();
        assertThrows(NotAMessage.class, () -> codec.decode(ByteString.fromArray(twice)));
        assertThrows(NotAMessage.class, () -> codec.decode(ByteString.emptyByteString()));
    }

    private record Said(
            String text,
            @Since(90) List<String> more,
            @Since(90) int count,
            @Since(90) @Nullable String why) {}

    @Test
    @DisplayName("a node of an older release is sent nothing newer, and what it does not say says nothing")
    void otherReleases() throws Exception {
        var mapper = HandsCodec.mapper(90);
        byte[] older = HandsCodec.mapper(89).writeValueAsBytes(new Said("x", List.of(), 0, null));
        assertEquals(Map.of("text", "x"), cbor.readValue(older, Map.class));
        assertEquals(new Said("x", List.of(), 0, null), mapper.readValue(older, Said.class));
        var newer = new Said("x", List.of("y"), 3, "z");
        assertEquals(newer, mapper.readValue(mapper.writeValueAsBytes(newer), Said.class));
        assertThrows(
                JsonProcessingException.class,
                () -> mapper.readValue(cbor.writeValueAsBytes(Map.of("count", 1)), Said.class),
                "what every release says is missing");
    }

    @Test
    @DisplayName("a command that an older release does not know is not sent to it")
    void tooNewForPeer() {
        var limit = new HandsMessage.Submit(
                "main", 1, new GroupCommand.LimitWrites(new GroupCommand.Stamp("a", 0), 1, true, List.of(), List.of()));
        var e = assertThrows(IllegalArgumentException.class, () -> codec.encode(limit, 6));
        assertTrue(String.valueOf(e.getMessage()).contains("LimitWrites is of format 7: upgrade that node"));
        assertTrue(codec.encode(limit, 7).nonEmpty());
        assertTrue(codec.encode(new HandsMessage.Beat(1), 6).nonEmpty());
        assertThrows(IllegalArgumentException.class, () -> codec.encode(new HandsMessage.Beat(1), Format.OLDEST - 1));
    }

    @Test
    @DisplayName("a Hello of a newer release is read whatever else it says; later messages are not")
    void greetings() throws Exception {
        var hello = new java.util.HashMap<String, Object>(
                Map.of("type", "Hello", "protocol", 9, "cluster", "test", "node", "b", "incarnation", 1));
        hello.put("colour", "red");
        assertEquals(
                new HandsMessage.Hello(9, "test", "b", 1),
                codec.decodeFirst(ByteString.fromArray(cbor.writeValueAsBytes(hello))));
        refused(hello, "colour");
        hello.remove("node");
        assertThrows(NotAMessage.class, () -> codec.decodeFirst(ByteString.fromArray(cbor.writeValueAsBytes(hello))));
    }

    @Test
    @DisplayName("what a stranger sends stands in a reason in one short line without control characters")
    void reasons() throws Exception {
        String wild = "\u001b[2J\r\n" + "x".repeat(1000);
        ByteString frame = ByteString.fromArray(cbor.writeValueAsBytes(Map.of("type", wild)));
        String reason = String.valueOf(
                assertThrows(NotAMessage.class, () -> codec.decode(frame)).getMessage());
        assertTrue(reason.length() < 400 && reason.chars().noneMatch(Character::isISOControl), reason);
        var greeting = new Greeting(TestNode.settings("a", Map.of("b", 1)), "b"::equals);
        String refusal =
                String.valueOf(greeting.refusal(new HandsMessage.Hello(Format.CURRENT, "test", wild, 1), null, null));
        assertTrue(refusal.length() < 400 && refusal.chars().noneMatch(Character::isISOControl), refusal);
    }

    @Test
    @DisplayName("thousand-fold nesting is refused, not followed")
    void nesting() {
        byte[] bytes = new byte[100_000];
        Arrays.fill(bytes, (byte) 0x81);
        assertThrows(NotAMessage.class, () -> codec.decode(ByteString.fromArray(bytes)));
    }

    @Test
    @DisplayName("whatever bits of a message are flipped, the answer is a message or a refusal")
    void fuzz() {
        ByteString good = codec.encode(new HandsMessage.RevokeAnswer(
                "main", 7, 8, new Evidence.Dead("a", 8, new io.interrex.cluster.durability.Lsn(99), true, 12)));
        int refusals = 0;
        for (long seed : new long[] {7792702256131L, System.nanoTime()}) {
            refusals += refusedOf(good, seed);
        }
        assertTrue(refusals > 1000, "only " + refusals + " refused");
    }

    private int refusedOf(ByteString good, long seed) {
        var random = new Random(seed);
        int refusals = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = good.toArray();
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                codec.decode(ByteString.fromArray(bytes));
            } catch (NotAMessage e) {
                refusals++;
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + " round " + round, e);
            }
        }
        return refusals;
    }

    @Test
    @DisplayName("a message above the frame bound is not written")
    void tooLarge() {
        var message = new HandsMessage.Release("main", "x".repeat(HandsCodec.FRAME_MAX), 1);
        assertThrows(IllegalArgumentException.class, () -> codec.encode(message));
    }

    private void refused(Object value, String named) throws Exception {
        ByteString frame = ByteString.fromArray(cbor.writeValueAsBytes(value));
        NotAMessage refusal = assertThrows(NotAMessage.class, () -> codec.decode(frame), value.toString());
        assertTrue(
                String.valueOf(refusal.getMessage()).contains(named), value + " was refused: " + refusal.getMessage());
    }

    @Test
    @DisplayName("has one mapper for each format, however many codecs there are")
    void once() {
        assertSame(HandsCodec.mapper(Format.CURRENT), HandsCodec.mapper(Format.CURRENT));
        assertNotSame(HandsCodec.mapper(Format.OLDEST), HandsCodec.mapper(Format.CURRENT));
    }
}
