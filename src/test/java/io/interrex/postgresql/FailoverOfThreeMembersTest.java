package io.interrex.postgresql;

import static io.interrex.testkit.TempMembers.get;
import static io.interrex.testkit.TempMembers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.port.Database.Position;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.Outcome;
import io.interrex.testkit.TempMembers;
import io.interrex.testkit.TempMembers.Member;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** One story on three real servers, step by step as the protocol tells it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@DisplayName("Three members: created, cloned, the primary is lost, a standby takes over")
class FailoverOfThreeMembersTest {

    private static final UUID FIRST = UUID.randomUUID();
    private static final UUID SECOND = UUID.randomUUID();

    private TempMembers members;
    private Member a;
    private Member b;
    private Member c;

    @BeforeAll
    void make() throws Exception {
        members = new TempMembers("a", "b", "c");
        a = members.member("a");
        b = members.member("b");
        c = members.member("c");
    }

    @AfterAll
    void end() throws Exception {
        members.close();
    }

    @Test
    @Order(1)
    @DisplayName("the first member is created, starts as a primary, and says so within the limit")
    void bootstrap() {
        assertEquals(DatabaseStatus.Process.ABSENT, get(a.database().status()).process());
        value(a.database().initialise());
        DatabaseStatus stopped = get(a.database().status());
        assertEquals(DatabaseStatus.Process.STOPPED, stopped.process());
        assertTrue(stopped.cleanlyStopped());
        assertInstanceOf(Outcome.Refused.class, get(a.database().initialise()), "a directory that is not empty");
        value(a.database().startAsPrimary(SyncSet.NONE));
        Lsn marker = value(a.database().writeMarker(1, FIRST));
        assertEquals(marker, value(a.database().writeMarker(1, FIRST)), "repeating it is harmless");
        assertInstanceOf(Outcome.Refused.class, get(a.database().writeMarker(1, SECOND)), "another reign");
        DatabaseStatus running = get(a.database().status());
        assertEquals(DatabaseStatus.Process.PRIMARY, running.process());
        assertEquals(1, running.epochInWal());
        assertEquals(FIRST, running.uuid());
        assertEquals(stopped.systemId(), running.systemId());
        assertNull(running.problem());
    }

    @Test
    @Order(2)
    @DisplayName(
            "one is cloned, and another from that standby; the copy's lineage is read before it follows the primary")
    void cloned() {
        value(b.database().cloneFrom(a.upstream()));
        value(b.database().startAsStandby(a.upstream()));
        Wait.until(() -> get(b.database().status()).receiving());
        value(c.database().cloneFrom(a.upstream(), b.upstream()));
        value(c.database().startAsStandby(null));
        Position still = value(c.database().detach());
        assertEquals(FIRST, still.uuid(), "a copy of a standby is of the reign that it was of");
        value(c.database().follow(a.upstream()));
        Wait.until(() -> get(a.database().status()).senders().size() == 2);
        Wait.until(() -> get(b.database().status()).receiving());
        assertEquals("a", get(b.database().status()).upstream());
        Lsn marker = value(a.database().writeMarker(1, FIRST));
        Wait.until(() ->
                value(a.database().flushedBy(marker, List.of("b", "c"))).size() == 2);
    }

    @Test
    @Order(3)
    @DisplayName("a commit rule is proven: its members are synchronous, the others are not")
    void rule() {
        value(a.database().applySyncSet(SyncSet.of(1, Set.of("b", "c"))));
        DatabaseStatus status = get(a.database().status());
        assertEquals("ANY 1 (\"b\", \"c\")", status.syncNames());
        assertTrue(status.senders().stream().allMatch(s -> s.syncState().equals("quorum")), status.toString());
        value(a.database().applySyncSet(SyncSet.of(1, Set.of("b"))));
        assertEquals(
                List.of("async", "quorum"),
                get(a.database().status()).senders().stream()
                        .map(DatabaseStatus.Sender::syncState)
                        .sorted()
                        .toList());
        value(a.database().applySyncSet(SyncSet.of(1, Set.of("b", "c"))));
    }

    @Test
    @Order(4)
    @DisplayName("nobody but the agent and replication logs in before clients are admitted")
    void closed() throws Exception {
        assertEquals("28000", Client.tryWrite(a, 0));
        value(a.database().admitClients(true));
        Client.createTable(a);
        assertEquals("", Client.tryWrite(a, 1));
    }

    @Test
    @Order(5)
    @DisplayName("a revoked standby takes no WAL any more, within some ten milliseconds")
    void revoked() {
        long begin = System.nanoTime();
        Position position = value(b.database().detach());
        long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
        System.out.println("detach took " + tookMs + " ms");
        assertTrue(tookMs < 1000, "took " + tookMs + " ms");
        assertEquals(1, position.epochInWal());
        assertEquals(FIRST, position.uuid());
        assertEquals("", Client.tryWrite(a, 2), "c still acknowledges");
        assertEquals(position.flushLsn(), value(b.database().detach()).flushLsn(), "it stays where it is");
        assertFalse(get(b.database().status()).receiving());
    }

    @Test
    @Order(6)
    @DisplayName("once both standbys are revoked, the old primary acknowledges nothing (fact 1)")
    void noRogueQuorum() {
        value(c.database().detach());
        assertEquals("08006", Client.tryWrite(a, 3), "the commit waits until the client gives up");
        assertEquals("08006", Client.tryWrite(a, 4), "and so does the next one");
    }

    @Test
    @Order(7)
    @DisplayName("the old primary is killed with all its processes; the best standby is promoted under its commit rule")
    void promoted() throws Exception {
        value(a.database().kill());
        assertEquals(DatabaseStatus.Process.STOPPED, get(a.database().status()).process());
        assertFalse(get(a.database().status()).cleanlyStopped());
        Position best = value(c.database().detach());
        assertTrue(best.flushLsn().isAtLeast(value(b.database().detach()).flushLsn()));
        value(c.database().admitClients(true));
        Connection reader = Client.connect(c);
        assertTrue(reader.isValid(2), "a standby is read");

        long begin = System.nanoTime();
        var promotion = c.database().promote(SyncSet.of(1, Set.of("b")));
        value(b.database().follow(c.upstream()));
        var promoted = value(promotion);
        Lsn marker = value(c.database().writeMarker(2, SECOND));
        Wait.until(() -> value(c.database().flushedBy(marker, Set.of("b"))).equals(Set.of("b")));
        System.out.println(
                "promotion to barrier took " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin) + " ms");

        assertEquals(2, promoted.timeline());
        assertEquals(promoted, value(c.database().promote(SyncSet.of(1, Set.of("b")))), "again is harmless");
        assertFalse(reader.isValid(2), "no reader of before becomes a writer ahead of the barrier");
        assertEquals("28000", Client.tryWrite(c, 5), "promoted with nobody admitted");
        value(c.database().admitClients(true));
        assertEquals("", Client.tryWrite(c, 5));
        var lineage = value(c.database().lineage());
        assertEquals(List.of(FIRST, SECOND), lineage.stream().map(r -> r.uuid()).toList());
        assertEquals(promoted.switchLsn(), lineage.getLast().switchLsn());
    }

    @Test
    @Order(8)
    @DisplayName("every acknowledged row is there, and the write probe needs no standby")
    void nothingLost() {
        assertTrue(Client.rows(c).containsAll(List.of(1, 2, 5)));
        value(b.database().stopClean(Duration.ofSeconds(10)));
        assertNotNull(value(c.database().probeWrite(Duration.ofMillis(800))));
        assertEquals("08006", Client.tryWrite(c, 6), "no standby, no acknowledgement");
        value(c.database().applySyncSet(SyncSet.NONE));
        assertEquals("", Client.tryWrite(c, 7));
    }

    @Test
    @Order(9)
    @DisplayName(
            "who is no member any more is cut off while it streams, and its slot is dropped; added again, it goes on")
    void stranger() throws Exception {
        value(b.database().startAsStandby(c.upstream()));
        Wait.until(() -> get(b.database().status()).receiving());
        value(c.database().ensureSlots(List.of("a")));
        try (Connection admin = Client.connectAsAdmin(c);
                var slots = admin.createStatement()
                        .executeQuery("select string_agg(slot_name, ' ') from pg_replication_slots")) {
            assertTrue(slots.next());
            assertEquals("interrex_a", slots.getString(1));
        }
        assertEquals(List.of(), get(c.database().status()).senders());
        Wait.until(() -> !get(b.database().status()).receiving());
        value(c.database().ensureSlots(List.of("a", "b")));
        Wait.until(() -> get(b.database().status()).receiving());
    }

    @Test
    @Order(10)
    @DisplayName("a clean stop tells where its shutdown checkpoint ends; a standby that streams holds it")
    void cleanStop() {
        Lsn end = value(c.database().stopClean(Duration.ofSeconds(10)));
        assertTrue(get(c.database().status()).cleanlyStopped());
        assertEquals(end, value(b.database().detach()).flushLsn());
    }
}
