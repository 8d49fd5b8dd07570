package io.interrex.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.testkit.Unprivileged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("The first process of a container")
@Timeout(60)
final class ContainerEntryTest {

    /** Says that it was started, and as what; then lives until it is told to stop. */
    private static final String NODE = """
            #!/bin/bash
            echo "$$ $*" >>"$(dirname "$0")/told"
            trap 'echo stopped >>"$(dirname "$0")/told"; exit 0' TERM
            while :; do sleep 0.05; done
            """;

    private final Path directory;
    private final Process entry;

    ContainerEntryTest() throws IOException {
        // not below a directory that only its owner can read: the node is another user's
        directory = Files.createDirectories(
                Path.of("/tmp", "interrex-entry-" + ProcessHandle.current().pid()));
        Unprivileged.own(directory);
        Path program = script("interrex", NODE);
        Path copy = script("entry", Files.readString(Path.of("..", "deploy", "container", "entry")));
        var builder = new ProcessBuilder(Unprivileged.command(List.of(copy.toString())));
        builder.environment().put("INTERREX_PROGRAM", program.toString());
        builder.environment().put("INTERREX_NODE", "a");
        entry = builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private Path script(String name, String text) throws IOException {
        Path file = Files.writeString(directory.resolve(name), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterEach
    void remove() throws Exception {
        entry.descendants().forEach(ProcessHandle::destroyForcibly);
        entry.destroyForcibly().waitFor();
        for (String file : List.of("told", "entry", "interrex")) {
            Files.deleteIfExists(directory.resolve(file));
        }
        Files.delete(directory);
    }

    private List<String> told(int lines) throws IOException {
        Path file = directory.resolve("told");
        while (!Files.exists(file) || Files.readAllLines(file).size() < lines) {
            assertTrue(entry.isAlive(), "it has ended");
            LockSupport.parkNanos(20_000_000);
        }
        return Files.readAllLines(file);
    }

    @Test
    @DisplayName("starts a node that was killed again, with the same words; told to stop, it stops the node and ends")
    void restarts() throws Exception {
        String[] first = told(1).getFirst().split(" ", 2);
        assertEquals("node --config /etc/interrex/interrex.conf --name a", first[1]);
        Run.of("kill", "-KILL", first[0]).good();
        assertEquals(first[1], told(2).getLast().split(" ", 2)[1]);
        entry.destroy();
        assertTrue(entry.waitFor(20, TimeUnit.SECONDS));
        assertEquals(0, entry.exitValue());
        List<String> lines = Files.readAllLines(directory.resolve("told"));
        assertEquals("stopped", lines.getLast());
        assertEquals(3, lines.size(), lines.toString());
    }
}
