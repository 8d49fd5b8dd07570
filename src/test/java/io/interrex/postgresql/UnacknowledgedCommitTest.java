package io.interrex.postgresql;

import static io.interrex.testkit.TempMembers.get;
import static io.interrex.testkit.TempMembers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.Decision;
import io.interrex.cluster.group.GroupCommand.ReportRestarted;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.testkit.TempMembers.Member;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
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
import org.junit.jupiter.api.Timeout;

/**
 * Fact 5 of protocol.md, and what the barrier is for, on real servers. Commits of a wait for b, which takes no WAL: a client's
 * commit waits, and its server process crashes. Later a is lost, and b takes over.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 90, unit = TimeUnit.SECONDS)
@DisplayName("Fact 5: a crash restart shows commits that nobody acknowledged")
class UnacknowledgedCommitTest {

    private static final UUID FIRST = UUID.randomUUID();
    private static final SyncSet ONE_OF_B = SyncSet.of(1, Set.of("b"));

    private RunningGroup group;
    private Member a;
    private Member b;

    @BeforeAll
    void make() throws Exception {
        group = RunningGroup.of(FIRST, "a", "b");
        a = group.member("a");
        b = group.member("b");
    }

    @AfterAll
    void end() throws Exception {
        group.close();
    }

    @Test
    @Order(1)
    @DisplayName(
            "without the barrier: PostgreSQL restarts by itself, a client reads the row, and the failover that follows loses it")
    void without() throws Exception {
        value(a.database().applySyncSet(ONE_OF_B));
        value(a.database().kill());
        startThatRestartsByItself();
        var write = crashWhileACommitWaits(1);

        Wait.until(() -> reads(a, 1));
        assertNotEquals("", write.join(), "nobody acknowledged it");
        failOver();
        assertEquals(List.of(), Client.rows(b), "what a client has read is lost");
    }

    @Test
    @Order(2)
    @DisplayName(
            "with it: the server stays down, starts with nobody admitted, and is not opened before b holds all; the failover loses nothing that was read")
    void with() throws Exception {
        value(b.database().kill());
        value(a.database().startAsPrimary(ONE_OF_B));
        value(a.database().admitClients(true));
        group.cloneFrom(a, "b");
        String systemId = String.valueOf(get(a.database().status()).systemId());
        var referee = new Referee(List.of("a", "b"), FIRST, value(a.database().writeMarker(1, FIRST)), systemId);
        referee.intend(Set.of("b"), Set.of());
        referee.applied(ONE_OF_B, value(a.database().applySyncSet(ONE_OF_B)));
        var write = crashWhileACommitWaits(2);
        Wait.until(() -> get(a.database().status()).process() == Process.STOPPED);
        assertNotEquals("", write.join());

        value(a.database().startAsPrimary(ONE_OF_B));
        assertEquals("28000", Client.tryWrite(a, 3), "nobody is admitted");
        Lsn end = get(a.database().status()).lsn();
        Decision early = referee.decide(restarted(end));
        assertFalse(early.accepted());
        assertEquals(RuleId.BARRIER_NOT_FLUSHED, early.rule(), early.why());

        value(b.database().follow(a.upstream()));
        Wait.until(() -> !value(a.database().flushedBy(end, Set.of("b"))).isEmpty());
        Decision passed = referee.decide(restarted(end));
        assertTrue(passed.accepted(), passed.why());
        value(a.database().admitClients(true));
        assertTrue(reads(a, 2), "now it may be seen");
        failOver();
        assertTrue(Client.rows(b).contains(2), "and it survives");
    }

    /** By hand, with what Interrex fixes on the command line taken back. */
    private void startThatRestartsByItself() throws Exception {
        List<String> argv = new ServerConfiguration(a.settings())
                .commandLine().stream()
                        .map(word -> word.equals("restart_after_crash=off") ? "restart_after_crash=on" : word)
                        .toList();
        assertTrue(argv.contains("restart_after_crash=on"), argv.toString());
        value(a.guard().start(argv, Map.of("LC_ALL", "C"), a.settings().data()));
        Wait.until(() -> get(a.database().status()).process() == Process.PRIMARY);
        Wait.until(() -> get(b.database().status()).receiving());
    }

    private java.util.concurrent.CompletableFuture<String> crashWhileACommitWaits(int number) throws Exception {
        value(b.database().detach());
        var write = Client.beginWrite(a, number);
        long waiting = Client.awaitHeldCommits(a, 1).getFirst();
        assertFalse(reads(a, number), "nobody sees it while it waits");
        assertTrue(ProcessHandle.of(waiting).orElseThrow().destroyForcibly());
        return write;
    }

    private ReportRestarted restarted(Lsn end) {
        Set<String> flushedBy = Set.copyOf(value(a.database().flushedBy(end, Set.of("b"))));
        return new ReportRestarted(Referee.NOW, 1, "a", end, Referee.sorted(flushedBy), "a crash");
    }

    private void failOver() {
        value(a.database().kill());
        value(b.database().detach());
        value(b.database().promote(SyncSet.NONE));
        value(b.database().admitClients(true));
    }

    /** Whether a client gets in and finds that row. */
    private static boolean reads(Member member, int number) {
        try (var connection = Client.connect(member);
                var statement = connection.createStatement();
                var row = statement.executeQuery("select from numbers where n = " + number)) {
            return row.next();
        } catch (SQLException e) {
            return false; // it is just restarting
        } catch (Trouble e) {
            throw new AssertionError(e);
        }
    }
}
