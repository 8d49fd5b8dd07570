package io.interrex.postgresql;

import static io.interrex.testkit.TempMembers.get;
import static io.interrex.testkit.TempMembers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.cluster.port.Outcome;
import io.interrex.testkit.TempMembers;
import io.interrex.testkit.TempMembers.Member;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Given a, a killed primary with commits of its own, and b, which was promoted without them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@DisplayName("Commits that only a cloned member had")
class KeptBeforeCloneTest {

    private static final KeptWalLimits NO_ROOM = new KeptWalLimits(1 << 20, 10, true);

    private TempMembers members;
    private Member a;
    private Member b;
    private String transaction;

    @BeforeAll
    void diverge() throws Exception {
        members = new TempMembers(
                settings -> settings.withParameters(Map.of(
                        "shared_buffers",
                        "16MB",
                        "max_connections",
                        "30",
                        "wal_keep_size",
                        "0",
                        "min_wal_size",
                        "32MB",
                        "wal_recycle",
                        "off")),
                "a",
                "b");
        a = members.member("a");
        b = members.member("b");
        value(a.database().initialise());
        value(a.database().startAsPrimary(SyncSet.NONE));
        value(a.database().writeMarker(1, UUID.randomUUID()));
        value(a.database().admitClients(true));
        Client.createTable(a);
        value(b.database().cloneFrom(a.upstream()));
        value(b.database().startAsStandby(a.upstream()));
        Wait.until(() -> get(b.database().status()).receiving());
        Wait.until(this::slotHolds);
        value(b.database().detach());
        try (var connection = Client.connectAsAdmin(a);
                var statement = connection.createStatement()) {
            statement.execute("create table only_here (n int)");
            connection.setAutoCommit(false);
            statement.execute("insert into only_here values (1)");
            try (var rows = statement.executeQuery("select pg_current_xact_id()::text")) {
                assertTrue(rows.next());
                transaction = rows.getString(1);
            }
            connection.commit();
            connection.setAutoCommit(true);
            for (int i = 0; i < 4; i++) {
                statement.execute("insert into only_here values (2)");
                statement.execute("select pg_switch_wal()");
            }
            statement.execute("checkpoint");
        }
        value(a.database().kill());
        value(b.database().promote(SyncSet.NONE));
        value(b.database().writeMarker(2, UUID.randomUUID()));
    }

    @AfterAll
    void end() throws Exception {
        members.close();
    }

    @Test
    @Order(1)
    @DisplayName("are still there after it was started to look at its lineage, and checkpointed")
    void lookedAt() throws Exception {
        long before = segments(wal());
        value(a.database().startAsStandby(null));
        value(a.database().detach());
        RunningGroup.byHand(a, "checkpoint");
        value(a.database().stopClean(java.time.Duration.ofSeconds(10)));
        assertEquals(before, segments(wal()), "none was removed");
    }

    @Test
    @Order(2)
    @DisplayName("are not overwritten where they must be kept and there is no room: refused, named, nothing changed")
    void refused() throws Exception {
        try (var strict =
                new PostgresDatabase(a.settings().withKeptWal(NO_ROOM), a.guard(), TempMembers::unprivileged)) {
            Outcome<?> outcome = get(strict.cloneFrom(b.upstream()));
            assertInstanceOf(Outcome.Refused.class, outcome, outcome.toString());
            assertTrue(outcome.toString().contains("there is no more room"), outcome.toString());
        }
        assertEquals(Process.STOPPED, get(a.database().status()).process());
    }

    @Test
    @Order(3)
    @DisplayName("are kept before the clone, and pg_waldump reads them with the command that is written beside them")
    void readable() throws Exception {
        value(a.database().cloneFrom(b.upstream()));
        List<Path> kept = directories();
        assertEquals(1, kept.size(), kept.toString());
        var told = a.database().kept();
        assertEquals(1, told.size(), "told once");
        assertTrue(
                told.getFirst()
                        .directory()
                        .endsWith(kept.getFirst().getFileName().toString()),
                told.toString());
        assertEquals("clone", told.getFirst().before());
        JsonNode text = JsonMapper.builder()
                .build()
                .readTree(kept.getFirst().resolve(DivergentWal.DESCRIPTION).toFile());
        assertEquals("a", text.get("member").asText());
        assertEquals("clone", text.get("before").asText());
        assertTrue(text.get("complete").asBoolean());
        assertEquals(1, text.get("wal").size());
        String dump = run(text.get("wal").get(0).get("read").asText());
        assertTrue(
                dump.lines()
                        .anyMatch(
                                line -> line.contains("desc: COMMIT") && line.matches(".*tx: +" + transaction + ",.*")),
                dump);
        value(a.database().startAsStandby(b.upstream()));
        Wait.until(() -> get(a.database().status()).receiving());
    }

    @Test
    @Order(4)
    @DisplayName("are all that is kept: a clone of one that only streamed keeps nothing")
    void nothingOfItsOwn() throws Exception {
        value(a.database().stopClean(java.time.Duration.ofSeconds(10)));
        value(a.database().cloneFrom(b.upstream()));
        assertEquals(1, directories().size());
    }

    @Test
    @Order(5)
    @DisplayName("are kept whole where the member does not start any more, and the clone goes on")
    void doesNotStart() throws Exception {
        value(a.database().startAsStandby(b.upstream()));
        Wait.until(() -> get(a.database().status()).receiving());
        value(a.database().kill());
        Files.delete(a.settings().data().resolve("global").resolve("pg_filenode.map"));
        value(a.database().cloneFrom(b.upstream()));
        List<Path> kept = directories();
        assertEquals(2, kept.size(), kept.toString());
        String text = Files.readString(kept.stream()
                .filter(directory -> directory.toString().endsWith("unknown"))
                .findFirst()
                .orElseThrow()
                .resolve(DivergentWal.DESCRIPTION));
        assertTrue(text.contains("its markers could not be read"), text);
        assertTrue(text.contains("\"to\" : \"unknown\""), text);
        assertTrue(!text.contains("--start=0/0 "), "it names a segment that is there: " + text);
        value(a.database().startAsStandby(b.upstream()));
        Wait.until(() -> get(a.database().status()).receiving());
    }

    /** The primary's own checkpoints keep what its standby has not confirmed only from the standby's first answer on. */
    private boolean slotHolds() {
        try (var connection = Client.connectAsAdmin(a);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "select count(*) from pg_replication_slots where restart_lsn is not null")) {
            return rows.next() && rows.getInt(1) == 1;
        } catch (java.sql.SQLException | Trouble e) {
            throw new AssertionError(e);
        }
    }

    private Path wal() {
        return a.settings().data().resolve("pg_wal");
    }

    private static long segments(Path directory) throws Exception {
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().matches("[0-9A-F]{24}"))
                    .count();
        }
    }

    private List<Path> directories() throws Exception {
        try (var files = Files.list(a.settings().archivedWal())) {
            return files.sorted().toList();
        }
    }

    private static String run(String command) throws Exception {
        java.lang.Process process = new ProcessBuilder(List.of(command.split(" ")))
                .redirectErrorStream(true)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), command + ": " + text);
        return text;
    }
}
