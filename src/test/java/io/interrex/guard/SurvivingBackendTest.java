package io.interrex.guard;

import static io.interrex.guard.GuardRig.LIMIT;
import static io.interrex.guard.GuardRig.signal;
import static io.interrex.guard.GuardRig.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.port.Guard;
import io.interrex.testkit.TempPostgres;
import io.interrex.testkit.Unprivileged;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Fact 2 of protocol.md on a real server: what its sessions can still write after somebody took the postmaster away. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@DisplayName("Fact 2: killing or stopping the postmaster is not fencing")
class SurvivingBackendTest {

    private static final Duration LONG = Duration.ofSeconds(50);
    /** Computes until a file appears in the data directory, and commits a row then. */
    private static final String BUSY_UNTIL_ASKED = """
            do $$ begin
              while (pg_stat_file('asked', true)).size is null loop
              end loop;
              insert into written values ('by a busy session, afterwards');
            end $$""";

    private static TempPostgres postgres;

    @BeforeAll
    static void initdb() throws Exception {
        postgres = TempPostgres.create();
    }

    @AfterAll
    static void delete() throws Exception {
        postgres.close();
    }

    @BeforeEach
    void nobodyAsks() throws IOException {
        Files.deleteIfExists(asked());
    }

    @Test
    @DisplayName("without a guard: the postmaster is killed, and a busy session's commit is acknowledged afterwards")
    void killedWithout() throws Exception {
        try (var server = new Unguarded()) {
            CompletableFuture<String> busy = busy(sessionWithTable());
            signal("KILL", server.pid());
            assertEquals(128 + 9, server.awaitExit());

            Files.createFile(asked());
            assertEquals(
                    "", busy.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS), "acknowledged by a server without head");
        }
        assertEquals(List.of("by a busy session, afterwards"), writtenAfterARestart());
    }

    @Test
    @DisplayName(
            "with the guard: the postmaster is killed, nothing of it is left, and the busy session commits nothing")
    void killedWith() throws Exception {
        try (var rig = new GuardRig(postgres, "killed")) {
            long pid = rig.startArmed(rig.agent(), LONG);
            CompletableFuture<String> busy = busy(sessionWithTable());
            signal("KILL", pid);
            var exited = assertInstanceOf(Guard.Event.Exited.class, rig.nextEvent(LIMIT));
            assertTrue(exited.swept() >= 1, "the busy session outlived its postmaster: " + exited);
            assertEquals(List.of(), postgres.processes());

            Files.createFile(asked());
            assertNotEquals("", busy.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS));
        }
        assertEquals(List.of(), writtenAfterARestart());
    }

    @Test
    @DisplayName("without a guard: the postmaster is stopped, and sessions go on writing")
    void stoppedWithout() throws Exception {
        try (var server = new Unguarded()) {
            Connection session = sessionWithTable();
            signal("STOP", server.pid());
            assertEquals("", write(session, "by a session whose postmaster stands still"));
        }
        assertEquals(List.of("by a session whose postmaster stands still"), writtenAfterARestart());
    }

    @Test
    @DisplayName(
            "with the guard: dead means that no process is left, a stopped postmaster's sessions included, and nobody writes")
    void stoppedWith() throws Exception {
        try (var rig = new GuardRig(postgres, "stopped")) {
            GuardClient agent = rig.agent();
            long pid = rig.startArmed(agent, LONG);
            try (Connection session = sessionWithTable()) {
                signal("STOP", pid);
                Guard.Death death = value(agent.kill(LIMIT));
                assertTrue(death.killed() > 3, death.toString());
                assertEquals(List.of(), postgres.processes());
                assertNotEquals("", write(session, "by a session whose postmaster stands still"));
            }
        }
        assertEquals(List.of(), writtenAfterARestart());
    }

    /** A server that somebody started by hand, with all that it leaves behind. */
    private static final class Unguarded implements AutoCloseable {
        private final Process postmaster;

        Unguarded() throws IOException {
            var builder = new ProcessBuilder(Unprivileged.command(postgres.argv()))
                    .directory(postgres.data().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            postgres.home().resolve("unguarded.log").toFile()));
            builder.environment().put("LC_ALL", "C");
            postmaster = builder.start();
        }

        long pid() {
            return postmaster.pid();
        }

        int awaitExit() throws InterruptedException {
            assertTrue(postmaster.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS), "the postmaster does not exit");
            return postmaster.exitValue();
        }

        @Override
        public void close() throws IOException {
            postmaster.destroyForcibly();
            GuardRig.awaitTrue(() -> {
                List<Long> left = processes();
                left.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
                return left.isEmpty();
            });
        }

        private static List<Long> processes() {
            try {
                return postgres.processes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static Path asked() {
        return postgres.data().resolve("asked");
    }

    private static Connection sessionWithTable() throws Exception {
        Connection session = postgres.connect(LIMIT);
        try (var statement = session.createStatement()) {
            statement.execute("drop table if exists written");
            statement.execute("create table written (what text)");
        }
        return session;
    }

    /** Empty where the commit was acknowledged, else the SQL state of the failure. */
    private static String execute(Connection session, String sql) {
        try (var statement = session.createStatement()) {
            statement.execute(sql);
            return "";
        } catch (SQLException e) {
            return Objects.requireNonNullElse(e.getSQLState(), "?");
        }
    }

    private static String write(Connection session, String what) {
        return execute(session, "insert into written values ('" + what + "')");
    }

    /** What comes of a commit that a session makes once it is asked to; it is busy until then. */
    private static CompletableFuture<String> busy(Connection session) throws Exception {
        var outcome =
                CompletableFuture.supplyAsync(() -> execute(session, BUSY_UNTIL_ASKED), Thread::startVirtualThread);
        try (Connection looking = postgres.connect(LIMIT);
                var look = looking.prepareStatement(
                        "select count(*) from pg_stat_activity where state = 'active' and query like 'do $$%'")) {
            GuardRig.awaitTrue(() -> {
                try (var row = look.executeQuery()) {
                    return row.next() && row.getInt(1) == 1;
                } catch (SQLException e) {
                    throw new AssertionError(e);
                }
            });
        }
        return outcome;
    }

    private static List<String> writtenAfterARestart() throws Exception {
        try (var server = new Unguarded();
                Connection session = postgres.connect(LIMIT);
                var statement = session.createStatement();
                var rows = statement.executeQuery("select what from written")) {
            var found = new ArrayList<String>();
            while (rows.next()) {
                found.add(rows.getString(1));
            }
            assertTrue(server.pid() > 0);
            return found;
        }
    }
}
