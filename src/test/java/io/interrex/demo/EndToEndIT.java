package io.interrex.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A whole installation on real PostgreSQL, HAProxy and network namespaces")
class EndToEndIT {

    private static final long LIMIT_S = 400;
    private static final Path HOME = Path.of(System.getProperty("interrex.home", "target/dist"));

    @TempDir
    private Path directory = Path.of("");

    @Test
    @DisplayName(
            "three members start; the postmaster is killed, then the host: writes go on, no row is lost, the member returns")
    void story() throws IOException, InterruptedException {
        Path printed = directory.resolve("printed");
        // not below a directory that only its owner can read: the nodes run as another user
        Path base = Path.of("/tmp", "interrex-it-" + ProcessHandle.current().pid());
        Process story = new ProcessBuilder(List.of(
                        "../deploy/lib/lab-run",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dinterrex.home=" + HOME,
                        "-cp",
                        HOME.resolve("lib") + "/*",
                        "io.interrex.demo.Demo",
                        "--story",
                        "--only",
                        "kill,host",
                        "--patience",
                        "4",
                        "--directory",
                        base.toString()))
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        try {
            assertTrue(story.waitFor(LIMIT_S, TimeUnit.SECONDS), () -> "not at its end:\n" + read(printed));
        } finally {
            story.destroy();
            if (!story.waitFor(30, TimeUnit.SECONDS)) {
                story.destroyForcibly();
            }
        }
        assertEquals(0, story.exitValue(), () -> read(printed));
        assertTrue(Files.notExists(base), () -> base + " was left behind");
    }

    private static String read(Path file) {
        return Places.read(file);
    }
}
