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
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A server all of whose connections clients have")
class FullConnectionsTest {

    @Test
    @DisplayName(
            "is still looked at and probed by its agent, also by one that was just started beside another's sessions")
    void agentGetsIn() throws Exception {
        try (var members = new TempMembers("a")) {
            Member a = members.member("a");
            value(a.database().initialise());
            value(a.database().startAsPrimary(SyncSet.NONE));
            value(a.database().admitClients(true));
            assertEquals(Process.PRIMARY, get(a.database().status()).process());
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
