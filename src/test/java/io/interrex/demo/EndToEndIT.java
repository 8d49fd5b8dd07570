package io.interrex.demo;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plays the story of {@code deploy/demo} with the packaged program. {@code deploy/test -Dinterrex.faults=all} breaks
 * everything that one usual installation can show, {@code -Dinterrex.faults=kill,cut} only that.
 */
@DisplayName("A whole installation on real PostgreSQL, HAProxy and network namespaces")
class EndToEndIT {

    private static final long LIMIT_S = 1500;
    private static final Path HOME = Path.of(System.getProperty("interrex.home", "target/dist"));
    private static final String USUAL = "kill,host,cut,majority,agent,upgrade,hang,restart";

    @TempDir
    private Path directory = Path.of("");

    @TestFactory
    @DisplayName(
            "postmaster, host, network, majority, node, and everything at once fail: writes go on or come back by themselves,"
                    + " no row is lost, never two writers, every member returns; what this machine cannot show is skipped")
    Stream<DynamicTest> story() throws IOException, InterruptedException {
        return told(faults());
    }

    @TestFactory
    @DisplayName("a primary hands over before its disk is full, and no transaction through PgBouncer fails")
    Stream<DynamicTest> fullDisk() throws IOException, InterruptedException {
        return told(List.of(FaultKind.DISK));
    }

    private Stream<DynamicTest> told(List<FaultKind> faults) throws IOException, InterruptedException {
        // not below a directory that only its owner can read: the nodes run as another user
        Path base = Path.of("/tmp", "interrex-it-" + ProcessHandle.current().pid());
        ToldStory story = play(faults, base, directory.resolve("printed"));
        return Stream.concat(
                faults.stream().map(fault -> DynamicTest.dynamicTest(fault.title(), () -> story.judge(fault))),
                Stream.of(
                        DynamicTest.dynamicTest("every promise was kept in what was shown", story::judge),
                        DynamicTest.dynamicTest(
                                "nothing is left behind",
                                () -> assertTrue(Files.notExists(base), () -> base + " was left behind"))));
    }

    private static ToldStory play(List<FaultKind> faults, Path base, Path printed)
            throws IOException, InterruptedException {
        Process story = start(faults, base, printed);
        try {
            assertTrue(story.waitFor(LIMIT_S, TimeUnit.SECONDS), () -> "not at its end:\n" + Places.read(printed));
        } finally {
            story.destroy();
            if (!story.waitFor(30, TimeUnit.SECONDS)) {
                story.destroyForcibly();
            }
        }
        return new ToldStory(story.exitValue(), Places.read(printed));
    }

    private static List<FaultKind> faults() {
        String wanted = System.getProperty("interrex.faults", USUAL);
        return wanted.equals("all")
                ? Arrays.stream(FaultKind.values())
                        .filter(fault ->
                                fault.layout().k() == 1 && !fault.layout().smallDisks())
                        .toList()
                : Arrays.stream(wanted.split(",")).map(FaultKind::of).toList();
    }

    /** With the timings of the profile {@code default}, which bear a machine that does other things, and patience. */
    private static Process start(List<FaultKind> faults, Path base, Path printed) throws IOException {
        return new ProcessBuilder(List.of(
                        "../deploy/lib/lab-run",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dinterrex.home=" + HOME,
                        "-cp",
                        HOME.resolve("lib") + "/*",
                        "io.interrex.demo.Demo",
                        "--story",
                        "--only",
                        faults.stream().map(FaultKind::word).collect(Collectors.joining(",")),
                        "--profile",
                        System.getProperty("interrex.profile", "default"),
                        "--patience",
                        "4",
                        "--directory",
                        base.toString()))
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
    }
}
