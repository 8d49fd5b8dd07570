package io.interrex.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each wrong file is refused with file, line, key, value, reason and remedy. */
final class BadConfigTest {
    private static final Pattern COLUMN = Pattern.compile(" \\| ");

    @TempDir
    Path directory = Path.of("");

    static Stream<Arguments> cases() throws IOException {
        try (var file = Objects.requireNonNull(BadConfigTest.class.getResourceAsStream("/config/bad-config.txt"))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> Arguments.of(COLUMN.splitAsStream(line)
                            .map(String::translateEscapes)
                            .toArray()));
        }
    }

    @ParameterizedTest(name = "{0} is refused")
    @MethodSource("cases")
    void refused(String title, String what, String by, String start, String part) throws Exception {
        assertTrue(Samples.SOUND.contains(what), what);
        List<String> lines = Samples.problems(directory, Samples.SOUND.replace(what, by));
        assertTrue(
                lines.stream().anyMatch(line -> line.startsWith(start) && line.contains(part)),
                () -> title + "\n" + String.join("\n", lines));
    }

    @ParameterizedTest(name = "a slot of {0} is refused: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "cdc { type = logical, plugin = pgoutput }             | a logical slot belongs to one database",
                "cdc { type = logical, database = app }                | a logical slot needs an output plugin",
                "keep { type = physical, plugin = pgoutput }           | a physical slot gives out WAL as it is",
                "interrex_x { type = physical }                        | the slots of members have such names",
                "Keep { type = physical }                              | name",
                "keep { type = virtual }                               | one of physical, logical",
            })
    void slots(String slot, String part) throws Exception {
        List<String> lines = Samples.problems(directory, Samples.SOUND + "groups.main.slots." + slot + "\n");
        assertTrue(!lines.isEmpty() && lines.getFirst().contains(part.strip()), lines.toString());
    }

    @Test
    @DisplayName("a server has sixteen slots, those of the members among them")
    void tooManySlots() throws Exception {
        var text = new StringBuilder(Samples.SOUND);
        for (int i = 0; i < 14; i++) {
            text.append("groups.main.slots.s%d.type = physical%n".formatted(i));
        }
        List<String> lines = Samples.problems(directory, text.toString());
        assertTrue(lines.getFirst().contains("there are 17 slots, and a server has 16"), lines.toString());
    }

    @Test
    @DisplayName("one guard alone can feed a host's watchdog: with members of two groups on a node it is refused")
    void twoGuards() throws Exception {
        String other = """
            fencing.watchdog = /dev/watchdog
            groups.other.members {
              a { data = "/tmp/none/{node}/other", port = 5444 }
              b { data = "/tmp/none/{node}/other", port = 5444 }
            }
            """;
        List<String> lines = Samples.problems(directory, Samples.SOUND + other);
        assertEquals(2, lines.size(), lines.toString());
        assertTrue(lines.getFirst().contains("node a has members of 2 groups"), lines.toString());
    }

    @Test
    @DisplayName("an address for replication is one of the host's own, and not that of clients")
    void replicationAddress() throws Exception {
        for (String wrong : List.of("0.0.0.0", "db-a.example.org", "127.0.0.11")) {
            List<String> lines = Samples.problems(
                    directory, Samples.SOUND + "groups.main.members.a.replication-address = \"" + wrong + "\"\n");
            assertEquals(1, lines.size(), lines.toString());
            assertTrue(
                    lines.getFirst().contains("groups.main.members.a.replication-address = " + wrong),
                    lines.toString());
        }
    }

    @Test
    @DisplayName("all problems are told at once")
    void together() throws Exception {
        String text = Samples.SOUND
                .replace("profile = fast", "profile = quick")
                .replace("zone = z1", "zon = z1")
                .replace("priority = 5", "priority = high");
        assertEquals(3, Samples.problems(directory, text).size());
    }

    @Test
    @DisplayName("a value may be overridden by a variable of the environment")
    void override() throws Exception {
        String text = Samples.SOUND.replace("profile = fast", "profile = fast\nprofile = ${?INTERREX_NO_SUCH}");
        assertEquals(List.of(), Samples.problems(directory, text));
    }

    @Test
    @DisplayName("a missing file is named")
    void missingFile() {
        Path file = directory.resolve("none.conf");
        var problems = org.junit.jupiter.api.Assertions.assertThrows(ConfigProblems.class, () -> ConfigFile.load(file));
        assertTrue(problems.report().contains(file + ": the file does not exist"), problems.report());
    }

    @Test
    @DisplayName("an unknown node name suggests the nearest")
    void unknownNode() throws Exception {
        ClusterConfig config = Samples.sound(directory);
        var problems =
                org.junit.jupiter.api.Assertions.assertThrows(ConfigProblems.class, () -> NodeConfig.of(config, "apq"));
        assertTrue(problems.report().contains("Did you mean --name app"), problems.report());
        assertFalse(problems.problems().isEmpty());
    }
}
