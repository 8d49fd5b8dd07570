package io.interrex.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.testkit.TempPostgres;
import io.interrex.testkit.Unprivileged;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("The probes, on real PostgreSQL")
@Timeout(90)
class ProbesTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final List<TempPostgres> servers = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();
    private ProbeTarget first = new ProbeTarget("127.0.0.1", 1, "postgres", "postgres", "");

    @BeforeEach
    void begin() throws Exception {
        first = server();
    }

    @AfterEach
    void end() throws Exception {
        for (TempPostgres server : servers) {
            stopProcesses(server, "KILL");
        }
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
        for (TempPostgres server : servers) {
            server.close();
        }
    }

    @Test
    @DisplayName("nothing happens => no outage of 0.5 s, nothing lost, nothing twice")
    void nothingHappens() throws Exception {
        try (var probe = probe(new LinkedBlockingQueue<>())) {
            assertTrue(probe.awaitAcknowledged(1, LONG));
            long from = System.nanoTime();
            assertTrue(probe.awaitAcknowledged(300, LONG));
            long to = System.nanoTime();

            long outageMs = probe.longestOutage(from, to).duration().toMillis();
            assertTrue(outageMs < 500, () -> outageMs + " ms: " + probe.counts());
            var verification = probe.verify(first, LONG);
            assertTrue(verification.isSound(), verification::toString);
            assertTrue(verification.acknowledged() >= 300, verification::toString);
        }
    }

    @Test
    @DisplayName(
            "all processes of the server stopped for 1 s => an outage of about 1 s, not of a deadline; nothing lost")
    void hang() throws Exception {
        BlockingQueue<Outage> told = new LinkedBlockingQueue<>();
        try (var probe = probe(told)) {
            assertTrue(probe.awaitAcknowledged(20, LONG));
            told.clear();
            long from = System.nanoTime();
            stopProcesses(servers.getFirst(), "STOP");
            while (probe.longestOutage(from, System.nanoTime()).duration().toMillis() < 1_000) {
                assertTrue(System.nanoTime() - from < LONG.toNanos(), () -> "no outage: " + probe.counts());
                new CountDownLatch(1).await(10, TimeUnit.MILLISECONDS);
            }
            stopProcesses(servers.getFirst(), "CONT");
            long continued = System.nanoTime();
            assertTrue(probe.awaitAcknowledged(20, LONG));

            Outage outage = probe.longestOutage(from, System.nanoTime());
            assertTrue(outage.over());
            long ms = outage.duration().toMillis();
            long afterMs = (outage.toNanos() - continued) / 1_000_000;
            assertTrue(ms >= 950 && afterMs < 700, () -> ms + " ms, " + afterMs + " ms after it went on");
            assertEquals(outage, told.poll(5, TimeUnit.SECONDS));
            var verification = probe.verify(first, LONG);
            assertTrue(verification.isSound(), verification::toString);
        }
    }

    @Test
    @DisplayName(
            "a server that accepts connections and never answers => sessions end by their deadlines, and are bounded")
    void silence() throws Exception {
        try (var silent = new ServerSocket(0, 200, InetAddress.getByName("127.0.0.1"));
                var prober =
                        DirectProber.start(Map.of("a", at(silent.getLocalPort())), ProbeSettings.direct("silence"))) {
            long deadlineNanos = System.nanoTime() + LONG.toNanos();
            while (prober.lastFailures().isEmpty()) {
                assertTrue(System.nanoTime() < deadlineNanos, "no session ended by its deadline");
                new CountDownLatch(1).await(10, TimeUnit.MILLISECONDS);
            }
            assertEquals(List.of(), prober.accepted().spans());
        }
    }

    @Test
    @DisplayName("acknowledged rows that are gone are lost; rows that came twice are seen")
    void lostAndTwice() throws Exception {
        try (var probe = probe(new LinkedBlockingQueue<>())) {
            assertTrue(probe.awaitAcknowledged(20, LONG));
            probe.close();
            try (var connection = servers.getFirst().connect(LONG);
                    var statement = connection.createStatement()) {
                statement.execute("delete from interrex_lab_writes where id = 3");
                statement.execute("insert into interrex_lab_writes select * from interrex_lab_writes where id = 5");
            }
            var verification = probe.verify(first, LONG);

            assertFalse(verification.isSound());
            assertEquals(List.of(3L), verification.lostIds());
            assertEquals(List.of(5L), verification.duplicateIds());
        }
    }

    @Test
    @DisplayName("two servers that both accept are a conflict")
    void splitBrain() throws Exception {
        ProbeTarget second = server();
        ProbeTable.create(first, LONG);
        ProbeTable.create(second, LONG);
        try (var prober = DirectProber.start(Map.of("a", first, "b", second), ProbeSettings.direct("split"))) {
            long deadlineNanos = System.nanoTime() + LONG.toNanos();
            while (prober.accepted().conflicts().isEmpty()) {
                assertTrue(
                        System.nanoTime() < deadlineNanos,
                        () -> "no conflict: " + prober.accepted().spans());
                new CountDownLatch(1).await(50, TimeUnit.MILLISECONDS);
            }
        }
    }

    @Test
    @DisplayName("as a process: says when it is ready, answers, verifies, and ends with its input; and what it costs")
    void asAProcess() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WriteProbe.class.getName(),
                        "--json",
                        "--to=127.0.0.1:" + first.port())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        processes.add(process);
        try (var answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                var commands = process.outputWriter(StandardCharsets.UTF_8)) {
            String ready = "";
            while (!ready.contains("\"event\":\"ready\"")) {
                ready = String.valueOf(answers.readLine());
                assertTrue(ready.startsWith("{"), ready);
            }
            Duration before = process.info().totalCpuDuration().orElseThrow();
            long beforeNanos = System.nanoTime();
            commands.write("await 500 30000\n");
            commands.flush();
            assertEquals("{\"event\":\"awaited\",\"value\":true}", next(answers));
            Duration used = process.info().totalCpuDuration().orElseThrow().minus(before);
            System.getLogger("measured")
                    .log(
                            System.Logger.Level.INFO,
                            "write probe: {0} ms of CPU in {1} ms",
                            used.toMillis(),
                            (System.nanoTime() - beforeNanos) / 1_000_000);
            commands.write("verify 127.0.0.1:%d\nnonsense\noutage x\nstop\n".formatted(first.port()));
            commands.flush();
            String verified = next(answers);
            assertTrue(verified.contains("\"lost\":0") && verified.contains("\"duplicateIds\":[]"), verified);
            assertTrue(next(answers).contains("no such command; see --help"));
            assertTrue(next(answers).contains("\"event\":\"error\""));
            assertTrue(next(answers).contains("\"event\":\"stopped\""));
        }
        assertTrue(process.waitFor(10, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue());
    }

    /** Skips what the probe tells by itself. */
    private static String next(BufferedReader answers) throws IOException {
        String line = String.valueOf(answers.readLine());
        while (line.contains("\"event\":\"outage-over\"")) {
            line = String.valueOf(answers.readLine());
        }
        return line;
    }

    private WriteProbe probe(BlockingQueue<Outage> told) {
        return WriteProbe.start(first, ProbeSettings.client("test"), LONG, Duration.ofMillis(500), told::add);
    }

    private ProbeTarget server() throws Exception {
        var server = TempPostgres.create();
        servers.add(server);
        processes.add(new ProcessBuilder(Unprivileged.command(server.argv()))
                .directory(server.home().toFile())
                .redirectErrorStream(true)
                .redirectOutput(server.serverLog().toFile())
                .start());
        server.connect(LONG).close();
        return at(server.port());
    }

    private static ProbeTarget at(int port) {
        return new ProbeTarget("127.0.0.1", port, "postgres", "postgres", "");
    }

    /** A backend may be forked while they are listed: listed again until there is none that was not told. */
    private static void stopProcesses(TempPostgres server, String signal) throws Exception {
        var told = new HashSet<Long>();
        boolean more = true;
        while (more) {
            more = false;
            for (long pid : server.processes()) {
                if (told.add(pid)) {
                    new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                            .start()
                            .waitFor();
                    more = true;
                }
            }
        }
    }
}
