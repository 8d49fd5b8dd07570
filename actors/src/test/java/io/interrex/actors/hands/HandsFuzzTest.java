package io.interrex.actors.hands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.actors.hands.HandsCodec.NotAMessage;
import io.interrex.cluster.format.Format;
import io.interrex.cluster.fuzz.AnyValue;
import io.interrex.cluster.fuzz.Bounded;
import io.interrex.cluster.fuzz.Holes;
import io.interrex.cluster.fuzz.Input;
import io.interrex.cluster.fuzz.Mutation;
import io.interrex.cluster.hands.HandsMessage;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.pekko.util.ByteString;

@Label("Frames of the hands' protocol, from a peer gone mad")
class HandsFuzzTest {

    private static final Bounded READS = new Bounded(NotAMessage.class, 400, 1 << 20);
    private static final int REASON_MAX = 1000;

    private final HandsCodec codec = new HandsCodec();

    @Property(seed = "61")
    @Label("any message comes back equal, and is written again in the same bytes")
    void roundTrip(@ForAll("messages") HandsMessage message) throws NotAMessage {
        ByteString written = codec.encode(message);
        HandsMessage read = codec.decode(written);
        assertEquals(message, read);
        assertEquals(written, codec.encode(read));
    }

    @Property(seed = "62")
    @Label("a changed frame is refused in a short line, or is a message without a hole that can be sent on as it is")
    void changed(@ForAll("frames") Input input) {
        READS.read(input.size(), () -> decode(input)).ifPresent(message -> {
            Holes.assertNone(message);
            try {
                assertEquals(message, codec.decode(codec.encode(message)));
            } catch (NotAMessage e) {
                throw new AssertionError(e);
            }
        });
    }

    private HandsMessage decode(Input input) throws NotAMessage {
        try {
            return codec.decode(ByteString.fromArray(input.bytes()));
        } catch (NotAMessage e) {
            assertShort(String.valueOf(e.getMessage()));
            throw e;
        }
    }

    @Property(seed = "63")
    @Label("whoever says hello, or something else first, is welcomed only as a known peer, or refused in a short line")
    void greetings(@ForAll("greetings") HandsMessage first) {
        var greeting = new Greeting(TestNode.trial(), "b"::equals);
        String refusal = greeting.refusal(first, null, null);
        if (refusal != null) {
            assertShort(refusal);
        } else {
            assertTrue(first instanceof HandsMessage.Hello hello
                    && hello.node().equals("b")
                    && hello.cluster().equals("trial")
                    && hello.protocol() == Format.CURRENT);
        }
    }

    private static void assertShort(String reason) {
        assertTrue(reason.length() <= REASON_MAX, () -> reason.length() + " characters");
        assertFalse(reason.chars().anyMatch(Character::isISOControl), reason);
    }

    @Provide
    Arbitrary<HandsMessage> messages() {
        return AnyValue.of(HandsMessage.class);
    }

    @Provide
    Arbitrary<HandsMessage> greetings() {
        var names = Arbitraries.oneOf(
                Arbitraries.of("a", "b", "trial", "\u001b[2J\nb", "x".repeat(1 << 19)), AnyValue.text());
        var hello = Combinators.combine(Arbitraries.of(Format.CURRENT, 0, 2, -1), names, names, Arbitraries.longs())
                .as(HandsMessage.Hello::new);
        return Arbitraries.oneOf(hello, messages());
    }

    @Provide
    Arbitrary<Input> frames() {
        var frames = new ArrayList<byte[]>();
        Samples.of(HandsMessage.class)
                .forEach(message ->
                        frames.add(codec.encode((HandsMessage) message).toArray()));
        frames.add(codec.encode(new HandsMessage.Beat(1)).toArray());
        frames.sort(java.util.Comparator.comparingInt(frame -> frame.length));
        List<byte[]> shortest = frames.subList(0, Math.min(20, frames.size()));
        return Arbitraries.oneOf(Mutation.of(frames), Mutation.of(shortest, frames), Mutation.noise());
    }
}
