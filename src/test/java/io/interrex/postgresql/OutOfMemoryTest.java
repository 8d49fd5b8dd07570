package io.interrex.postgresql;

import static io.interrex.testkit.TempMembers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.cluster.durability.SyncSet;
import io.interrex.testkit.TempMembers;
import io.interrex.testkit.TempMembers.Member;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("When the host has no memory left, a server")
class OutOfMemoryTest {

    @Test
    @DisplayName(
            "has backends that are as likely to be ended as any process, whatever its unit says of node, guard and postmaster")
    void backends() throws Exception {
        try (var members = new TempMembers("a")) {
            Member a = members.member("a");
            value(a.database().initialise());
            value(a.database().startAsPrimary(SyncSet.NONE));
            value(a.database().admitClients(true));
            String postmaster = Files.readAllLines(a.settings().data().resolve("postmaster.pid"))
                    .getFirst();
            expose(postmaster);
            try (Connection client = Client.connect(a);
                    Statement statement = client.createStatement();
                    ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
                row.next();
                assertEquals("0", score(row.getString(1)));
            }
            assertEquals("300", score(postmaster));
        }
    }

    /** By the server's own user, who may make it less protected only: a backend that resets its own is seen all the same. */
    private static void expose(String pid) throws IOException, InterruptedException {
        var shell = new ProcessBuilder("sh", "-c", "echo 300 > " + file(pid)).inheritIO();
        assertEquals(0, TempMembers.unprivileged(shell).waitFor());
    }

    private static String score(String pid) throws IOException {
        return Files.readString(file(pid)).strip();
    }

    private static Path file(String pid) {
        return Path.of("/proc", pid, "oom_score_adj");
    }
}
