package io.interrex.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.interrex.testkit.Unprivileged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("Whole nodes a, b and c with a program that powers hosts off")
@Timeout(300)
final class PowerOffTest {

    private static final Duration WITHIN = Duration.ofSeconds(120);

    /** Tells that it was asked, and answers when the test does. */
    private static final String PROGRAM = """
            #!/bin/sh
            echo "$INTERREX_ACTION $INTERREX_GROUP $INTERREX_MEMBER $INTERREX_ATTEMPT" >> %1$s/asked
            until [ -s %1$s/answer ]; do sleep 0.1; done
            exit "$(cat %1$s/answer)"
            """;

    private Path directory = Path.of("/");

    @BeforeEach
    void make() throws IOException {
        assumeTrue(Unprivileged.isRoot(), "only root can make files of root's");
        directory = Files.createDirectory(
                Path.of("/run/interrex-power-test-" + ProcessHandle.current().pid()),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Path program = Files.writeString(directory.resolve("off"), PROGRAM.formatted(directory.resolve("said")));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        Unprivileged.own(Files.createDirectory(directory.resolve("said")));
    }

    @AfterEach
    void delete() throws IOException {
        if (!directory.equals(Path.of("/"))) {
            try (Stream<Path> all = Files.walk(directory)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private String asked() throws IOException {
        Path file = directory.resolve("said/asked");
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private static boolean writes(WholeNodes nodes, String name) throws Exception {
        return nodes.sql(name, "create table if not exists kept (row text)").code() == 0;
    }

    private static String awaitPrimary(WholeNodes nodes, List<String> of) throws Exception {
        var found = new String[] {""};
        nodes.await("one of " + of + " is writable", WITHIN, () -> {
            for (String name : of) {
                found[0] = writes(nodes, name) ? name : found[0];
            }
            return !found[0].isEmpty();
        });
        return found[0];
    }

    @Test
    @DisplayName(
            "read their file again while they run; when the primary's host loses power nobody is promoted before another node's program says that it is off, and the file it comes back with, left behind, is not recorded")
    void waitsForTheProof() throws Exception {
        try (var nodes = new WholeNodes()) {
            Path config = nodes.config(1, "fencing { run = [\"" + directory.resolve("off") + "\"], timeout = 50 s }");
            for (String name : WholeNodes.NAMES) {
                nodes.start(name, config);
            }
            String lost = awaitPrimary(nodes, WholeNodes.NAMES);
            List<String> others =
                    WholeNodes.NAMES.stream().filter(name -> !name.equals(lost)).toList();
            for (String name : others) {
                nodes.await(
                        name + " streams",
                        WITHIN,
                        () -> nodes.sql(name, "select count(*) from kept").code() == 0);
            }
            nodes.await(
                    "both count",
                    WITHIN,
                    () -> WholeNodes.run("status", "--config", config.toString())
                            .text()
                            .contains("1 of " + others.getFirst() + ", " + others.getLast()));

            var reloaded = new ReloadedNodes(nodes, config);
            reloaded.check(lost);

            nodes.kill(lost);
            nodes.await("the program is asked", WITHIN, () -> !asked().isEmpty());
            assertEquals("off main %s 1\n".formatted(lost), asked());
            String told =
                    WholeNodes.run("events", "--config", config.toString()).text();
            assertTrue(told.contains("POWER_NEEDED"), told);
            assertFalse(told.contains("PROMOTION_AUTHORIZED"), told);
            for (String name : others) {
                assertFalse(writes(nodes, name), () -> name + " is writable before the proof");
            }

            Files.writeString(directory.resolve("said/answer"), "0");
            awaitPrimary(nodes, others);
            String after =
                    WholeNodes.run("events", "--config", config.toString()).text();
            int proven = after.indexOf("step power (attempt 1, by ");
            int promoted = after.lastIndexOf("PROMOTION_AUTHORIZED");
            assertTrue(proven >= 0 && proven < promoted, after);
            assertTrue(after.contains("is powered off"), after);
            assertEquals("off main %s 1\n".formatted(lost), asked(), "asked once");
            reloaded.checkStale(lost, others);
        }
    }
}
