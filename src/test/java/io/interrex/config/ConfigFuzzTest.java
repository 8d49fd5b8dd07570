package io.interrex.config;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.fuzz.Bounded;
import io.interrex.cluster.fuzz.Input;
import io.interrex.cluster.fuzz.Mutation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

@Label("A configuration, changed or made to break its reader")
class ConfigFuzzTest {

    private static final Bounded READS = new Bounded(NeverThrown.class, 8000, 24 << 20);
    private static final int LINE_MAX = 2000;
    private static final int REPORT_MAX = 200_000;

    private static Path directory = Path.of("");

    private static final class NeverThrown extends Exception {
        private static final long serialVersionUID = 1L;
    }

    @BeforeContainer
    static void makeDirectory() throws IOException {
        directory = Files.createTempDirectory("interrex-fuzz-");
        Files.writeString(directory.resolve("part.conf"), "profile = wan\n");
        Files.writeString(directory.resolve("again.conf"), "include \"interrex.conf\"\n");
        Files.createDirectory(directory.resolve("folder.conf"));
    }

    @AfterContainer
    static void removeDirectory() throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Property(seed = "41")
    @Label("a changed file is sound by every inequality, or every problem names file, reason and remedy")
    void changed(@ForAll("files") Input input) throws IOException {
        judge(input.bytes());
    }

    @Property(seed = "42", tries = 50)
    @Label("a file that multiplies, nests, repeats or includes itself is refused like any other")
    void hostile(@ForAll("attacks") Input input) throws IOException {
        judge(input.bytes());
    }

    private static void judge(byte[] text) throws IOException {
        Path file = Files.write(directory.resolve("interrex.conf"), text);
        Object found = READS.read(text.length, () -> {
                    try {
                        return (Object) ConfigFile.load(file);
                    } catch (ConfigProblems e) {
                        return e;
                    }
                })
                .orElseThrow();
        if (found instanceof ClusterConfig config) {
            SoundConfig.assertSound(config);
        } else if (found instanceof ConfigProblems refused) {
            assertFalse(refused.problems().isEmpty());
            refused.problems().forEach(ConfigFuzzTest::assertHelpful);
            assertTrue(
                    refused.report().length() <= REPORT_MAX,
                    () -> refused.report().length() + " characters");
        }
    }

    private static void assertHelpful(Problem problem) {
        String line = problem.line();
        assertTrue(line.startsWith(directory.toString()), line);
        assertTrue(!problem.reason().isBlank() && !problem.remedy().isBlank(), line);
        assertFalse(line.chars().anyMatch(Character::isISOControl), line);
        assertTrue(line.length() <= LINE_MAX, () -> line.length() + " characters");
    }

    @Provide
    Arbitrary<Input> files() throws IOException {
        var samples = List.of(bytes(Samples.SOUND), bytes(Samples.FULL));
        var words = List.of(
                bytes(Samples.FULL),
                bytes("include \"part.conf\"\ninclude \"again.conf\"\ninclude \"folder.conf\"\n"),
                bytes(
                        "include file(\"/dev/zero\")\ninclude url(\"http://127.0.0.1:1/\")\ninclude \"a\\u0000b.conf\"\n"),
                bytes("a = ${b}\nb = ${a}\nc = ${?PATH}\nprofile = ${HOME}\nx = ${x} 1\n"),
                bytes("200 us, 1.5 ms, 999999999999 d, 0 s, 1 ns, 16 XiB, 5, -1 s, 0.000001 us"));
        return Arbitraries.oneOf(Mutation.of(samples, words), Mutation.of(samples, words), Mutation.noise());
    }

    @Provide
    Arbitrary<Input> attacks() {
        var count = Arbitraries.integers().between(1, 30_000);
        var shape = Arbitraries.of(Attack.values());
        return Combinators.combine(shape, count).as((attack, n) -> new Input(bytes(attack.text(n))));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
