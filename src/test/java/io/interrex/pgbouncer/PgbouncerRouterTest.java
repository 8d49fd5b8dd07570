package io.interrex.pgbouncer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.Router;
import io.interrex.cluster.routing.RoutePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

@DisplayName("A real PgBouncer before the PostgreSQL servers a and b")
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PgbouncerRouterTest {
    private static final Outcome<Nothing> DONE = Outcome.done(Nothing.NOTHING);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofSeconds(30);

    private final BlockingQueue<String> reports = new LinkedBlockingQueue<>();
    private @Nullable Pair pair;
    private @Nullable PgbouncerRouter router;

    @BeforeAll
    void servers() throws Exception {
        pair = new Pair();
    }

    @AfterAll
    void end() throws IOException {
        pair().close();
    }

    @BeforeEach
    void start() throws IOException {
        reports.clear();
        router = PgbouncerRouter.start(pair().settings(), reports::add);
    }

    @AfterEach
    void stop() {
        router().close();
    }

    @Test
    @DisplayName("starts with nobody reachable: who comes waits, and gets to a when a serves")
    void closed() throws Exception {
        var waiting = CompletableFuture.supplyAsync(() -> {
            try (Connection client = pair().client("app")) {
                return Pair.serverOf(client);
            } catch (SQLException e) {
                return -1;
            }
        });
        assertEquals(DONE, apply(plan(0, null)));
        var late = CompletableFuture.supplyAsync(() -> {
            try (Connection client = pair().client("app")) {
                return Pair.serverOf(client);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThrows(TimeoutException.class, () -> late.get(300, TimeUnit.MILLISECONDS));
        assertEquals(DONE, apply(plan(1, "a", "b")));
        assertEquals(pair().portOf("a"), late.get(5, TimeUnit.SECONDS));
        int first = waiting.get(5, TimeUnit.SECONDS);
        assertTrue(first == -1 || first == pair().portOf("a"), () -> "the first client got to " + first);
    }

    @Test
    @DisplayName("takes writes to a by the database's name, and reads to b by that name with _read")
    void routes() throws Exception {
        assertEquals(DONE, apply(plan(1, "a", "b")));
        try (Connection writer = pair().client("app");
                Connection reader = pair().client("app_read")) {
            assertEquals(pair().portOf("a"), Pair.serverOf(writer));
            assertEquals(pair().portOf("b"), Pair.serverOf(reader));
            assertEquals(Outcome.done(new Router.Sessions(1, 1)), get(router().sessions()));
        }
        router().use(pair().settings().members().subList(1, 2));
        assertInstanceOf(Outcome.Refused.class, apply(plan(2, "a", "b")), "a is no member any more");
        assertEquals(DONE, apply(plan(2, "b")));
    }

    @Test
    @DisplayName("held: a transaction that is open ends, the next one waits and does not fail, and goes on with b")
    void holds() throws Exception {
        apply(plan(1, "a", "b"));
        try (Connection busy = pair().client("app");
                Connection idle = pair().client("app")) {
            assertEquals(pair().portOf("a"), Pair.serverOf(idle));
            busy.setAutoCommit(false);
            assertEquals(pair().portOf("a"), Pair.serverOf(busy));
            var held = router().hold(SECOND, LONG).toCompletableFuture();
            assertThrows(TimeoutException.class, () -> held.get(100, TimeUnit.MILLISECONDS));
            busy.commit();
            assertEquals(DONE, get(held));
            assertEquals(0, pair().sessionsOn("a"));
            var waiting = CompletableFuture.supplyAsync(() -> serverOf(idle));
            assertThrows(TimeoutException.class, () -> waiting.get(300, TimeUnit.MILLISECONDS));

            assertEquals(DONE, apply(plan(1, null)));
            assertEquals(DONE, apply(plan(2, "b")));

            assertEquals(pair().portOf("b"), waiting.get(5, TimeUnit.SECONDS));
            assertEquals(pair().portOf("b"), Pair.serverOf(busy));
            assertEquals(0, pair().sessionsOn("a"));
        }
    }

    @Test
    @DisplayName(
            "while it waits for a transaction, a plan that changes the readers only waits for it, and does not end it")
    void holdsOn() throws Exception {
        apply(plan(1, "a", "b"));
        try (Connection busy = pair().client("app")) {
            busy.setAutoCommit(false);
            Pair.serverOf(busy);
            var held = router().hold(Duration.ofSeconds(8), LONG).toCompletableFuture();
            var readers = router().apply(plan(1, "a", "a", "b")).toCompletableFuture();
            assertThrows(TimeoutException.class, () -> held.get(300, TimeUnit.MILLISECONDS));
            busy.commit();
            assertEquals(DONE, get(held));
            assertEquals(DONE, get(readers));
            assertEquals(0, pair().sessionsOn("a"));
        }
    }

    @Test
    @DisplayName("while it waits for a transaction, a plan that moves the writer goes first, and it says so")
    void holdsNoPlanUp() throws Exception {
        apply(plan(1, "a", "b"));
        try (Connection busy = pair().client("app")) {
            busy.setAutoCommit(false);
            Pair.serverOf(busy);
            var held = router().hold(LONG, LONG).toCompletableFuture();
            assertThrows(TimeoutException.class, () -> held.get(100, TimeUnit.MILLISECONDS));
            assertEquals(DONE, apply(plan(2, "b")));
            var refused = assertInstanceOf(Outcome.Refused.class, get(held));
            assertTrue(refused.reason().contains("another plan took a the writes"), refused::reason);
        }
    }

    @Test
    @DisplayName("is not held by a transaction that does not end within the limit: it says so, and nobody waits")
    void cannotHold() throws Exception {
        apply(plan(1, "a", "b"));
        try (Connection busy = pair().client("app");
                Connection other = pair().client("app")) {
            busy.setAutoCommit(false);
            Pair.serverOf(busy);
            var refused = assertInstanceOf(Outcome.Refused.class, get(router().hold(Duration.ofMillis(300), LONG)));
            assertTrue(refused.reason().contains("1 transactions through PgBouncer of group g"), refused::reason);
            assertEquals(pair().portOf("a"), Pair.serverOf(other));
            busy.commit();
            assertEquals(pair().portOf("a"), Pair.serverOf(busy));
        }
    }

    @Test
    @DisplayName("held, and nobody says more: goes on by itself when the hold expires")
    void expires() throws Exception {
        apply(plan(1, "a", "b"));
        try (Connection client = pair().client("app")) {
            assertEquals(DONE, get(router().hold(SECOND, Duration.ofMillis(700))));
            long start = System.nanoTime();
            assertEquals(pair().portOf("a"), Pair.serverOf(client));
            long waitedMs = (System.nanoTime() - start) / 1_000_000;
            assertTrue(waitedMs > 300 && waitedMs < 3000, () -> waitedMs + " ms");
        }
    }

    @Test
    @DisplayName("held and released: goes on with a; readers never waited")
    void releases() throws Exception {
        apply(plan(1, "a", "b"));
        try (Connection client = pair().client("app");
                Connection reader = pair().client("app_read")) {
            assertEquals(DONE, get(router().hold(SECOND, LONG)));
            assertEquals(pair().portOf("b"), Pair.serverOf(reader));
            assertEquals(DONE, apply(plan(1, "a", "a", "b")), "a hold outlives a change of readers");
            var waiting = CompletableFuture.supplyAsync(() -> serverOf(client));
            assertThrows(TimeoutException.class, () -> waiting.get(200, TimeUnit.MILLISECONDS));
            assertEquals(DONE, get(router().release()));
            assertEquals(pair().portOf("a"), waiting.get(5, TimeUnit.SECONDS));
        }
    }

    @Test
    @DisplayName(
            "moved with a transaction open on a: that one is cut, and nothing of a remains; done is said only then")
    void cuts() throws Exception {
        apply(plan(1, "a", "b"));
        Connection busy = pair().client("app");
        busy.setAutoCommit(false);
        Pair.serverOf(busy);

        assertEquals(DONE, apply(plan(2, "b")));

        assertEquals(0, pair().sessionsOn("a"));
        assertThrows(SQLException.class, () -> Pair.serverOf(busy));
        try (Connection next = pair().client("app")) {
            assertEquals(pair().portOf("b"), Pair.serverOf(next));
        }
    }

    @Test
    @DisplayName("moved while a reader's query runs on a: it is cut after a moment")
    void cutsReaders() throws Exception {
        apply(plan(1, "b", "a"));
        try (Connection reader = pair().client("app_read");
                Statement statement = reader.createStatement()) {
            var query = CompletableFuture.supplyAsync(
                    () -> assertThrows(SQLException.class, () -> statement.execute("select pg_sleep(15)")));
            awaitSessions("a", 1);

            assertEquals(DONE, apply(plan(1, "b", "b")));

            query.get(5, TimeUnit.SECONDS);
        }
        awaitSessions("a", 0);
    }

    @Test
    @DisplayName("killed: is started again, serves the last plan again, and this is reported")
    void isRestarted() throws Exception {
        apply(plan(1, "b", "a"));
        Long pid = router().pid();
        assertEquals(
                0,
                new ProcessBuilder("kill", "-KILL", String.valueOf(pid)).start().waitFor());

        awaitReport("ended with exit code 137");
        awaitReport("applied again: Done");
        assertNotEquals(pid, router().pid());
        try (Connection client = pair().client("app")) {
            assertEquals(pair().portOf("b"), Pair.serverOf(client));
        }
    }

    @Test
    @DisplayName("stopped: the plan is unknown within two seconds; PgBouncer is replaced, and the plan comes true")
    void hangs() throws Exception {
        apply(plan(1, "a", "b"));
        assertEquals(
                0,
                new ProcessBuilder("kill", "-STOP", String.valueOf(router().pid()))
                        .start()
                        .waitFor());
        long start = System.nanoTime();

        var outcome = assertInstanceOf(Outcome.Unknown.class, apply(plan(2, "b")));

        assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(2));
        assertTrue(outcome.reason().contains("no answer"), outcome::reason);
        awaitReport("ended with exit code 137");
        awaitReport("applied again: Done");
        try (Connection client = pair().client("app")) {
            assertEquals(pair().portOf("b"), Pair.serverOf(client));
        }
    }

    @Test
    @DisplayName("resumed by another hand while the group has no writer: is put right, and this is reported")
    void isKept() throws Exception {
        apply(plan(1, null));
        try (Console console = Console.open(pair().settings().socket(), SECOND)) {
            console.ask("RESUME app");
        }
        awaitReport("app is not paused");
    }

    @Test
    @DisplayName("keeps passwords out of arguments, and its files to its user")
    void secrets() throws IOException {
        String commandLine = Files.readString(Path.of("/proc", String.valueOf(router().pid()), "cmdline"));
        assertFalse(commandLine.contains(Pair.PASSWORD), commandLine);
        for (String file : List.of("pgbouncer.ini", "users.txt")) {
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(pair().run().resolve(file))));
        }
        assertTrue(Files.readString(pair().run().resolve("users.txt")).contains("s3cret"));
    }

    @Test
    @DisplayName(
            "a second one in the same directory, a program that is none, and a password that is missing are errors with their remedies")
    void errors() throws IOException {
        PgbouncerSettings settings = pair().settings();
        assertTrue(startFails(settings).contains("another PgBouncer answers at"));
        Path other = Files.createDirectory(pair().run().resolve("other"));
        assertTrue(startFails(with(settings, "pgbouncer-that-nobody-has", other, settings.secrets()))
                .contains("apt-get install pgbouncer"));
        Path silent = Files.writeString(pair().run().resolve("silent"), "#!/bin/sh\nexec sleep 60\n");
        Files.setPosixFilePermissions(silent, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertTrue(startFails(with(settings, silent.toString(), other, settings.secrets()))
                .contains("it runs and does not answer"));
        assertTrue(
                startFails(with(settings, "false", other, settings.secrets())).contains("1.18 or newer"));
        assertTrue(startFails(with(settings, settings.binary(), other, other)).contains("mode 0600"));
    }

    private static PgbouncerSettings with(PgbouncerSettings s, String binary, Path directory, Path secrets) {
        return new PgbouncerSettings(
                binary,
                directory,
                s.group(),
                s.members(),
                s.host(),
                s.port(),
                s.databases(),
                s.user(),
                secrets,
                null,
                s.poolSize(),
                s.callMax());
    }

    private String startFails(PgbouncerSettings settings) {
        return String.valueOf(
                assertThrows(PgbouncerException.class, () -> PgbouncerRouter.start(settings, reports::add))
                        .getMessage());
    }

    private Pair pair() {
        return java.util.Objects.requireNonNull(pair);
    }

    private PgbouncerRouter router() {
        return java.util.Objects.requireNonNull(router);
    }

    private static int serverOf(Connection client) {
        try {
            return Pair.serverOf(client);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static RoutePlan plan(long epoch, @Nullable String writer, String... readers) {
        return new RoutePlan("g", epoch, writer, new TreeSet<>(List.of(readers)));
    }

    private Outcome<Nothing> apply(RoutePlan plan) {
        return get(router().apply(plan));
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }

    private void awaitReport(String part) throws InterruptedException {
        var others = new ArrayList<String>();
        String report = reports.poll(15, TimeUnit.SECONDS);
        while (report != null && !report.contains(part)) {
            others.add(report);
            report = reports.poll(15, TimeUnit.SECONDS);
        }
        assertTrue(report != null, () -> "nobody reported: " + part + ", but " + others);
    }

    private void awaitSessions(String server, int count) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (pair().sessionsOn(server) != count) {
            assertTrue(System.nanoTime() < deadline, () -> "not " + count + " sessions on " + server);
        }
    }
}
