package io.interrex.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.group.RuleId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Keeps the rule table of the README as the code has it. To write it anew: {@code mvn -pl src -am test -Dtest=RuleTableTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dinterrex.write-docs=true}.
 */
final class RuleTableTest {

    private static final String BEGIN = "<!-- rules: made by RuleTableTest from RuleId, do not edit -->";
    private static final String END = "<!-- rules: end -->";

    @Test
    @DisplayName("the README's rule table is what RuleId says")
    void readme() throws IOException {
        Path readme = Checkout.root().resolve("README.md");
        String text = Files.readString(readme);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        assertTrue(begin >= 0 && end > begin, "README.md has no place for the rule table: " + BEGIN + " … " + END);
        String made = text.substring(0, begin) + BEGIN + "\n" + table() + text.substring(end);
        if (Boolean.getBoolean("interrex.write-docs")) {
            Files.writeString(readme, made);
        }
        assertEquals(made, Files.readString(readme), "write it anew with -Dinterrex.write-docs=true");
    }

    @Test
    @DisplayName("every rule has a code of its own, in ascending order, and a sentence")
    void codes() {
        var seen = new HashSet<Integer>();
        int before = 0;
        for (RuleId rule : RuleId.values()) {
            assertTrue(seen.add(rule.code()), () -> rule + " shares its code");
            assertTrue(rule.code() > before, rule + " is out of order");
            assertTrue(rule.sentence().endsWith("."), () -> rule + " has no sentence");
            before = rule.code();
        }
    }

    private static String table() {
        return Stream.concat(
                        Stream.of("| rule | name | what it says |", "|---|---|---|"),
                        Arrays.stream(RuleId.values())
                                .map(rule -> "| R%d | `%s` | %s |"
                                        .formatted(
                                                rule.code(),
                                                rule.name(),
                                                rule.sentence().replace("|", "\\|"))))
                .collect(Collectors.joining("\n", "", "\n"));
    }
}
