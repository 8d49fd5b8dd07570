package io.interrex.postgresql;

import static io.interrex.testkit.TempMembers.get;
import static io.interrex.testkit.TempMembers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.cluster.port.Drift;
import io.interrex.cluster.port.Vitals.Pending;
import io.interrex.testkit.TempMembers;
import io.interrex.testkit.TempMembers.Member;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A setting that holds after a restart only")
class PendingRestartTest {

    @Test
    @DisplayName("is told of with both values once it was read, and not any more after the restart")
    void pending() throws Exception {
        try (var members = new TempMembers("a")) {
            Member a = members.member("a");
            value(a.database().initialise());
            value(a.database().startAsPrimary(SyncSet.NONE));
            value(a.database().admitClients(true));
            assertEquals(List.of(), told(a));
            alter(a, "set max_connections = 50", "set max_prepared_transactions = 7", "set work_mem = '5MB'");
            var raised = List.of(
                    new Pending("max_connections", "30", "50"), new Pending("max_prepared_transactions", "0", "7"));
            Wait.until(() -> told(a).equals(raised));
            assertFalse(raised.stream().anyMatch(Pending::lowers));
            alter(a, "set max_connections = 20", "reset max_prepared_transactions");
            var lowered = new Pending("max_connections", "30", "20");
            Wait.until(() -> told(a).equals(List.of(lowered)));
            assertTrue(lowered.lowers());
            value(a.database().stopClean(Duration.ofSeconds(10)));
            value(a.database().startAsPrimary(SyncSet.NONE));
            assertEquals(List.of(), told(a));
            assertEquals(20 - 8, get(a.database().slots()).max());
        }
    }

    @Test
    @DisplayName(
            "is one of a person's parameters: the others hold at once, without a restart, and who decides past them is told")
    void parameters() throws Exception {
        try (var members = new TempMembers("a")) {
            Member a = members.member("a");
            value(a.database().initialise());
            value(a.database().startAsPrimary(SyncSet.NONE));
            value(a.database().admitClients(true));
            long startedAtMs = get(a.database().status()).startedAtMs();
            assertEquals(List.of(), get(a.database().drift()));

            wrongOnesAreRefused(a);
            Map<String, String> wanted = Map.of("shared_buffers", "16MB", "max_connections", "40", "work_mem", "5MB");
            assertEquals(Map.of(), value(a.database().refusedParameters(wanted)));

            assertEquals(
                    Map.of(
                            "max_connections", "after a restart of the server (interrex restart --pending)",
                            "work_mem", "in force"),
                    value(a.database().useParameters(wanted, List.of("max_connections", "work_mem"))));
            Wait.until(() -> told(a).equals(List.of(new Pending("max_connections", "30", "40"))));
            assertEquals("5MB", shown(a, "work_mem"));

            alter(a, "set work_mem = '7MB'");
            Files.writeString(
                    a.settings().data().resolve("postgresql.conf"), "\nenable_sort = off\n", StandardOpenOption.APPEND);
            var drift = List.of(
                    new Drift(Drift.Kind.BY_HAND, "enable_sort", "off", "", "postgresql.conf:"),
                    new Drift(Drift.Kind.ALTER_SYSTEM, "work_mem", "7MB", "5MB", "ALTER SYSTEM"));
            Wait.until(() -> withoutLines(get(a.database().drift())).equals(drift));
            assertEquals(
                    Map.of("work_mem", "not in force: " + a.settings().data() + "/postgresql.auto.conf:3 decides"),
                    value(a.database().useParameters(Map.of("work_mem", "6MB"), List.of("work_mem"))));
            alter(a, "reset work_mem");
            assertEquals(
                    Map.of(
                            "work_mem",
                            "in force",
                            "shared_buffers",
                            "after a restart of the server (interrex restart --pending)"),
                    value(a.database().useParameters(Map.of(), List.of("work_mem", "shared_buffers"))));
            assertEquals("4MB", shown(a, "work_mem"));
            assertEquals(startedAtMs, get(a.database().status()).startedAtMs());
        }
    }

    /** By PostgreSQL itself. */
    private static void wrongOnesAreRefused(Member a) {
        var wrong = value(a.database()
                .refusedParameters(Map.of(
                        "work_mem", "lots", "wal_sync_method", "x", "no_such", "1", "block_size", "4096", "a.b", "1")));
        assertEquals(Set.of("work_mem", "wal_sync_method", "no_such", "block_size"), wrong.keySet());
        assertEquals(
                "invalid value for parameter \"wal_sync_method\": \"x\" Available values: fsync, fdatasync, open_sync, open_datasync",
                wrong.get("wal_sync_method"));
    }

    private static List<Drift> withoutLines(List<Drift> drift) {
        return drift.stream()
                .map(d -> new Drift(
                        d.kind(), d.setting(), d.is(), d.inFile(), d.origin().replaceFirst(":\\d+$", ":")))
                .toList();
    }

    private static String shown(Member member, String setting) throws Exception {
        try (Connection person = Client.connectAsAdmin(member);
                Statement sql = person.createStatement();
                var row = sql.executeQuery("show " + setting)) {
            assertTrue(row.next());
            return row.getString(1);
        }
    }

    private static List<Pending> told(Member member) {
        assertEquals(Process.PRIMARY, get(member.database().status()).process());
        return get(member.database().slots()).pending();
    }

    private static void alter(Member member, String... what) throws Exception {
        try (Connection person = Client.connectAsAdmin(member);
                Statement sql = person.createStatement()) {
            for (String one : what) {
                sql.execute("alter system " + one);
            }
            sql.execute("select pg_reload_conf()");
        }
    }
}
