package io.interrex.persistence.pekko;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.interrex.persistence.memory.InMemoryEventLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.JournalProtocol;
import org.apache.pekko.persistence.Persistence;
import org.apache.pekko.persistence.PersistentEnvelope;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.CollectionConverters;

/** What Pekko's own compatibility kit asks of a journal, in JUnit. */
class InterrexJournalTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final long ALL = Long.MAX_VALUE;

    private final InMemoryEventLog log = new InMemoryEventLog();
    private final JournalFixture fixture = new JournalFixture(log);
    private final TestKit probe = new TestKit(fixture.system());
    private final String pid = "p-" + UUID.randomUUID();
    private final String writer = UUID.randomUUID().toString();

    @BeforeEach
    void fiveEvents() {
        write(writer, 1, 5);
        for (int i = 0; i < 5; i++) {
            probe.expectMsgClass(SOON, JournalProtocol.WriteMessageSuccess.class);
        }
    }

    @AfterEach
    void stop() {
        fixture.close();
        log.close();
    }

    @Test
    @DisplayName("replays all messages")
    void replaysAll() {
        assertEquals(List.of(1L, 2L, 3L, 4L, 5L), replay(1, ALL, ALL));
    }

    @Test
    @DisplayName("replays from a lower bound, to an upper bound, and at most as many as asked for")
    void replaysWithinBounds() {
        assertEquals(List.of(3L, 4L, 5L), replay(3, ALL, ALL));
        assertEquals(List.of(1L, 2L, 3L), replay(1, 3, ALL));
        assertEquals(List.of(1L, 2L, 3L), replay(1, ALL, 3));
        assertEquals(List.of(2L, 3L), replay(2, 3, ALL));
        assertEquals(List.of(2L, 3L, 4L), replay(2, 5, 3));
        assertEquals(List.of(2L), replay(2, 2, ALL));
        assertEquals(List.of(2L), replay(2, 4, 1));
    }

    @Test
    @DisplayName("replays nothing where the count is zero, the bounds are crossed, or nothing was written")
    void replaysNothing() {
        assertEquals(List.of(), replay(2, 4, 0));
        assertEquals(List.of(), replay(3, 2, ALL));
        assertEquals(List.of(), replay("nobody", 1, ALL, ALL, 0));
    }

    @Test
    @DisplayName("does not replay deleted messages, and keeps the highest sequence number")
    void deletes() {
        delete(3);
        assertEquals(List.of(4L, 5L), replay(1, ALL, ALL));
        delete(2);
        assertEquals(List.of(4L, 5L), replay(1, ALL, ALL));
        delete(ALL);
        assertEquals(List.of(), replay(1, ALL, ALL));
        write(writer, 6, 6);
        probe.expectMsgClass(SOON, JournalProtocol.WriteMessageSuccess.class);
        assertEquals(List.of(6L), replay(pid, 1, ALL, ALL, 6));
    }

    @Test
    @DisplayName("an event that cannot be serialized is rejected, and nothing of its atomic write is stored")
    void rejects() {
        var events = List.of(event(writer, 6, "fine"), event(writer, 7, new Object()));
        tell(new AtomicWrite(CollectionConverters.asScala(events).toList()));
        probe.expectMsg(SOON, success());
        assertInstanceOf(
                JournalProtocol.WriteMessageRejected.class,
                probe.expectMsgClass(SOON, JournalProtocol.WriteMessageRejected.class));
        probe.expectMsgClass(SOON, JournalProtocol.WriteMessageRejected.class);
        assertEquals(List.of(1L, 2L, 3L, 4L, 5L), replay(1, ALL, ALL));
    }

    @Test
    @DisplayName("a second writer with the same persistence id fails, and the first goes on")
    void secondWriter() {
        var stranger = UUID.randomUUID().toString();
        tellWrite(stranger, 4, 4);
        probe.expectMsgClass(SOON, JournalProtocol.WriteMessagesFailed.class);
        probe.expectMsgClass(SOON, JournalProtocol.WriteMessageFailure.class);
        write(writer, 6, 6);
        probe.expectMsgClass(SOON, JournalProtocol.WriteMessageSuccess.class);
        assertEquals(List.of(1L, 2L, 3L, 4L, 5L, 6L), replay(pid, 1, ALL, ALL, 6));
    }

    @Test
    @DisplayName("a lost answer is asked again, and the event is there once")
    void lostAnswer() {
        log.next(InMemoryEventLog.Fault.LOSE_ANSWER, InMemoryEventLog.Fault.LOSE_REQUEST);
        write(writer, 6, 6);
        probe.expectMsgClass(SOON, JournalProtocol.WriteMessageSuccess.class);
        assertEquals(List.of(1L, 2L, 3L, 4L, 5L, 6L), replay(pid, 1, ALL, ALL, 6));
    }

    @Test
    @DisplayName("finds the highest sequence number of a long stream")
    void longStream() {
        for (int from = 6; from <= 600; from += 100) {
            int to = Math.min(600, from + 99);
            write(writer, from, to);
            for (int i = from; i <= to; i++) {
                probe.expectMsgClass(SOON, JournalProtocol.WriteMessageSuccess.class);
            }
        }
        assertEquals(LongStream.rangeClosed(1, 600).boxed().toList(), replay(pid, 1, ALL, ALL, 600));
        assertEquals(List.of(), replay(pid, 601, ALL, ALL, 600));
    }

    private void write(String by, int from, int to) {
        tellWrite(by, from, to);
        probe.expectMsg(SOON, success());
    }

    private static Object success() {
        return JournalProtocol.WriteMessagesSuccessful$.MODULE$;
    }

    private void tellWrite(String by, int from, int to) {
        var writes = new ArrayList<PersistentEnvelope>();
        for (int i = from; i <= to; i++) {
            writes.add(AtomicWrite.apply(event(by, i, "a-" + i)));
        }
        journal()
                .tell(
                        new JournalProtocol.WriteMessages(
                                CollectionConverters.asScala(writes).toList(), probe.getRef(), 1),
                        probe.getRef());
    }

    private void tell(PersistentEnvelope write) {
        journal()
                .tell(
                        new JournalProtocol.WriteMessages(
                                CollectionConverters.asScala(List.of(write)).toList(), probe.getRef(), 1),
                        probe.getRef());
    }

    private PersistentRepr event(String by, long sequenceNr, Object payload) {
        return PersistentRepr.apply(payload, sequenceNr, pid, "", false, probe.getRef(), by);
    }

    private void delete(long to) {
        journal().tell(new JournalProtocol.DeleteMessagesTo(pid, to, probe.getRef()), probe.getRef());
        probe.expectMsgClass(SOON, org.apache.pekko.persistence.DeleteMessagesSuccess.class);
    }

    private List<Long> replay(long from, long to, long max) {
        return replay(pid, from, to, max, 5);
    }

    private List<Long> replay(String persistenceId, long from, long to, long max, long highest) {
        journal()
                .tell(new JournalProtocol.ReplayMessages(from, to, max, persistenceId, probe.getRef()), probe.getRef());
        var seen = new ArrayList<Long>();
        while (true) {
            var message = probe.expectMsgAnyClassOf(
                    SOON, JournalProtocol.ReplayedMessage.class, JournalProtocol.RecoverySuccess.class);
            if (message instanceof JournalProtocol.RecoverySuccess done) {
                assertEquals(highest, done.highestSequenceNr());
                return seen;
            }
            var event = ((JournalProtocol.ReplayedMessage) message).persistent();
            assertEquals("a-" + event.sequenceNr(), event.payload());
            assertEquals(writer, event.writerUuid());
            seen.add(event.sequenceNr());
        }
    }

    private ActorRef journal() {
        return Persistence.get(fixture.system())
                .journalFor("interrex.journal", com.typesafe.config.ConfigFactory.empty());
    }
}
