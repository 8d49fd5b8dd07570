package io.interrex.postgresql;

import static io.interrex.testkit.TempMembers.get;
import static io.interrex.testkit.TempMembers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.cluster.port.Vitals.Pending;
import io.interrex.testkit.TempMembers;
import io.interrex.testkit.TempMembers.Member;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
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
