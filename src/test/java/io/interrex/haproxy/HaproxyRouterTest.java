package io.interrex.haproxy;

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
import io.interrex.haproxy.HaproxySettings.Ownership;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A real HAProxy before servers a, b and c")
@Timeout(60)
class HaproxyRouterTest {
    private static final Outcome<Nothing> DONE = Outcome.done(Nothing.NOTHING);

    private final BlockingQueue<String> reports = new LinkedBlockingQueue<>();
    private final AtomicBoolean poisoned = new AtomicBoolean();
    private Servers servers;
    private Path directory;
    private HaproxyRouter router;

    HaproxyRouterTest() throws IOException {
        servers = new Servers("a", "b", "c");
        directory = Files.createTempDirectory("interrex-router");
        router = HaproxyRouter.start(settings(), this::report);
    }

    private void report(String sentence) {
        reports.add(sentence);
        if (poisoned.get()) {
            throw new IllegalStateException("poisoned");
        }
    }

    @AfterEach
    void stop() throws IOException {
        router.close();
        servers.close();
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @BeforeEach
    void nobodyIsReachable() throws IOException {
        assertEquals("nobody", servers.greeting(servers.write));
        assertEquals("nobody", servers.greeting(servers.read));
    }

    @Test
    @DisplayName("takes writes to a, reads to b and c")
    void routes() throws IOException {
        assertEquals(DONE, apply(plan(1, "a", "b", "c")));

        assertEquals("a", servers.greeting(servers.write));
        Set<String> readers = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            readers.add(servers.greeting(servers.read));
        }
        assertEquals(Set.of("b", "c"), readers);
    }

    @Test
    @DisplayName("cuts the sessions of a when b takes over, and says done only then; readers of c notice nothing")
    void moves() throws IOException {
        apply(plan(1, "a", "c"));
        Socket writer = opened(servers.session(servers.write), "a");
        Socket reader = opened(servers.session(servers.read), "c");

        assertEquals(DONE, apply(plan(2, "b", "c")));

        assertTrue(Servers.isCut(writer));
        assertEquals("b", servers.greeting(servers.write));
        reader.setSoTimeout(200);
        assertThrows(SocketTimeoutException.class, () -> Servers.line(reader));
    }

    @Test
    @DisplayName("counts the sessions that are open now, to the writer and to readers")
    void counts() throws Exception {
        apply(plan(1, "a", "b", "c"));
        opened(servers.session(servers.write), "a");
        Socket reader = servers.session(servers.read);
        Servers.line(reader);
        Servers.line(servers.session(servers.read));
        assertEquals(Outcome.done(new Router.Sessions(1, 2)), sessions());
        reader.close();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!sessions().equals(Outcome.done(new Router.Sessions(1, 1)))) {
            assertTrue(System.nanoTime() < deadline, "a session that was closed is counted on");
        }
    }

    @Test
    @DisplayName(
            "gets a member more and one less while it runs: the writer's session goes on, and after its death it has the same")
    void others() throws Exception {
        apply(plan(1, "a", "b", "c"));
        Socket writer = opened(servers.session(servers.write), "a");
        Socket gone = servers.session(servers.read);
        while (!"c".equals(Servers.line(gone))) {
            gone.close();
            gone = servers.session(servers.read);
        }
        servers.add("d");
        servers.name("d", "no-such-host.invalid");
        servers.forget("c");
        router.use(settings().members());
        String why = assertInstanceOf(Outcome.Unknown.class, apply(plan(1, "a", "b", "d")))
                .reason();
        assertTrue(why.contains("write/d"), why);
        assertEquals("b", servers.greeting(servers.read), "whose name resolves is reached all the same");
        servers.name("d", "localhost");
        router.use(settings().members());

        assertEquals(DONE, apply(plan(1, "a", "d")));
        String left = new RuntimeSocket(settings().socket(), Duration.ofSeconds(2)).ask("show servers state");
        assertFalse(left.contains(" c "), left);
        assertEquals("d", servers.greeting(servers.read));
        assertTrue(Servers.isCut(gone), "who is no member any more serves nobody");
        writer.setSoTimeout(200);
        assertThrows(SocketTimeoutException.class, () -> Servers.line(writer));
        assertEquals(DONE, apply(plan(2, "d", "b")));
        assertEquals("d", servers.greeting(servers.write));
        assertInstanceOf(Outcome.Refused.class, apply(plan(3, "c", "b")));

        ProcessHandle.of(known(router.pid())).orElseThrow().destroyForcibly();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!answers("d")) {
            assertTrue(System.nanoTime() < deadline, () -> "d is not reached again: " + reports);
        }
    }

    private boolean answers(String name) {
        try {
            return name.equals(servers.greeting(servers.write));
        } catch (IOException e) {
            return false;
        }
    }

    private static long known(@Nullable Long pid) {
        if (pid == null) {
            throw new AssertionError("no HAProxy runs");
        }
        return pid;
    }

    private Outcome<Router.Sessions> sessions() throws Exception {
        return router.sessions().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    @DisplayName("cuts a session whose client does not read")
    void cutsAFullSession() throws IOException {
        apply(plan(1, "a", "c"));
        Socket client = opened(servers.session(servers.write), "a");
        client.getOutputStream().write('m');

        assertEquals(DONE, apply(plan(2, null, "c")));

        assertEquals("nobody", servers.greeting(servers.write));
    }

    @Test
    @DisplayName("moves 50 times in at most 100 ms each (median)")
    void isFast() {
        long[] tookNanos = new long[50];
        for (int i = 0; i < tookNanos.length; i++) {
            long start = System.nanoTime();
            assertEquals(DONE, apply(plan(i, i % 2 == 0 ? "a" : "b", "c")));
            tookNanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(tookNanos);
        long medianUs = tookNanos[25] / 1000;
        System.getLogger("measured")
                .log(
                        System.Logger.Level.INFO,
                        "plan applied: median {0} us, longest {1} us",
                        medianUs,
                        tookNanos[49] / 1000);
        assertTrue(medianUs < 100_000, () -> medianUs + " us");
    }

    @Test
    @DisplayName("takes a reader elsewhere at once when its server refuses")
    void redispatches() throws IOException {
        apply(plan(1, "a", "b", "c"));
        servers.stop("b");
        for (int i = 0; i < 4; i++) {
            long start = System.nanoTime();
            assertEquals("c", servers.greeting(servers.read));
            assertTrue(System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(900));
        }
    }

    @Test
    @DisplayName("refuses a plan of an older epoch, of another group, with a stranger, and after its end")
    void refuses() throws IOException {
        apply(plan(5, "a", "b"));

        assertRefused("a plan of epoch 4 after one of epoch 5", plan(4, "b", "c"));
        assertRefused("a plan of group other", new RoutePlan("other", 6, "b", new TreeSet<>()));
        assertRefused("has no server for [d, x]", plan(6, "x", "d"));
        assertEquals("a", servers.greeting(servers.write));
        router.close();
        assertRefused("is closed", plan(6, "b"));
    }

    @Test
    @DisplayName("killed: is started again, serves the last plan again, and this is reported")
    void isRestarted() throws Exception {
        apply(plan(1, "b", "c"));
        long pid = pid();
        signal(pid, "KILL");

        awaitReport("ended with exit code 137");
        awaitReport("applied again: Done");
        assertEquals("b", servers.greeting(servers.write));
        assertNotEquals(pid, pid());
    }

    @Test
    @DisplayName("killed while nobody can be told of it: comes back all the same")
    void nobodyListens() throws Exception {
        apply(plan(1, "b", "c"));
        poisoned.set(true);
        signal(pid(), "KILL");

        awaitReport("ended with exit code 137");
        awaitReport("applied again: Done");
        assertEquals("b", servers.greeting(servers.write));
    }

    @Test
    @DisplayName("stopped: the plan is unknown within a second; HAProxy is replaced, and the plan comes true")
    void hangs() throws Exception {
        apply(plan(1, "a", "c"));
        signal(pid(), "STOP");
        long start = System.nanoTime();

        var outcome = assertInstanceOf(Outcome.Unknown.class, apply(plan(2, "b", "c")));

        assertTrue(System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(1500));
        assertTrue(outcome.reason().contains("no answer"), outcome::reason);
        awaitReport("ended with exit code 137");
        awaitReport("applied again: Done");
        assertEquals("b", servers.greeting(servers.write));
    }

    @Test
    @DisplayName("opened by another hand: is put right, and this is reported")
    void isKept() throws Exception {
        apply(plan(1, "a", "c"));
        new RuntimeSocket(settings().socket(), Duration.ofSeconds(2)).ask("set server write/b state ready");

        awaitReport("write/b should be closed and is in state 2/4");
        awaitUntil(() -> servers.greeting(servers.write).equals("a"));
    }

    @Test
    @DisplayName("adopted by a second router: serves its plans, and stays when that router goes")
    void isAdopted() throws IOException {
        apply(plan(1, "a", "c"));
        var adopted = settings().withOwnership(Ownership.ADOPTED);
        try (var second = HaproxyRouter.start(adopted, reports::add)) {
            assertEquals("a", servers.greeting(servers.write));
            assertEquals(DONE, apply(second, plan(2, "b", "c")));
        }
        assertEquals("b", servers.greeting(servers.write));
    }

    @Test
    @DisplayName("a second one in the same directory, or on the same port, is an error with its remedy")
    void isAlone() throws IOException {
        String sameDirectory = startFails(settings());
        assertTrue(sameDirectory.contains("another HAProxy answers at"), sameDirectory);

        Path other = Files.createTempDirectory(directory, "other");
        String samePort = startFails(servers.settings(other));
        assertTrue(samePort.contains("127.0.0.1:" + servers.write.port()) && samePort.contains("ss -ltnp"), samePort);
    }

    @Test
    @DisplayName("without the program: an error that says what to install")
    void isAbsent() throws IOException {
        Path other = Files.createTempDirectory(directory, "other");
        String absent = startFails(servers.settings(other).withBinary("haproxy-that-nobody-has"));
        assertTrue(absent.contains("apt-get install haproxy"), absent);
        String notHaproxy = startFails(servers.settings(other).withBinary("false"));
        assertTrue(notHaproxy.contains("HAProxy refuses"), notHaproxy);
    }

    private HaproxySettings settings() {
        return servers.settings(directory);
    }

    private String startFails(HaproxySettings settings) {
        String message = assertThrows(HaproxyException.class, () -> HaproxyRouter.start(settings, reports::add))
                .getMessage();
        return String.valueOf(message);
    }

    private static RoutePlan plan(long epoch, @Nullable String writer, String... readers) {
        return new RoutePlan("g", epoch, writer, new TreeSet<>(List.of(readers)));
    }

    private Outcome<Nothing> apply(RoutePlan plan) {
        return apply(router, plan);
    }

    private static Outcome<Nothing> apply(Router router, RoutePlan plan) {
        return router.apply(plan)
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    private void assertRefused(String why, RoutePlan plan) {
        String reason = assertInstanceOf(Outcome.Refused.class, apply(plan)).reason();
        assertTrue(reason.contains(why), reason);
    }

    private static Socket opened(Socket session, String server) throws IOException {
        assertEquals(server, Servers.line(session));
        return session;
    }

    private long pid() {
        Long pid = router.pid();
        if (pid == null) {
            throw new AssertionError("no HAProxy is running");
        }
        return pid;
    }

    private static void signal(long pid, String name) throws Exception {
        assertEquals(
                0,
                new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .start()
                        .waitFor());
    }

    private void awaitReport(String part) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        String report = "";
        while (!report.contains(part)) {
            String next = reports.poll(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (next == null) {
                throw new AssertionError("nobody reported '" + part + "'");
            }
            report = next;
        }
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void awaitUntil(Condition condition) throws IOException {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.holds()) {
            assertTrue(System.nanoTime() < deadlineNanos, "it did not come true within 10 s");
            Thread.onSpinWait();
        }
    }
}
