package io.interrex.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.port.Guard;
import io.interrex.cluster.port.Outcome;
import io.interrex.testkit.GuardBinary;
import io.interrex.testkit.TempPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A data directory, a guard of its own run directory, and agents that come and go. */
final class GuardRig implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(10);

    final TempPostgres postgres;
    final GuardLauncher launcher;
    final BlockingQueue<Guard.Event> events = new LinkedBlockingQueue<>();
    private final List<GuardClient> agents = new ArrayList<>();
    private final List<Connection> sessions = new ArrayList<>();
    private long round;

    GuardRig(TempPostgres postgres, String name) throws IOException {
        this.postgres = postgres;
        Path home = postgres.home();
        launcher = new GuardLauncher(GuardBinary.commandIn(home), home.resolve(name));
    }

    /** A new agent, which adopts the guard if there is one. */
    GuardClient agent() throws IOException, InterruptedException {
        var agent = GuardClient.open(launcher, postgres.serverLog(), LIMIT);
        agent.listen(events::add);
        agents.add(agent);
        return agent;
    }

    /** One granted round; the moment, on {@link System#nanoTime}, at which the tree has to die if no other follows. */
    long beat(GuardClient agent, Duration ttl) {
        long n = ++round;
        long sentNs = System.nanoTime();
        agent.stage(n, ttl);
        agent.commit(n);
        return sentNs + ttl.toNanos();
    }

    /** Starts the server with a deadline in force, and waits until it takes connections. */
    long startArmed(GuardClient agent, Duration ttl) throws SQLException, IOException, InterruptedException {
        beat(agent, ttl);
        long pid = value(agent.start(postgres.argv(), Map.of("LC_ALL", "C"), postgres.data()));
        sessions.add(postgres.connect(LIMIT));
        return pid;
    }

    /** A session whose backend computes for hours and looks at no latch. */
    Connection busySession() throws SQLException, IOException, InterruptedException {
        Connection session = postgres.connect(LIMIT);
        sessions.add(session);
        var busy = new CountDownLatch(1);
        Thread.ofVirtual().start(() -> {
            try (var statement = session.createStatement()) {
                busy.countDown();
                statement.execute("select count(*) from generate_series(1, 1000000000000)");
            } catch (SQLException e) {
                busy.countDown(); // that is how it ends: the backend is killed
            }
        });
        assertTrue(busy.await(LIMIT.toMillis(), TimeUnit.MILLISECONDS));
        return session;
    }

    /** Waits until no process lives in the data directory; the moment at which that was first seen. */
    long awaitEmpty() throws IOException {
        long until = System.nanoTime() + LIMIT.toNanos();
        List<Long> left = postgres.processes();
        while (!left.isEmpty()) {
            assertTrue(System.nanoTime() < until, "processes that do not die: " + left);
            Thread.onSpinWait();
            left = postgres.processes();
        }
        return System.nanoTime();
    }

    Guard.@Nullable Event nextEvent(Duration limit) throws InterruptedException {
        return events.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    static void awaitTrue(BooleanSupplier condition) {
        long until = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < until, "the condition did not come true");
            Thread.onSpinWait();
        }
    }

    static <T> T value(CompletionStage<Outcome<T>> stage) {
        Outcome<T> outcome = outcome(stage);
        if (outcome instanceof Outcome.Done<T>(var value)) {
            return value;
        }
        throw new AssertionError("expected done, got " + outcome);
    }

    static <T> String refusal(CompletionStage<Outcome<T>> stage) {
        Outcome<T> outcome = outcome(stage);
        if (outcome instanceof Outcome.Refused<T>(var why)) {
            return why;
        }
        throw new AssertionError("expected a refusal, got " + outcome);
    }

    static <T> Outcome<T> outcome(CompletionStage<Outcome<T>> stage) {
        return stage.toCompletableFuture()
                .orTimeout(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    /** As the guard wrote it into its lock file. */
    long guardPid() throws IOException {
        return Long.parseLong(
                Files.readString(launcher.runDirectory().resolve("guard.lock")).strip());
    }

    /** The parent of the guard, which continues it when it is stopped. */
    long keeperPid() throws IOException {
        return ProcessHandle.of(guardPid())
                .flatMap(ProcessHandle::parent)
                .map(ProcessHandle::pid)
                .orElseThrow(() -> new IOException("the guard has no keeper"));
    }

    static void signal(String name, long pid) throws IOException, InterruptedException {
        var kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                .inheritIO()
                .start();
        assertEquals(0, kill.waitFor());
    }

    @Override
    public void close() throws IOException, InterruptedException, SQLException {
        for (Connection session : sessions) {
            session.abort(Runnable::run);
        }
        agents.forEach(GuardClient::close);
        try (var last = agent()) {
            value(last.kill(LIMIT));
            value(last.sweep(postgres.data(), LIMIT));
        } finally {
            try (var raw = new RawGuard(launcher.socket())) {
                assertEquals("1 OK", raw.ask("1 EXIT"));
            }
        }
    }
}
