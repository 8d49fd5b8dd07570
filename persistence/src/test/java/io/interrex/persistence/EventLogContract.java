package io.interrex.persistence;

import static io.interrex.persistence.Samples.after;
import static io.interrex.persistence.Samples.await;
import static io.interrex.persistence.Samples.event;
import static io.interrex.persistence.Samples.eventually;
import static io.interrex.persistence.Samples.readAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.port.Envelope;
import io.interrex.cluster.port.EventLog;
import io.interrex.cluster.port.EventLog.Append;
import io.interrex.cluster.port.Outcome;
import io.interrex.persistence.codec.EnvelopeBytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What every engine of the event log must do. An engine's test extends this and says how its nodes are started. */
public abstract class EventLogContract {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final String stream = "group/" + UUID.randomUUID();

    /** The log as node {@code index} (0 to 2) of one cluster sees it. */
    protected abstract EventLog log(int index);

    @Test
    @DisplayName("versions of a stream are 1, 2, 3, … and a read returns what was appended, byte for byte")
    void readReturnsWhatWasAppended() {
        var events = after(null, stream, 3, "some text: äöü \uD83D\uDE00");
        assertEquals(new Append.Appended(3), await(log(0).append(stream, 0, events)));
        assertEquals(events, readAll(log(0), stream));
        assertEquals(events, readAll(log(1), stream));
        assertEquals(Outcome.done(events.subList(1, 3)), await(log(2).read(stream, 2, 10)));
        assertEquals(Outcome.done(events.subList(1, 2)), await(log(2).read(stream, 2, 1)));
        assertEquals(Outcome.done(List.of()), await(log(2).read(stream, 4, 10)));
    }

    @Test
    @DisplayName("a stream that nobody wrote is empty")
    void unknownStreamIsEmpty() {
        assertEquals(List.of(), readAll(log(0), stream));
    }

    @Test
    @DisplayName("an append behind another version is a conflict that names the actual version, and changes nothing")
    void conflict() {
        var first = after(null, stream, 2, "first");
        Samples.appendSurely(log(0), first);
        var other = after(null, stream, 1, "other");
        assertEquals(new Append.Conflict(2), await(log(1).append(stream, 0, other)));
        var late = after(first.getFirst(), stream, 1, "late");
        assertEquals(new Append.Conflict(2), await(log(1).append(stream, 1, late)));
        assertEquals(first, readAll(log(0), stream));
    }

    @Test
    @DisplayName("an append that leaves a gap is a conflict")
    void gap() {
        var events = after(null, stream, 3, "x");
        assertEquals(new Append.Conflict(0), await(log(0).append(stream, 2, events.subList(2, 3))));
        assertEquals(List.of(), readAll(log(0), stream));
    }

    @Test
    @DisplayName("repeating an append is answered as the first time, whoever repeats it and whatever came after it")
    void idempotentRetry() {
        var events = after(null, stream, 2, "x");
        assertEquals(new Append.Appended(2), await(log(0).append(stream, 0, events)));
        assertEquals(new Append.Appended(2), await(log(1).append(stream, 0, events)));
        var next = after(events.getLast(), stream, 1, "y");
        assertEquals(new Append.Appended(3), await(log(2).append(stream, 2, next)));
        assertEquals(new Append.Appended(2), await(log(2).append(stream, 0, events)));
        assertEquals(3, readAll(log(0), stream).size());
    }

    @Test
    @DisplayName("the same id written anew at the same place counts as appended, and what was stored first stays")
    void retryWithTheSameIdAndAnotherText() {
        var id = UUID.randomUUID();
        var stored = event(null, stream, id, "first");
        Samples.appendSurely(log(0), List.of(stored));
        var again = event(null, stream, id, "second");
        assertEquals(new Append.Appended(1), await(log(0).append(stream, 0, List.of(again))));
        assertEquals(List.of(stored), readAll(log(0), stream));
    }

    @Test
    @DisplayName("all events of an append are stored or none: an id of a longer, partly stored append is a conflict")
    void allOrNone() {
        var events = after(null, stream, 3, "x");
        Samples.appendSurely(log(0), events.subList(0, 2));
        assertEquals(new Append.Conflict(2), await(log(0).append(stream, 0, events)));
        assertEquals(2, readAll(log(0), stream).size());
    }

    @Test
    @DisplayName("an event that does not continue the hash chain is refused loudly")
    void brokenChain() {
        var events = after(null, stream, 1, "x");
        Samples.appendSurely(log(0), events);
        var stranger = after(after(null, stream, 1, "another history").getLast(), stream, 1, "y");
        assertThrows(CompletionException.class, () -> await(log(0).append(stream, 1, stranger)));
        assertEquals(events, readAll(log(0), stream));
    }

    @Test
    @DisplayName("an event whose hash is not that of its fields is refused loudly")
    void forgedHash() {
        var event = after(null, stream, 1, "x").getFirst();
        var forged = new Envelope(
                event.stream(),
                event.version(),
                event.id(),
                event.epoch() + 1,
                event.wallMs(),
                event.monoNs(),
                event.node(),
                event.name(),
                event.schema(),
                event.cause(),
                event.settings(),
                event.payload(),
                event.command(),
                event.previousHash(),
                event.hash());
        assertThrows(CompletionException.class, () -> await(log(0).append(stream, 0, List.of(forged))));
        assertEquals(List.of(), readAll(log(0), stream));
    }

    @Test
    @DisplayName("two writers race for every version: one wins, the other is told of the conflict, and nothing is lost")
    void twoWritersRace() {
        var written = Collections.synchronizedSet(new HashSet<UUID>());
        var writers = IntStream.range(0, 2)
                .mapToObj(w -> CompletableFuture.runAsync(() -> {
                    for (int wins = 0; wins < 20; ) {
                        var now = readAll(log(w), stream);
                        var mine = after(now.isEmpty() ? null : now.getLast(), stream, 1, "writer " + w);
                        if (await(log(w).append(stream, now.size(), mine)) instanceof Append.Appended) {
                            written.add(mine.getFirst().id());
                            wins++;
                        }
                    }
                }))
                .toList();
        writers.forEach(CompletableFuture::join);
        var stored = readAll(log(2), stream);
        assertTrue(stored.size() >= 40, "stored " + stored.size());
        assertTrue(stored.stream().map(Envelope::id).toList().containsAll(written));
        assertChain(stored);
    }

    @Test
    @DisplayName("streams do not disturb each other")
    void manyStreams() {
        for (int i = 0; i < 5; i++) {
            Samples.appendSurely(log(i % 3), after(null, stream + "/" + i, i + 1, "x"));
        }
        for (int i = 0; i < 5; i++) {
            assertEquals(i + 1, readAll(log(0), stream + "/" + i).size());
        }
    }

    @Test
    @DisplayName("a tail brings every event in order, each once, those before it began and those after, on every node")
    void tailBringsEverythingInOrder() {
        var events = after(null, stream, 30, "x");
        Samples.appendSurely(log(0), events.subList(0, 10));
        List<List<Envelope>> seen = new ArrayList<>();
        var tails = new ArrayList<EventLog.Subscription>();
        for (int node = 0; node < 3; node++) {
            var mine = Collections.synchronizedList(new ArrayList<Envelope>());
            seen.add(mine);
            tails.add(log(node).tail(stream, 1, mine::add));
        }
        for (int i = 10; i < 30; i++) {
            Samples.appendSurely(log(i % 3), events.subList(i, i + 1));
        }
        for (var mine : seen) {
            eventually("30 events", SOON, () -> mine.size() >= 30);
            assertEquals(events, List.copyOf(mine));
        }
        tails.forEach(EventLog.Subscription::close);
    }

    @Test
    @DisplayName("a tail begins at the version that it asks for, also one that is not yet written")
    void tailFromTheMiddle() {
        var events = after(null, stream, 6, "x");
        Samples.appendSurely(log(0), events.subList(0, 3));
        var seen = Collections.synchronizedList(new ArrayList<Long>());
        var tail = log(1).tail(stream, 5, e -> seen.add(e.version()));
        Samples.appendSurely(log(0), events.subList(3, 6));
        eventually("versions 5 and 6", SOON, () -> seen.size() >= 2);
        assertEquals(List.of(5L, 6L), List.copyOf(seen));
        tail.close();
    }

    @Test
    @DisplayName("a closed tail brings nothing more")
    void closedTail() {
        var events = after(null, stream, 2, "x");
        var closedOne = Collections.synchronizedList(new ArrayList<Long>());
        var openOne = Collections.synchronizedList(new ArrayList<Long>());
        var closed = log(0).tail(stream, 1, e -> closedOne.add(e.version()));
        var open = log(0).tail(stream, 1, e -> openOne.add(e.version()));
        Samples.appendSurely(log(0), events.subList(0, 1));
        eventually("version 1", SOON, () -> closedOne.size() == 1);
        closed.close();
        Samples.appendSurely(log(0), events.subList(1, 2));
        eventually("both versions", SOON, () -> openOne.size() == 2);
        assertEquals(List.of(1L), List.copyOf(closedOne));
        open.close();
    }

    @Test
    @DisplayName("an offered event reaches the tail before the log's own way, and is not brought again by it")
    void offerIsEarlyAndNotRepeated() {
        var events = after(null, stream, 5, "x");
        Samples.appendSurely(log(0), events.subList(0, 2));
        var seen = Collections.synchronizedList(new ArrayList<Envelope>());
        var tail = log(1).tail(stream, 1, seen::add);
        eventually("2 events", SOON, () -> seen.size() == 2);
        log(1).offer(events.get(2));
        eventually("the offered event", SOON, () -> seen.size() == 3);
        log(1).offer(events.get(2));
        Samples.appendSurely(log(0), events.subList(2, 4));
        log(1).offer(events.get(3));
        Samples.appendSurely(log(0), events.subList(4, 5));
        eventually("5 events", SOON, () -> seen.size() >= 5);
        assertEquals(events, List.copyOf(seen));
        tail.close();
    }

    @Test
    @DisplayName("an offer that leaves a gap, or continues another history, is ignored")
    void strangeOffersAreIgnored() {
        var events = after(null, stream, 3, "x");
        Samples.appendSurely(log(0), events.subList(0, 1));
        var seen = Collections.synchronizedList(new ArrayList<Envelope>());
        var tail = log(1).tail(stream, 1, seen::add);
        eventually("1 event", SOON, () -> seen.size() == 1);
        log(1).offer(events.get(2));
        log(1).offer(after(after(null, stream, 1, "another history").getLast(), stream, 1, "y")
                .getFirst());
        Samples.appendSurely(log(0), events.subList(1, 3));
        eventually("3 events", SOON, () -> seen.size() >= 3);
        assertEquals(events, List.copyOf(seen));
        tail.close();
    }

    @Test
    @DisplayName("a tail whose listener fails skips nothing: it brings no later event; other tails go on")
    void failingListener() {
        var events = after(null, stream, 4, "x");
        var taken = Collections.synchronizedList(new ArrayList<Long>());
        var seen = Collections.synchronizedList(new ArrayList<Long>());
        var failing = log(0).tail(stream, 1, e -> {
            if (e.version() == 2) {
                throw new IllegalStateException("a listener that fails");
            }
            taken.add(e.version());
        });
        var other = log(0).tail(stream, 1, e -> seen.add(e.version()));
        Samples.appendSurely(log(0), events.subList(0, 3));
        eventually("the first event, and all of them", SOON, () -> taken.size() == 1 && seen.size() == 3);
        log(0).offer(events.get(3));
        Samples.appendSurely(log(0), events.subList(3, 4));
        eventually("the fourth event", SOON, () -> seen.size() == 4);
        assertEquals(List.of(1L), List.copyOf(taken));
        failing.close();
        other.close();
    }

    @Test
    @DisplayName("a long stream is read whole, and larger events than one answer holds")
    void longStream() {
        Envelope last = null;
        for (int i = 0; i < 8; i++) {
            var part = after(last, stream, 25, "x".repeat(9_000));
            Samples.appendSurely(log(0), part);
            last = part.getLast();
        }
        var all = readAll(log(1), stream);
        assertEquals(
                LongStream.rangeClosed(1, 200).boxed().toList(),
                all.stream().map(Envelope::version).toList());
        assertChain(all);
    }

    @Test
    @DisplayName("an append without events, or of impossible size, is refused loudly")
    void impossibleAppends() {
        assertThrows(Exception.class, () -> await(log(0).append(stream, 0, List.of())));
        var huge = after(null, stream, 3, "x".repeat(600_000));
        assertThrows(Exception.class, () -> await(log(0).append(stream, 0, huge)));
        assertEquals(List.of(), readAll(log(0), stream));
    }

    @Test
    @DisplayName("health names the leader and says that the log can be written")
    void health() {
        Samples.appendSurely(log(0), after(null, stream, 1, "x"));
        var health = assertInstanceOf(Outcome.Done.class, await(log(0).health()));
        assertTrue(((EventLog.Health) health.value()).writable(), () -> health.toString());
    }

    protected static void assertChain(List<Envelope> events) {
        String hash = EnvelopeBytes.NO_HASH;
        long version = 1;
        for (var event : events) {
            assertEquals(version++, event.version());
            assertEquals(hash, event.previousHash());
            assertTrue(EnvelopeBytes.isIntact(event));
            hash = event.hash();
        }
    }
}
