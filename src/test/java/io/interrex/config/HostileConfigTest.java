package io.interrex.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file that was made to break its reader is refused like any other: in one line, soon, and without much memory. */
@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HostileConfigTest {

    @TempDir
    Path directory = Path.of("");

    @Test
    @DisplayName("files that include each other in a circle are named in the order of their inclusion")
    void circle() throws Exception {
        Path one = directory.resolve("one.conf");
        Path two = Files.writeString(directory.resolve("two.conf"), "include \"one.conf\"\n");
        Files.writeString(one, "include \"two.conf\"\n");
        assertRefused(one, one + ": files include each other in a circle: " + one + " -> " + two + " -> " + one);
    }

    @Test
    @DisplayName("files that include the next one many times are counted")
    void many() throws Exception {
        for (int i = 0; i < 6; i++) {
            Files.writeString(directory.resolve(i + ".conf"), ("include \"" + (i + 1) + ".conf\"\n").repeat(8));
        }
        Files.writeString(directory.resolve("6.conf"), "");
        assertRefused(directory.resolve("0.conf"), "more than 32 files are included");
    }

    @Test
    @DisplayName("a pipe, a device and a directory are no files, named or included")
    void noFile() throws Exception {
        Path pipe = directory.resolve("pipe.conf");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        assertRefused(pipe, pipe + ": it is not a regular file");
        Path file = Files.writeString(directory.resolve("i.conf"), "include \"pipe.conf\"\n");
        assertRefused(file, pipe + ": it is not a regular file");
        assertRefused(directory, directory + ": it is not a regular file");
        assertRefused(Path.of("/dev/zero"), "/dev/zero: it is not a regular file");
    }

    @Test
    @DisplayName("more than 1 MiB is not read, named or included")
    void huge() throws Exception {
        Path huge = Files.writeString(directory.resolve("huge.conf"), "# much\n".repeat(1 << 20));
        assertRefused(huge, "it is larger than 1 MiB");
        Path file = Files.writeString(directory.resolve("i.conf"), "include \"huge.conf\"\n");
        assertRefused(file, huge + ": it is larger than 1 MiB");
    }

    @ParameterizedTest(name = "binary garbage of seed {0} is no text")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void garbage(long seed) throws Exception {
        byte[] bytes = new byte[4000];
        new Random(seed).nextBytes(bytes);
        Path file = Files.write(directory.resolve("garbage.conf"), bytes);
        String report =
                assertThrows(ConfigProblems.class, () -> ConfigFile.load(file)).report();
        assertTrue(report.length() < 1000 && report.lines().count() == 2, report);
    }

    @ParameterizedTest(name = "20000 nested {0} are refused")
    @ValueSource(strings = {"{b=", "["})
    void deep(String open) throws Exception {
        Path file = Files.writeString(directory.resolve("deep.conf"), "a =\n" + open.repeat(20_000));
        assertRefused(file, file + ":2: brackets are nested deeper than 32");
    }

    @ParameterizedTest(name = "20000 nested brackets are refused, though {0} seems to close each")
    @ValueSource(strings = {"[ #]\n", "[ //]\n", "[ \"]\",", "[ \"\"\"]\"\"\","})
    void seeminglyClosed(String open) throws Exception {
        Path file = Files.writeString(directory.resolve("deep.conf"), "a = " + open.repeat(20_000));
        assertRefused(file, ": brackets are nested deeper than 32");
    }

    @Test
    @DisplayName("brackets in quotes and comments are no nesting")
    void quotedBrackets() throws Exception {
        String text =
                Samples.SOUND.replace("zone = z1", "zone = \"" + "[".repeat(40) + "\" # " + "{".repeat(40) + "\n");
        assertEquals(java.util.List.of(), Samples.problems(directory, text));
    }

    @Test
    @DisplayName("a key of 50000 parts is refused, not followed")
    void dots() throws Exception {
        Path file = Files.writeString(directory.resolve("dots.conf"), "a" + ".a".repeat(50_000) + " = 1\n");
        assertRefused(file, file + ": keys are nested too deeply");
    }

    @ParameterizedTest(name = "{0}, each twice the one before, are refused before they fill the memory")
    @ValueSource(
            strings = {"${x%1$d}${x%1$d}", "[${x%1$d}] ${x%1$d}", "{ a = ${x%1$d}, b = ${x%1$d} }\nx%1$d = ${x%1$d}"})
    void doubling(String next) throws Exception {
        var text = new StringBuilder("x0 = 1\n");
        for (int i = 0; i < 40; i++) {
            text.append("x")
                    .append(i + 1)
                    .append(" = ")
                    .append(next.formatted(i))
                    .append("\n");
        }
        Path file = Files.writeString(directory.resolve("doubling.conf"), text);
        assertRefused(file, "substitutions ${…} name keys of the configuration, at most 16 may");
    }

    @Test
    @DisplayName("a key of 100000 letters with 20000 keys below it does not stand with each of them")
    void longScope() throws Exception {
        var text = new StringBuilder("nodes { " + "a".repeat(100_000) + " {\n");
        for (int i = 0; i < 20_000; i++) {
            text.append("k").append(i).append("=1\n");
        }
        Path file = Files.writeString(directory.resolve("scope.conf"), text.append("} }"));
        assertRefused(file, "more problems. Correct these first.");
    }

    @Test
    @DisplayName("more nodes than an installation has are counted, not compared with every unknown member")
    void strangers() throws Exception {
        var nodes = new StringBuilder();
        var members = new StringBuilder();
        for (int i = 0; i < 5_000; i++) {
            nodes.append("a%d { host = h }%n".formatted(i));
            members.append("b%d { data = /d }%n".formatted(i));
        }
        String text = "nodes {\n" + nodes + "}\ngroups.main.members {\n" + members + "}\n";
        Path file = Files.writeString(directory.resolve("strangers.conf"), text);
        assertRefused(file, "has 5000 names, at most 256");
    }

    @ParameterizedTest(name = "10000 lines like {0} are refused within 5 s")
    @ValueSource(
            strings = {
                "nodes.a%d.host = h",
                "nodes.a%d { host = h }",
                "nodes { a%d { host = h } }",
                "\"nodes\".a%d : h",
                "x += %d",
                "x = ${?HOME%d}"
            })
    @Timeout(value = 5, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void mergedKeys(String line) throws Exception {
        Path file = Files.writeString(directory.resolve("merged.conf"), lines(line, 10_000));
        assertRefused(file, file + ": more than 1000 keys are written with dots");
    }

    @Test
    @DisplayName("keys with dots are counted over all files, and as many as a large installation has are read")
    void mergedKeysOfAllFiles() throws Exception {
        Path second = Files.writeString(directory.resolve("second.conf"), lines("n.b%d.host = h", 400));
        Path root = Files.writeString(
                directory.resolve("root.conf"), lines("n.a%d.host = h", 601) + "include \"second.conf\"\n");
        assertRefused(root, second + ": more than 1000 keys are written with dots");
        Files.writeString(root, lines("n.a%d.host = h", 600) + "include \"second.conf\"\n");
        assertRefused(root, "n = { … }: is an unknown key");
    }

    private static String lines(String line, int count) {
        var text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(line.formatted(i)).append('\n');
        }
        return text.toString();
    }

    @Test
    @DisplayName("an include that no file can be called is refused")
    void noName() throws Exception {
        Path file = Files.writeString(directory.resolve("i.conf"), "include \"a\\u0000b.conf\"\n");
        assertRefused(file, "names no file");
    }

    @ParameterizedTest(name = "the zone {0} is refused: no other program, event or peer can be given it")
    @ValueSource(strings = {"\"a\\nb\"", "\"a\\u0000\"", "\"\\ud800\""})
    void noText(String zone) throws Exception {
        Path file = Samples.write(directory, Samples.SOUND.replace("zone = z1", "zone = " + zone));
        assertRefused(file, "has a control character, or half of a character");
    }

    @Test
    @DisplayName("a value that multiplies by substitution is not written out")
    void multiplying() throws Exception {
        var text = new StringBuilder("x0 = [1,1,1,1,1,1,1,1]\n");
        for (int i = 0; i < 2; i++) {
            text.append("x")
                    .append(i + 1)
                    .append(" = [")
                    .append(("${x" + i + "},").repeat(8))
                    .append("]\n");
        }
        Path file = Files.writeString(directory.resolve("multiplying.conf"), text);
        assertRefused(file, "x2 = [ … ]: is an unknown key");
    }

    private static void assertRefused(Path file, String part) {
        String report =
                assertThrows(ConfigProblems.class, () -> ConfigFile.load(file)).report();
        assertTrue(report.contains(part), report);
        assertTrue(report.length() < 60_000, report);
    }
}
