package io.interrex.fencing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.interrex.testkit.Unprivileged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A program that may power hosts off")
class HookFileTest {

    /** Everybody may write to /tmp, so that nothing below it is trusted. */
    @TempDir
    Path untrusted;

    private Path directory = Path.of("/");
    private Path program = Path.of("/");

    @BeforeEach
    void make() throws IOException {
        assumeTrue(Unprivileged.isRoot(), "only root can make files of root's");
        directory = Files.createDirectory(
                Path.of("/run/interrex-hook-test-" + ProcessHandle.current().pid()),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        program = directory.resolve("off");
        Files.writeString(program, "#!/bin/sh\n");
        mode(program, "rwxr-xr-x");
    }

    @AfterEach
    void delete() throws IOException {
        if (!directory.equals(Path.of("/"))) {
            try (var all = Files.walk(directory)) {
                for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private void refused(Path path, String why) {
        String problem = HookFile.problem(path).orElse("nothing is wrong");
        assertTrue(problem.contains(why), problem);
    }

    @Test
    @DisplayName("is a plain file of root's in directories of root's, which nobody else can change")
    void fit() {
        assertEquals(Optional.empty(), HookFile.problem(program));
    }

    @Test
    @DisplayName("is refused where others may write to it, or to a directory above it")
    void changeable() throws IOException {
        mode(program, "rwxrwxr-x");
        refused(program, "off can be changed by others");
        mode(program, "rwxr-xrwx");
        refused(program, "off can be changed by others");
        mode(program, "rwxr-xr-x");
        mode(directory, "rwxrwxr-x");
        refused(program, directory + " can be changed by others");
        Path below = Files.writeString(untrusted.resolve("off"), "#!/bin/sh\n");
        mode(below, "rwxr-xr-x");
        refused(below, "/tmp can be changed by others");
    }

    @Test
    @DisplayName("is refused where it, or a directory above it, is another user's")
    void foreign() throws IOException {
        Unprivileged.own(program);
        refused(program, "off belongs to nobody, not to root");
        Files.delete(program);
        Files.writeString(program, "#!/bin/sh\n");
        mode(program, "rwxr-xr-x");
        Unprivileged.own(directory);
        refused(program, directory + " belongs to nobody");
    }

    @Test
    @DisplayName("is refused where it is a link, or is reached through one, or by a path with dots, or is none")
    void links() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), program);
        refused(link, "no plain file");
        Path way = Files.createSymbolicLink(directory.resolve("way"), directory);
        refused(way.resolve("off"), "through the link " + way);
        refused(directory.resolve("../" + directory.getFileName() + "/off"), "no absolute path");
        refused(Path.of("off"), "no absolute path");
        refused(directory.resolve("absent"), "cannot be looked at");
        refused(directory, "no plain file");
        mode(program, "rw-r--r--");
        refused(program, "cannot be executed");
    }
}
