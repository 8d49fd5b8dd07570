package io.interrex.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.interrex.config.Samples;
import io.interrex.testkit.Unprivileged;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("interrex secrets")
final class SecretsCommandTest {

    @TempDir
    private Path directory = Path.of("");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run() throws Exception {
        Path file = Samples.sound(directory, "directories.secrets = \"" + directory.resolve("{node}/secrets") + "\"")
                .file();
        return Cli.run(
                new String[] {"secrets", "--name", "b", "--config", file.toString()},
                (config, host) -> 42,
                new PrintWriter(out),
                new PrintWriter(err));
    }

    private Map<String, String> passwords() throws IOException {
        var found = new TreeMap<String, String>();
        try (var files = Files.list(directory.resolve("b/secrets"))) {
            for (Path file : files.toList()) {
                found.put(file.getFileName().toString(), Files.readString(file).strip());
                assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            }
        }
        return found;
    }

    @Test
    @DisplayName("makes what is missing and keeps what is there, for the owner's eyes only, and prints none of it")
    void makes() throws Exception {
        assertEquals(0, run(), err::toString);
        Map<String, String> made = passwords();
        assertEquals(
                "[app, interrex_admin, interrex_replication, interrex_rewind]",
                made.keySet().toString());
        assertEquals(
                4,
                made.values().stream()
                        .filter(word -> word.length() == 32)
                        .distinct()
                        .count());
        assertEquals(
                "rwx------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("b/secrets"))));

        Files.delete(directory.resolve("b/secrets/app"));
        assertEquals(0, run(), err::toString);
        Map<String, String> again = passwords();
        assertNotEquals(made.get("app"), again.get("app"));
        assertEquals(made.get("interrex_admin"), again.get("interrex_admin"));
        assertTrue(out.toString().contains("secrets: app\n"), out::toString);
        again.values().forEach(word -> assertFalse(out.toString().contains(word), "a password is printed"));

        assertEquals(0, run(), err::toString);
        assertTrue(out.toString().contains("nothing was made"), out::toString);
        assertEquals(again, passwords());
    }

    @Test
    @DisplayName("is refused in another user's directory, where the node could not read what is made")
    void otherUser() throws Exception {
        assumeTrue(Unprivileged.isRoot(), "only root can give a directory away");
        Unprivileged.own(Files.createDirectories(directory.resolve("b")));
        assertEquals(1, run());
        assertTrue(err.toString().contains("Run it as nobody"), err::toString);
        assertFalse(Files.exists(directory.resolve("b/secrets")));
    }
}
