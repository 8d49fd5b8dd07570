package io.interrex.persistence.ratis;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.cluster.fuzz.Bounded;
import io.interrex.cluster.fuzz.Input;
import io.interrex.cluster.fuzz.Mutation;
import io.interrex.cluster.port.Envelope;
import io.interrex.persistence.Samples;
import io.interrex.persistence.codec.CodecException;
import io.interrex.persistence.codec.EnvelopeBytes;
import io.interrex.persistence.ratis.Wire.Reply;
import io.interrex.persistence.ratis.Wire.Request;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.SizeInBytes;

@Label("The replicated state machine, whatever stands in the log")
class StreamMachineFuzzTest {

    private static final Bounded APPLIES = new Bounded(NeverThrown.class, 400, 1 << 20);
    private static final Bounded QUERIES = new Bounded(CodecException.class, 400, 1 << 20);
    private static final String STREAM = "group/main";
    private static final int CHAIN = 8;
    private static final long TERM = 3;
    private static final List<byte[]> EVENTS = chain();
    private static final List<byte[]> REQUESTS = List.of(
            bytes(new Request.Append(STREAM, 0, EVENTS.subList(0, 1))),
            bytes(new Request.Append(STREAM, 1, EVENTS.subList(1, 3))),
            bytes(new Request.Append(STREAM, 2, EVENTS.subList(2, 3))),
            bytes(new Request.Read(STREAM, 1, 100, 0)));

    private static Path directory = Path.of("");

    /** An entry that is committed is applied by every replica, again at each start: nothing may be thrown. */
    private static final class NeverThrown extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /** @param next append the next event of the chain, else {@code input} stands in the log as it is */
    private record Entry(boolean next, Input input) {}

    @BeforeContainer
    static void makeDirectory() throws IOException {
        directory = Files.createTempDirectory("interrex-fuzz-");
    }

    @AfterContainer
    static void removeDirectory() throws IOException {
        remove(directory);
    }

    @Property(seed = "24")
    @Label(
            "every replica answers every entry, and the same; what is there afterwards is one chain of what was accepted")
    void replicas(@ForAll("entries") List<Entry> entries) throws IOException {
        try (var one = new StreamStore();
                var other = new StreamStore()) {
            StreamMachine left = machine(one);
            StreamMachine right = machine(other);
            long accepted = 0;
            for (int i = 0; i < entries.size(); i++) {
                ByteString data = data(entries.get(i), accepted);
                ByteString reply = applied(left, data, i);
                assertEquals(reply, applied(right, data, i));
                accepted = Wire.reply(reply) instanceof Reply.Appended && isMain(data)
                        ? Math.max(accepted, ((Reply.Appended) Wire.reply(reply)).version())
                        : accepted;
                assertEquals(i + 1L, left.getLastAppliedTermIndex().getIndex());
            }
            assertEquals(accepted, one.lastVersion(STREAM));
            assertOneChain(one);
            assertSame(one, other);
        }
    }

    @Property(seed = "25")
    @Label("whatever is asked, it is answered, or refused as no request")
    void queries(@ForAll("requests") Input input, @ForAll("entries") List<Entry> entries) throws IOException {
        try (var store = new StreamStore()) {
            StreamMachine machine = machine(store);
            for (int i = 0; i < entries.size(); i++) {
                applied(machine, data(entries.get(i), store.lastVersion(STREAM)), i);
            }
            ByteString query = withoutWaiting(ByteString.copyFrom(input.bytes()));
            QUERIES.read(input.size() + 64, () -> asked(machine, query)).ifPresent(Wire::reply);
        }
    }

    @Property(seed = "26", tries = 100)
    @Label(
            "a replica that was started again from a snapshot and the entries behind it is the same, and so is its next snapshot")
    void restarted(@ForAll("entries") List<Entry> before, @ForAll("entries") List<Entry> after) throws IOException {
        Path home = Files.createDirectories(directory.resolve("replica"));
        try (var whole = new StreamStore();
                var again = new StreamStore()) {
            StreamMachine first = machine(whole);
            start(first, home, RaftStorage.StartupOption.FORMAT);
            var log = new ArrayList<ByteString>();
            for (Entry entry : before) {
                log.add(data(entry, whole.lastVersion(STREAM)));
                applied(first, log.getLast(), log.size() - 1);
            }
            first.takeSnapshot();
            int snapshotAt = log.size();
            for (Entry entry : after) {
                log.add(data(entry, whole.lastVersion(STREAM)));
                applied(first, log.getLast(), log.size() - 1);
            }
            StreamMachine second = machine(again);
            start(second, home, RaftStorage.StartupOption.RECOVER);
            for (int i = snapshotAt; i < log.size(); i++) {
                applied(second, log.get(i), i);
            }
            assertOneChain(again);
            assertSame(whole, again);
            second.takeSnapshot();
            assertSame(whole, again);
        }
        remove(home);
    }

    private static StreamMachine machine(StreamStore store) {
        return new StreamMachine(store, false, stream -> {}, cause -> {
            throw new AssertionError(cause);
        });
    }

    private static void start(StreamMachine machine, Path home, RaftStorage.StartupOption option) throws IOException {
        var server = (RaftServer) Proxy.newProxyInstance(
                RaftServer.class.getClassLoader(), new Class<?>[] {RaftServer.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getId")) {
                        return RaftPeerId.valueOf("a");
                    }
                    throw new UnsupportedOperationException(method.getName());
                });
        RaftStorage storage = RaftStorage.newBuilder()
                .setDirectory(home.toFile())
                .setOption(option)
                .setStorageFreeSpaceMin(SizeInBytes.ONE_KB)
                .build();
        storage.initialize();
        machine.initialize(server, RaftGroupId.valueOf(new UUID(0, 1)), storage);
        storage.close();
    }

    private static ByteString applied(StreamMachine machine, ByteString data, int place) {
        LogEntryProto entry = LogEntryProto.newBuilder()
                .setTerm(TERM)
                .setIndex(place + 1L)
                .setStateMachineLogEntry(StateMachineLogEntryProto.newBuilder().setLogData(data))
                .build();
        var transaction = TransactionContext.newBuilder()
                .setStateMachine(machine)
                .setServerRole(RaftPeerRole.FOLLOWER)
                .setLogEntry(entry)
                .build();
        return APPLIES.read(
                        data.size() + 64,
                        () -> machine.applyTransaction(transaction)
                                .get(1, TimeUnit.SECONDS)
                                .getContent())
                .orElseThrow();
    }

    private static ByteString asked(StreamMachine machine, ByteString query) throws Exception {
        try {
            return machine.query(Message.valueOf(query))
                    .orTimeout(1, TimeUnit.SECONDS)
                    .join()
                    .getContent();
        } catch (CompletionException e) {
            throw e.getCause() instanceof CodecException refused ? refused : e;
        }
    }

    private static ByteString data(Entry entry, long version) {
        boolean next = entry.next() && version < CHAIN;
        return next
                ? Wire.encode(new Request.Append(STREAM, version, EVENTS.subList((int) version, (int) version + 1)))
                : ByteString.copyFrom(entry.input().bytes());
    }

    private static boolean isMain(ByteString data) {
        return Wire.request(data) instanceof Request.Append append
                && append.stream().equals(STREAM);
    }

    private static ByteString withoutWaiting(ByteString query) {
        try {
            return Wire.request(query) instanceof Request.Read read
                    ? Wire.encode(new Request.Read(read.stream(), read.fromVersion(), read.limit(), 0))
                    : query;
        } catch (CodecException e) {
            return query;
        }
    }

    private static void assertOneChain(StreamStore store) {
        for (String name : store.names()) {
            String hash = EnvelopeBytes.NO_HASH;
            long version = 0;
            for (byte[] bytes : store.read(name, 1, Integer.MAX_VALUE).events()) {
                Envelope event = EnvelopeBytes.decode(bytes);
                assertEquals(hash, event.previousHash());
                assertEquals(++version, event.version());
                hash = event.hash();
            }
            assertEquals(version, store.lastVersion(name));
        }
    }

    private static void assertSame(StreamStore one, StreamStore other) {
        assertEquals(
                one.names().stream().sorted().toList(),
                other.names().stream().sorted().toList());
        for (String name : one.names()) {
            List<byte[]> left = one.read(name, 1, Integer.MAX_VALUE).events();
            List<byte[]> right = other.read(name, 1, Integer.MAX_VALUE).events();
            assertEquals(left.size(), right.size());
            for (int i = 0; i < left.size(); i++) {
                assertArrayEquals(left.get(i), right.get(i));
            }
        }
    }

    private static void remove(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static List<byte[]> chain() {
        var events = new ArrayList<byte[]>();
        Envelope last = null;
        for (int i = 0; i < CHAIN; i++) {
            last = Samples.event(last, STREAM, new UUID(9, i), "ä" + i);
            events.add(EnvelopeBytes.encode(last));
        }
        return List.copyOf(events);
    }

    private static byte[] bytes(Request request) {
        return Wire.encode(request).toByteArray();
    }

    @Provide
    Arbitrary<Input> requests() {
        return Arbitraries.oneOf(Mutation.of(REQUESTS), Mutation.noise());
    }

    /** Every second one is the event that comes next, so that streams grow between what is wrong. */
    @Provide
    Arbitrary<List<Entry>> entries() {
        return Combinators.combine(Arbitraries.of(true, false), requests())
                .as(Entry::new)
                .list()
                .ofMaxSize(8);
    }
}
