package io.interrex.haproxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A node that is killed")
@Timeout(60)
class EdgeDeathTest {

    @Test
    @DisplayName("takes its HAProxy with it")
    void haproxyDiesWithTheNode(@TempDir Path directory) throws Exception {
        Process node = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Edge.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var output = new BufferedReader(new InputStreamReader(node.getInputStream(), StandardCharsets.UTF_8))) {
            long pid = Long.parseLong(String.valueOf(output.readLine()));
            ProcessHandle haproxy = ProcessHandle.of(pid).orElseThrow();
            assertTrue(haproxy.isAlive());

            assertEquals(
                    0,
                    new ProcessBuilder("kill", "-KILL", Long.toString(node.pid()))
                            .start()
                            .waitFor());

            haproxy.onExit().orTimeout(5, TimeUnit.SECONDS).join();
        } finally {
            node.destroyForcibly();
        }
    }

    /** A process with nothing but a router; prints the process id of its HAProxy. */
    static final class Edge {
        private Edge() {}

        public static void main(String[] arguments) throws IOException, InterruptedException {
            try (var servers = new Servers("a");
                    var router = HaproxyRouter.start(
                            servers.settings(Path.of(arguments[0])), report -> System.err.println(report))) {
                System.out.println(router.pid());
                new CountDownLatch(1).await();
            }
        }
    }
}
