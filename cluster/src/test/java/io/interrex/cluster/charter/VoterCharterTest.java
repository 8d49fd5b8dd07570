package io.interrex.cluster.charter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class VoterCharterTest {

    private static VoterCharter of(int generation, String... voters) {
        return VoterCharter.first(generation, List.of(voters), new UUID(1, 2));
    }

    private static String why(VoterCharter disk, VoterCharter file, boolean promised) {
        VoterCharter.Refusal refusal = disk.refusal(file, promised);
        assertNotNull(refusal, () -> disk + " with " + file);
        return refusal.key() + ": " + refusal.why();
    }

    @Test
    @DisplayName("a node starts with the voters that its disk knows, in any order, and with any where it knows none")
    void same() {
        assertNull(of(1, "a", "b", "c").refusal(of(1, "c", "b", "a"), true));
        assertNull(VoterCharter.NONE.refusal(of(1, "a"), false));
        assertNull(VoterCharter.NONE.refusal(of(3, "a", "b", "c"), false));
        assertNull(VoterCharter.NONE.refusal(of(1, "a", "b", "c"), true));
    }

    @Test
    @DisplayName("voter = changed in the file is refused, whoever wins or loses its seat")
    void otherVoters() {
        for (VoterCharter file : List.of(of(1, "a"), of(1, "a", "b", "d"), of(1, "a", "b", "c", "d", "e"))) {
            String why = why(of(1, "a", "b", "c"), file, true);
            assertTrue(why.startsWith("nodes: the voters of generation 1 are [a, b, c], the file says "), why);
        }
    }

    @Test
    @DisplayName(
            "a node that has promised nothing and is bound to nothing follows the file; one that has, or is, does not")
    void follows() {
        VoterCharter free = of(1, "a", "b", "c");
        VoterCharter later = of(2, "a", "b", "c");
        assertNull(free.refusal(later, false));
        assertNull(free.refusal(of(1, "a"), false));
        assertNotNull(free.bound(List.of(free.seat("a"))).refusal(later, false));
        assertNotNull(VoterCharter.survivor(1, List.of("a"), new UUID(1, 2)).refusal(later, false));
    }

    @Test
    @DisplayName("a node of a generation that was given up is refused, also one from before there were charters")
    void old() {
        String given = "cluster.generation: this node is of generation 1 of the voters, which was given up";
        assertEquals(given, why(of(1, "a", "b", "c"), of(2, "a", "b", "c"), true));
        assertEquals(given, why(VoterCharter.NONE, of(2, "a", "b", "c"), true));
    }

    @Test
    @DisplayName("a file of a generation that was given up is refused")
    void oldFile() {
        assertEquals(
                "cluster.generation: generation 2 of the voters has begun on this node, with [a]",
                why(of(2, "a"), of(1, "a", "b", "c"), true));
    }

    @Test
    @DisplayName("nodes of another generation, or with other voters, do not greet each other by the same name")
    void greeting() {
        String greeting = of(1, "a", "b", "c").greeting("demo");
        assertEquals("demo, generation 1 of the voters: a b c", greeting);
        assertNotEquals(greeting, of(2, "a", "b", "c").greeting("demo"));
        assertNotEquals(greeting, of(1, "a", "b").greeting("demo"));
    }
}
