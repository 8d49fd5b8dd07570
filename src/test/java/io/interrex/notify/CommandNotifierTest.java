package io.interrex.notify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Notifier.Notice;
import io.interrex.cluster.port.Notifier.Severity;
import io.interrex.cluster.port.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A local command that tells people")
@Timeout(30)
class CommandNotifierTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Notice NOTICE = new Notice(
            "g", 7, Severity.CRITICAL, "Primary \"a\" lost; $(touch x)", "b took over\nin 0.5 s", Instant.EPOCH);

    @TempDir
    private Path directory;

    @Test
    @DisplayName("gets the notice as JSON on its input and in its environment, unread by any shell")
    void getsTheNotice() throws IOException {
        Path got = directory.resolve("got");
        var outcome = send(shell("cat > " + got + "; printf '%s' \"$INTERREX_TITLE\" > " + got + ".title"), LONG);

        assertEquals(Outcome.done(Nothing.NOTHING), outcome);
        var json = new JsonMapper().readTree(Files.readString(got));
        assertEquals("g", json.get("group").asText());
        assertEquals(7, json.get("epoch").asLong());
        assertEquals("CRITICAL", json.get("severity").asText());
        assertEquals(NOTICE.title(), json.get("title").asText());
        assertEquals(NOTICE.text(), json.get("text").asText());
        assertEquals("1970-01-01T00:00:00Z", json.get("at").asText());
        assertEquals(NOTICE.title(), Files.readString(directory.resolve("got.title")));
        assertFalse(Files.exists(Path.of("x")));
    }

    @Test
    @DisplayName("that fails is refused, with its exit code and what it printed")
    void failing() {
        assertEquals(
                Outcome.refused("the command sh ended with exit code 3; it printed: no route | to the pager"),
                send(shell("cat > /dev/null; echo no route; echo to the pager >&2; exit 3"), LONG));
    }

    @Test
    @DisplayName("that hangs is killed with its children, and unknown")
    void hanging() throws IOException {
        Path pids = directory.resolve("pids");
        var outcome = send(shell("echo started; sleep 300 & echo $! $$ > " + pids + "; wait"), Duration.ofMillis(700));

        String why = assertInstanceOf(Outcome.Unknown.class, outcome).reason();
        assertTrue(why.contains("did not end within 700 ms and was killed"), why);
        for (String pid : Files.readString(pids).strip().split(" ")) {
            assertEnded(Long.parseLong(pid));
        }
    }

    @Test
    @DisplayName("that leaves a child with its output open does not hold up the next notice")
    void childHoldsTheOutput() throws IOException {
        Path pid = directory.resolve("pid");
        long startedNanos = System.nanoTime();

        assertEquals(Outcome.done(Nothing.NOTHING), send(shell("sleep 300 & echo $! > " + pid), LONG));

        assertTrue(System.nanoTime() - startedNanos < TimeUnit.SECONDS.toNanos(10));
        ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    @DisplayName("that prints without end is read, and only the beginning is kept")
    void chatty() {
        var outcome = send(shell("yes interrex | head -c 1000000; exit 1"), LONG);

        String why = assertInstanceOf(Outcome.Refused.class, outcome).reason();
        assertTrue(why.length() < 10_000, () -> why.length() + " characters");
    }

    @Test
    @DisplayName("that does not read a long text is done all the same")
    void doesNotRead() {
        var notice = new Notice("g", 7, Severity.INFO, "t", "x".repeat(1 << 20), Instant.EPOCH);
        try (var notifier = new CommandNotifier(List.of("true"), LONG)) {
            assertEquals(Outcome.done(Nothing.NOTHING), await(notifier.send(notice)));
        }
    }

    @Test
    @DisplayName("that does not exist is refused, with the remedy")
    void absent() {
        String why = assertInstanceOf(Outcome.Refused.class, send(List.of("/nonexistent/pager"), LONG))
                .reason();
        assertTrue(why.contains("/nonexistent/pager cannot be started") && why.contains("check its path"), why);
    }

    @Test
    @DisplayName("runs one at a time; when 100 notices wait, the next is refused at once")
    void isBounded() throws IOException {
        Path go = directory.resolve("go");
        try (var notifier = new CommandNotifier(shell("until [ -e " + go + " ]; do sleep 0.05; done"), LONG)) {
            for (int i = 0; i < 101; i++) {
                assertFalse(notifier.send(NOTICE).toCompletableFuture().isDone());
            }
            var last = notifier.send(NOTICE).toCompletableFuture();
            assertTrue(last.isDone());
            String why = assertInstanceOf(Outcome.Refused.class, last.join()).reason();
            assertTrue(why.startsWith("100 notices wait"), why);
            Files.createFile(go);
        }
    }

    @Test
    @DisplayName("that still runs or waits when the notifier is closed is unknown")
    void closedMeanwhile() {
        var notifier = new CommandNotifier(List.of("sleep", "300"), LONG);
        var running = notifier.send(NOTICE);
        var waiting = notifier.send(NOTICE);
        notifier.close();
        assertInstanceOf(Outcome.Unknown.class, await(running));
        assertInstanceOf(Outcome.Unknown.class, await(waiting));
        assertInstanceOf(Outcome.Refused.class, await(notifier.send(NOTICE)));
    }

    @Test
    @DisplayName("cannot be empty")
    void empty() {
        assertThrows(IllegalArgumentException.class, () -> new CommandNotifier(List.of(), LONG));
    }

    @Test
    @DisplayName("is not needed: the log tells people, too")
    void log() {
        try (var notifier = new LogNotifier()) {
            assertEquals(Outcome.done(Nothing.NOTHING), await(notifier.send(NOTICE)));
        }
    }

    private static List<String> shell(String script) {
        return List.of("sh", "-c", script);
    }

    private static Outcome<Nothing> send(List<String> command, Duration runMax) {
        try (var notifier = new CommandNotifier(command, runMax)) {
            return await(notifier.send(NOTICE));
        }
    }

    private static Outcome<Nothing> await(CompletionStage<Outcome<Nothing>> outcome) {
        return outcome.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    private static void assertEnded(long pid) {
        ProcessHandle.of(pid)
                .ifPresent(left -> left.onExit().orTimeout(5, TimeUnit.SECONDS).join());
    }
}
