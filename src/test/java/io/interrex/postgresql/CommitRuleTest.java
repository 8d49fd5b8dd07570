package io.interrex.postgresql;

import static io.interrex.testkit.TempMembers.get;
import static io.interrex.testkit.TempMembers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.port.Outcome;
import io.interrex.testkit.TempMembers;
import io.interrex.testkit.TempMembers.Member;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A commit rule is told as applied only when commits obey it")
class CommitRuleTest {

    private static final SyncSet ONE_OF_B = SyncSet.of(1, Set.of("b"));

    @Test
    @DisplayName(
            "while the checkpointer does not run, no attempt proves the first rule, nor does a restarted agent's; then it binds")
    void checkpointerStandsStill() throws Exception {
        try (var members = new TempMembers("a", "b")) {
            Member a = members.member("a");
            Member b = members.member("b");
            value(a.database().initialise());
            value(a.database().startAsPrimary(SyncSet.NONE));
            value(a.database().writeMarker(1, UUID.randomUUID()));
            value(a.database().admitClients(true));
            Client.createTable(a);
            value(b.database().cloneFrom(a.upstream()));
            value(b.database().startAsStandby(a.upstream()));
            Wait.until(() -> get(b.database().status()).receiving());
            value(a.database().checkpoint());

            long checkpointer = checkpointerOf(a);
            signal("STOP", checkpointer);
            try (var restarted = new PostgresDatabase(a.settings(), a.guard(), TempMembers::unprivileged)) {
                assertInstanceOf(Outcome.Unknown.class, get(a.database().applySyncSet(ONE_OF_B)));
                assertInstanceOf(Outcome.Unknown.class, get(a.database().applySyncSet(ONE_OF_B)), "the file says it");
                assertInstanceOf(Outcome.Unknown.class, get(restarted.applySyncSet(ONE_OF_B)), "a restarted agent");
            } finally {
                signal("CONT", checkpointer);
            }
            Wait.until(() -> get(a.database().applySyncSet(ONE_OF_B)) instanceof Outcome.Done);
            assertEquals("", Client.tryWrite(a, 1));
            value(b.database().stopClean(Duration.ofSeconds(10)));
            assertEquals("08006", Client.tryWrite(a, 2), "the rule binds");
        }
    }

    private static long checkpointerOf(Member member) throws SQLException, Trouble {
        try (var connection = Client.connectAsAdmin(member);
                var statement = connection.createStatement();
                var row = statement.executeQuery(
                        "select pid from pg_stat_activity where backend_type = 'checkpointer'")) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void signal(String name, long pid) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                .start()
                .waitFor();
        assertEquals(0, status, "kill -" + name + " " + pid);
    }
}
