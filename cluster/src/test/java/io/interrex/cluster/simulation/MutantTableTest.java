package io.interrex.cluster.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Keeps the table of mutants in src/docs/simulation.md as the code has it. To write it anew: {@code mvn -pl cluster test
 * -Dtest=MutantTableTest -Dinterrex.write-docs=true}.
 */
final class MutantTableTest {

    private static final String BEGIN = "<!-- mutants: made by MutantTableTest from Mutant, do not edit -->\n";
    private static final String END = "<!-- mutants: end -->";

    @Test
    @DisplayName("the documents' table of mutants is what Mutant says")
    void table() throws IOException {
        Path file = root().resolve("src/docs/simulation.md");
        String text = Files.readString(file);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        assertTrue(begin >= 0 && end > begin, file + " has no place for the table: " + BEGIN);
        String made = text.substring(0, begin) + BEGIN + rows() + text.substring(end);
        if (Boolean.getBoolean("interrex.write-docs")) {
            Files.writeString(file, made);
        }
        assertEquals(made, Files.readString(file), "write it anew with -Dinterrex.write-docs=true");
    }

    private static String rows() {
        return Stream.concat(
                        Stream.of("| mutant | what it does | seen by | within seeds |", "|---|---|---|---|"),
                        Arrays.stream(Mutant.values())
                                .map(m -> "| `%s` | %s | %s | %d |"
                                        .formatted(m.name(), m.sentence.replace("|", "\\|"), m.invariant, m.seeds)))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("README.md"))) {
            Path parent = directory.getParent();
            if (parent == null) {
                throw new IllegalStateException(
                        "no README.md above " + Path.of("").toAbsolutePath());
            }
            directory = parent;
        }
        return directory;
    }
}
