package io.interrex.actors.hands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.actors.hands.HandsCodec.NotAMessage;
import io.interrex.cluster.format.Format;
import io.interrex.cluster.fuzz.AnyValue;
import io.interrex.cluster.fuzz.Input;
import io.interrex.cluster.fuzz.Mutation;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.hands.HandsMessage.Beat;
import io.interrex.cluster.hands.HandsMessage.Hello;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

@Label("A connection of the hands' protocol, whatever bytes come in whatever pieces")
class SessionFuzzTest {

    private static final HandsCodec CODEC = new HandsCodec();
    private static final int LENGTH_BYTES = 4;
    private static final int REASON_MAX = 1000;
    private static final long WITHIN_S = 5;
    private static final HandsSettings SETTINGS = TestNode.trial();

    private static @Nullable ActorTestKit kit;

    @BeforeContainer
    static void start() {
        kit = ActorTestKit.create("session-fuzz", TestNode.CONFIG);
    }

    @AfterContainer
    static void stop() {
        kit().shutdownTestKit();
    }

    private static ActorTestKit kit() {
        ActorTestKit started = kit;
        if (started == null) {
            throw new IllegalStateException("not started");
        }
        return started;
    }

    /** What one connection told, in its order. */
    private static final class Ear implements SessionListener {
        private final List<HandsMessage> received = new CopyOnWriteArrayList<>();
        private final List<String> reasons = new CopyOnWriteArrayList<>();
        private final List<String> wrong = new CopyOnWriteArrayList<>();
        private final CountDownLatch ended = new CountDownLatch(1);
        private volatile boolean open;

        @Override
        public void opened(Hello hello, Consumer<String> close) {
            require(!open && reasons.isEmpty() && hello.node().equals("b"), "opened by " + hello);
            open = true;
        }

        @Override
        public void heard(String node, long atNanos) {
            require(open && reasons.isEmpty() && node.equals("b"), "heard " + node);
        }

        @Override
        public void received(String node, HandsMessage message, long atNanos) {
            require(open && reasons.isEmpty() && node.equals("b"), "received " + message);
            received.add(message);
        }

        @Override
        public void closed(String why) {
            require(reasons.isEmpty(), "closed twice");
            reasons.add(why);
            ended.countDown();
        }

        private void require(boolean right, String what) {
            if (!right) {
                wrong.add(what);
            }
        }
    }

    /** What a connection is to tell of these bytes. */
    private record Expected(boolean open, List<HandsMessage> messages) {}

    @Property(seed = "64")
    @Label(
            "one that was accepted delivers what stands before the first wrong frame, in order, then closes once with a short reason")
    void accepted(@ForAll("streams") Input input, @ForAll("cuts") List<Integer> cuts) throws InterruptedException {
        judge(input, cuts, false);
    }

    @Property(seed = "65")
    @Label("one that was dialled hears the echo of its beats only: anything else closes it, and nothing is delivered")
    void dialled(@ForAll("streams") Input input, @ForAll("cuts") List<Integer> cuts) throws InterruptedException {
        judge(input, cuts, true);
    }

    private static void judge(Input input, List<Integer> cuts, boolean dialled) throws InterruptedException {
        var ear = new Ear();
        var outbox = new Outbox(64, TimeUnit.SECONDS.toNanos(5));
        Source.from(pieces(input.bytes(), cuts))
                .via(Wire.flow(null, tls -> {
                    var session = new Session(
                            CODEC, new Greeting(SETTINGS, SETTINGS.peers()::containsKey), TestNode.FAST, tls, ear);
                    return dialled ? session.dialled("b", outbox) : session.accepted();
                }))
                .runWith(Sink.ignore(), kit().system());
        assertTrue(ear.ended.await(WITHIN_S, TimeUnit.SECONDS), "no end within " + WITHIN_S + " s");
        Expected expected = expected(input.bytes(), dialled);
        assertEquals(List.of(), ear.wrong);
        assertEquals(expected.open(), ear.open);
        assertEquals(expected.messages(), ear.received);
        String reason = ear.reasons.getFirst();
        assertTrue(reason.length() <= REASON_MAX, () -> reason.length() + " characters");
        assertFalse(reason.chars().anyMatch(Character::isISOControl), reason);
    }

    /** The dumb twin: the whole of it is there at once. */
    private static Expected expected(byte[] bytes, boolean dialled) {
        var in = ByteBuffer.wrap(bytes);
        var greeting = new Greeting(SETTINGS, SETTINGS.peers()::containsKey);
        var messages = new ArrayList<HandsMessage>();
        boolean open = false;
        while (in.remaining() >= LENGTH_BYTES) {
            int length = in.getInt();
            if (length < 0 || length > HandsCodec.FRAME_MAX || length > in.remaining()) {
                break;
            }
            byte[] frame = new byte[length];
            in.get(frame);
            HandsMessage message;
            try {
                message = CODEC.decode(ByteString.fromArray(frame));
            } catch (NotAMessage e) {
                break;
            }
            if (!open) {
                open = greeting.refusal(message, dialled ? "b" : null, null) == null;
                if (!open) {
                    break;
                }
            } else if (!(message instanceof Beat)) {
                if (dialled) {
                    break;
                }
                messages.add(message);
            }
        }
        return new Expected(open, messages);
    }

    private static List<ByteString> pieces(byte[] bytes, List<Integer> cuts) {
        var at = new java.util.TreeSet<Integer>(List.of(0, bytes.length));
        cuts.forEach(cut -> at.add(bytes.length == 0 ? 0 : cut % bytes.length));
        var pieces = new ArrayList<ByteString>();
        int from = 0;
        for (int to : at) {
            pieces.add(ByteString.fromArray(Arrays.copyOfRange(bytes, from, to)));
            from = to;
        }
        return pieces;
    }

    @Provide
    Arbitrary<List<Integer>> cuts() {
        return Arbitraries.integers().between(0, 1 << 20).list().ofMaxSize(6);
    }

    /** Mostly a Hello and some messages; frames, lengths and the order of frames are changed. */
    @Provide
    Arbitrary<Input> streams() {
        var hello = Arbitraries.frequencyOf(
                Tuple.of(8, Arbitraries.just(bytes(new Hello(Format.CURRENT, "trial", "b", 3)))),
                Tuple.of(1, Arbitraries.just(bytes(new Hello(Format.CURRENT, "trial", "c", 3)))),
                Tuple.of(1, Arbitraries.just(new byte[0])));
        var rest = frame().list().ofMaxSize(5).map(SessionFuzzTest::joined);
        var whole = Combinators.combine(hello, rest).as((first, more) -> joined(List.of(first, more)));
        var changed = Combinators.combine(whole, Mutation.of(List.of(new byte[] {0, 0, 0, 2, '{', '}'})))
                .as((stream, more) -> joined(List.of(stream, more.bytes())));
        return Arbitraries.frequencyOf(
                        Tuple.of(6, whole.map(Input::new)),
                        Tuple.of(3, changed.map(Input::new)),
                        Tuple.of(3, Mutation.of(SOUND)),
                        Tuple.of(1, Mutation.noise()))
                .withoutEdgeCases();
    }

    private static final List<byte[]> SOUND = List.of(
            joined(List.of(
                    bytes(new Hello(Format.CURRENT, "trial", "b", 3)),
                    bytes(new Beat(1)),
                    bytes(new HandsMessage.Release("main", "b", 5)),
                    bytes(new Beat(2)))),
            joined(List.of(bytes(new Hello(Format.CURRENT, "trial", "b", 3)), bytes(new Beat(1)))));

    private static Arbitrary<byte[]> frame() {
        return Arbitraries.frequencyOf(
                Tuple.of(4, AnyValue.of(HandsMessage.class).map(SessionFuzzTest::bytes)),
                Tuple.of(4, Arbitraries.longs().map(n -> bytes(new Beat(n)))),
                Tuple.of(1, Mutation.of(SOUND).map(Input::bytes)),
                Tuple.of(
                        1,
                        Arbitraries.of(-1, 0, HandsCodec.FRAME_MAX, HandsCodec.FRAME_MAX + 1, Integer.MAX_VALUE)
                                .map(length -> ByteBuffer.allocate(LENGTH_BYTES)
                                        .putInt(length)
                                        .array())));
    }

    private static byte[] bytes(HandsMessage message) {
        return Wire.frame(CODEC.encode(message)).toArray();
    }

    private static byte[] joined(List<byte[]> parts) {
        var out = new ByteArrayOutputStream();
        parts.forEach(out::writeBytes);
        return out.toByteArray();
    }
}
