package io.interrex.persistence.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.cluster.fuzz.AnyValue;
import io.interrex.cluster.fuzz.Bounded;
import io.interrex.cluster.fuzz.Input;
import io.interrex.cluster.fuzz.Mutation;
import io.interrex.persistence.codec.CodecException;
import io.interrex.persistence.codec.EnvelopeBytes;
import io.interrex.persistence.codec.Envelopes;
import io.interrex.persistence.ratis.Wire.Reply;
import io.interrex.persistence.ratis.Wire.Request;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

@Label("Requests to the log and its replies")
class LogWireFuzzTest {

    private static final Bounded READS = new Bounded(CodecException.class, 64, 1 << 18);
    private static final Bounded APPLIES = new Bounded(AssertionException.class, 400, 1 << 20);
    private static final List<byte[]> EVENTS =
            Envelopes.samples().stream().map(EnvelopeBytes::encode).toList();

    /** Nothing may be thrown where every replica would die of it. */
    private static final class AssertionException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    @Property(seed = "11")
    @Label("any request comes back in the same bytes")
    void requests(@ForAll("requests") Request request) {
        ByteString written = Wire.encode(request);
        assertEquals(written, Wire.encode(Wire.request(written)));
    }

    @Property(seed = "12")
    @Label("changed bytes of a request are refused, or are written again as they were")
    void changedRequests(@ForAll("requestBytes") Input input) {
        ByteString bytes = ByteString.copyFrom(input.bytes());
        READS.read(input.size(), () -> Wire.request(bytes))
                .ifPresent(request -> assertEquals(bytes, Wire.encode(request)));
    }

    @Property(seed = "13")
    @Label("changed bytes of a reply are refused, or are written again as they were")
    void changedReplies(@ForAll("replyBytes") Input input) {
        ByteString bytes = ByteString.copyFrom(input.bytes());
        READS.read(input.size(), () -> Wire.reply(bytes)).ifPresent(reply -> assertEquals(bytes, Wire.encode(reply)));
    }

    @Property(seed = "14")
    @Label(
            "whatever is appended to a store with two events: it answers, and a replica that heard the same answers the same")
    void appends(@ForAll("appends") List<Request.Append> appends) {
        var one = storeWithTwo();
        var other = storeWithTwo();
        for (var append : appends) {
            long size =
                    append.events().stream().mapToLong(event -> event.length).sum();
            Reply reply = APPLIES.read(size, () -> one.apply(append)).orElseThrow();
            assertEquals(Wire.encode(reply), Wire.encode(other.apply(append)));
        }
        long last = one.lastVersion("group/main");
        assertEquals(last, one.read("group/main", 1, Integer.MAX_VALUE).events().size());
    }

    @Property(seed = "15")
    @Label("whatever is asked of a store, it answers with events that it has")
    void reads(@ForAll long from, @ForAll int limit, @ForAll("names") String name) {
        var store = storeWithTwo();
        var events = APPLIES.read(1, () -> store.read(name, from, limit)).orElseThrow();
        assertEquals(name.equals("group/main") ? 2 : 0, events.lastVersion());
    }

    private static StreamStore storeWithTwo() {
        var store = new StreamStore();
        assertEquals(new Reply.Appended(2), store.apply(new Request.Append("group/main", 0, EVENTS.subList(0, 2))));
        return store;
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.oneOf(Arbitraries.of("group/main"), AnyValue.text());
    }

    @Provide
    Arbitrary<Request> requests() {
        var bytes = Arbitraries.bytes().array(byte[].class).ofMaxSize(40).list().ofMaxSize(4);
        var numbers = Arbitraries.integers();
        return Arbitraries.oneOf(
                Combinators.combine(AnyValue.text(), Arbitraries.longs(), bytes).as(Request.Append::new),
                Combinators.combine(AnyValue.text(), Arbitraries.longs(), numbers, numbers)
                        .as(Request.Read::new));
    }

    @Provide
    Arbitrary<Input> requestBytes() {
        return Mutation.of(List.of(
                Wire.encode(new Request.Append("group/mäin", 2, List.of(new byte[] {1, 2, 3}, new byte[0])))
                        .toByteArray(),
                Wire.encode(new Request.Read("group/main", 1, 100, 1000)).toByteArray()));
    }

    @Provide
    Arbitrary<Input> replyBytes() {
        var replies = List.<Reply>of(
                new Reply.Appended(3),
                new Reply.Conflict(4),
                new Reply.Invalid("wröng"),
                new Reply.BrokenChain("why"),
                new Reply.Events(9, List.of(new byte[] {1, 2, 3}, new byte[0])));
        return Mutation.of(
                replies.stream().map(reply -> Wire.encode(reply).toByteArray()).toList());
    }

    /** Changed events with a hash that fits, at versions that fit, are beside it, or overflow. */
    @Provide
    Arbitrary<List<Request.Append>> appends() {
        var versions = Arbitraries.oneOf(
                Arbitraries.longs().between(-3, 4), Arbitraries.of(Long.MAX_VALUE, Long.MAX_VALUE - 1, Long.MIN_VALUE));
        var events = Combinators.combine(Mutation.of(EVENTS), Arbitraries.of(true, false), Arbitraries.of(true, false))
                .as((input, seal, place) -> new Change(input, seal, place))
                .list()
                .ofMaxSize(3);
        return Combinators.combine(names(), versions, events)
                .as(LogWireFuzzTest::append)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
    }

    /** @param place gives it the version that its append needs */
    private record Change(Input input, boolean seal, boolean place) {}

    private static Request.Append append(String stream, long expected, List<Change> changes) {
        var events = new ArrayList<byte[]>();
        for (int i = 0; i < changes.size(); i++) {
            var change = changes.get(i);
            byte[] bytes = change.input.bytes();
            int version = 1 + Integer.BYTES + "group/main".length();
            if (change.place && bytes.length > version + Long.BYTES) {
                bytes = bytes.clone();
                java.nio.ByteBuffer.wrap(bytes).putLong(version, expected + 1 + i);
            }
            events.add(change.seal ? Envelopes.sealed(bytes) : bytes);
        }
        return new Request.Append(stream, expected, events);
    }
}
