package io.interrex.postgresql;

import static io.interrex.testkit.TempMembers.get;
import static io.interrex.testkit.TempMembers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.cluster.port.Outcome;
import io.interrex.testkit.TempMembers;
import io.interrex.testkit.TempMembers.Member;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A server")
class FullConnectionsTest {

    /** read_only_sql_transaction */
    private static final String READ_ONLY = "25006";

    @Test
    @DisplayName(
            "all of whose connections clients have is still looked at and probed by its agent, also by one that was just started beside another's sessions")
    void agentGetsIn() throws Exception {
        try (var members = new TempMembers("a")) {
            Member a = started(members);
            List<Connection> clients = takeAll(a);
            try {
                ServerSlots slots = get(a.database().slots());
                assertTrue(slots.used() >= slots.max() && slots.max() > 0, slots.toString());
                works(a.database());
                try (var restarted = new PostgresDatabase(a.settings(), a.guard(), TempMembers::unprivileged)) {
                    works(restarted);
                }
            } finally {
                for (Connection client : clients) {
                    client.close();
                }
            }
        }
    }

    @Test
    @DisplayName(
            "lets clients only read where it is told to, in sessions that are open as well; its agent writes, and so does who asks to")
    void onlyReads() throws Exception {
        try (var members = new TempMembers("a")) {
            Member a = started(members);
            Client.createTable(a);
            try (Connection before = Client.connect(a)) {
                assertEquals("", write(before, 1));
                value(a.database().admitClients(true, true));
                Wait.until(() -> write(before, 2).equals(READ_ONLY));
                assertEquals(READ_ONLY, Client.tryWrite(a, 3), "a new session");
                assertEquals(
                        "", write(before, "begin read write", "delete from numbers", "truncate numbers", "commit"));
                assertEquals("", write(before, "vacuum numbers"), "a transaction of its own that writes no row");
                assertEquals(List.of(), Client.rows(a), "they read");
                works(a.database());
                value(a.database().writeMarker(1, new UUID(0, 1)));
                value(a.database().applySyncSet(SyncSet.NONE));
                assertEquals(READ_ONLY, Client.tryWrite(a, 6), "a new commit rule lets nobody write");
                value(a.database().admitClients(true, false));
                Wait.until(() -> write(before, 7).isEmpty());
                assertEquals("", Client.tryWrite(a, 8));
            }
        }
    }

    private static Member started(TempMembers members) throws Exception {
        Member a = members.member("a");
        value(a.database().initialise());
        value(a.database().startAsPrimary(SyncSet.NONE));
        value(a.database().admitClients(true));
        assertEquals(Process.PRIMARY, get(a.database().status()).process());
        return a;
    }

    private static String write(Connection connection, int number) {
        return write(connection, "insert into numbers values (%d) on conflict do nothing".formatted(number));
    }

    /** The SQL state of the failure, empty where there is none. */
    private static String write(Connection connection, String... statements) {
        try (var statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
            return "";
        } catch (SQLException e) {
            return String.valueOf(e.getSQLState());
        }
    }

    /** Every one of its sessions: to look, to probe, to change and for a checkpoint. */
    private static void works(PostgresDatabase database) {
        assertEquals(Process.PRIMARY, get(database.status()).process());
        assertInstanceOf(Outcome.Done.class, get(database.probeWrite(Duration.ofSeconds(5))));
        assertInstanceOf(Outcome.Done.class, get(database.ensureSlots(List.of())));
        assertInstanceOf(Outcome.Done.class, get(database.checkpoint()));
    }

    private static List<Connection> takeAll(Member member) throws Trouble {
        var clients = new ArrayList<Connection>();
        for (int i = 0; i < 200; i++) {
            try {
                clients.add(Client.connect(member));
            } catch (SQLException e) {
                assertEquals("53300", e.getSQLState(), e.getMessage());
                return clients;
            }
        }
        throw new AssertionError("there is no end of connections");
    }
}
