package io.interrex.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.Main;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A node, as a process of its own: a witness, the only voter, alone")
@Timeout(120)
final class NodeEndTest {

    private static final Duration UP_WITHIN = Duration.ofSeconds(60);

    /** Half a second is promised, and T of the profile fast is 1.2 s; a busy machine is borne. */
    private static final long END_WITHIN_MS = 2000;

    private static final String CONFIG = """
            nodes {
              a { host = 127.78.%1$d.1, voter = false }
              b { host = 127.78.%1$d.2, voter = false }
              w { host = 127.78.%1$d.3 }
            }
            groups.main.members { a { data = "%2$s/a/pg" }, b { data = "%2$s/b/pg" } }
            directories {
              state = "%2$s/{node}/state"
              run = "%2$s/{node}/run"
              secrets = "%2$s/secrets"
              log = "%2$s/{node}/log"
            }
            """;

    private final Path directory;
    private final Path said;
    private final Process node;

    NodeEndTest(@TempDir Path directory) throws IOException {
        this.directory = directory;
        this.said = directory.resolve("said");
        this.node = start();
    }

    private Process start() throws IOException {
        Path config = Files.writeString(
                directory.resolve("interrex.conf"),
                CONFIG.formatted(ProcessHandle.current().pid() % 250 + 1, directory));
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--sun-misc-unsafe-memory-access=allow",
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-Dinterrex.hands.system.pekko.actor.typed.extensions.0=" + Poison.class.getName(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "node",
                        "--name",
                        "w",
                        "--config",
                        config.toString()))
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
    }

    @AfterEach
    void kill() throws InterruptedException {
        node.destroyForcibly().waitFor();
    }

    private String told() throws IOException {
        return Files.readString(said, StandardCharsets.UTF_8);
    }

    private void awaitUp() throws IOException {
        long untilNs = System.nanoTime() + UP_WITHIN.toNanos();
        while (!told().contains("node w is up")) {
            assertTrue(node.isAlive() && System.nanoTime() < untilNs, told());
            LockSupport.parkNanos(20_000_000);
        }
    }

    private int endedWithin(long limitMs) throws Exception {
        long beganNs = System.nanoTime();
        assertTrue(node.waitFor(20, TimeUnit.SECONDS), told());
        long tookMs = (System.nanoTime() - beganNs) / 1_000_000;
        assertTrue(tookMs <= limitMs, tookMs + " ms: " + told());
        return node.exitValue();
    }

    @Test
    @DisplayName("that is told to stop (SIGTERM) ends at once, with exit code 0")
    void stopped() throws Exception {
        awaitUp();
        node.destroy();
        assertEquals(0, endedWithin(END_WITHIN_MS), told());
    }

    @Test
    @DisplayName("one of whose hands is poisoned names it in its log and ends at once, with exit code 6")
    void poisoned() throws Exception {
        awaitUp();
        node.getOutputStream().write("voter\n".getBytes(StandardCharsets.US_ASCII));
        node.getOutputStream().flush();
        assertEquals(NodeRunner.HANDS_FAILED, endedWithin(END_WITHIN_MS), told());
        assertTrue(told().contains("voter ended by itself, the hands of this node cannot go on"), told());
    }
}
