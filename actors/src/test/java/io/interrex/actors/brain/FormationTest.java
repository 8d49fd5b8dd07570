package io.interrex.actors.brain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormationTest {

    private static final List<String> ORDER = List.of("a", "b", "c");

    @ParameterizedTest(name = "{0}, in reach {1}: asks {2}")
    @CsvSource({
        "a, b c, a b c",
        "b, a c, a c",
        "c, a b, a b",
        "a, '',  a",
        "b, '',  b",
        "c, '',  c",
        "b, c,   b c",
        "c, b,   b",
        "c, a,   a",
        "a, c,   a c"
    })
    @DisplayName("the first node in the order that is in reach forms the cluster, and only it asks itself")
    void seeds(String self, String inReach, String asked) {
        assertEquals(words(asked), Formation.seeds(self, ORDER, words(inReach)::contains));
    }

    @ParameterizedTest(name = "members {0}, in reach {1}: island {2}")
    @CsvSource({
        "a,     '',  false",
        "a,     b,   true",
        "a b,   c,   false",
        "a b c, '',  false",
        "c,     a b, true",
    })
    @DisplayName("a minority that reaches somebody else is an island; a majority, or a lonely node, is not")
    void island(String members, String inReach, boolean expected) {
        assertEquals(expected, Formation.isIsland(Set.copyOf(words(members)), ORDER, words(inReach)::contains));
    }

    private static List<String> words(String text) {
        return text.isBlank() ? List.of() : List.of(text.trim().split(" +"));
    }
}
