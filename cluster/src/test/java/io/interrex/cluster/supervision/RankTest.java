package io.interrex.cluster.supervision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The rank of a node")
class RankTest {

    private static final List<String> NODES = List.of("a", "b", "c", "d", "e");

    private static String first(int group, long epoch) {
        return NODES.stream()
                .filter(node -> Rank.of(node, "g" + group, epoch, NODES) == 0)
                .findFirst()
                .orElseThrow();
    }

    private static List<String> order(int group, long epoch, List<String> nodes) {
        var order = new ArrayList<>(nodes);
        order.sort((one, other) ->
                Integer.compare(Rank.of(one, "g" + group, epoch, nodes), Rank.of(other, "g" + group, epoch, nodes)));
        return order;
    }

    @Test
    @DisplayName("is 0, 1, 2 … without a gap or a tie, whatever order the nodes are listed in")
    void permutation() {
        for (int group = 0; group < 200; group++) {
            Set<Integer> ranks = new HashSet<>();
            for (String node : NODES) {
                int rank = Rank.of(node, "g" + group, 1, NODES);
                assertEquals(rank, Rank.of(node, "g" + group, 1, NODES.reversed()));
                ranks.add(rank);
            }
            assertEquals(Set.of(0, 1, 2, 3, 4), ranks);
        }
    }

    @Test
    @DisplayName("is first on each node for about a fifth of the groups")
    void spread() {
        var first = new ArrayList<String>();
        for (int group = 0; group < 2_000; group++) {
            first.add(first(group, 1));
        }
        for (String node : NODES) {
            long groups = first.stream().filter(node::equals).count();
            assertTrue(groups > 320 && groups < 480, node + " is first for " + groups + " of 2000 groups");
        }
    }

    @Test
    @DisplayName("changes with the epoch, so that a node that fails to act is not first again")
    void epoch() {
        int same = 0;
        for (int group = 0; group < 1_000; group++) {
            same += order(group, 1, NODES)
                            .getFirst()
                            .equals(order(group, 2, NODES).getFirst())
                    ? 1
                    : 0;
        }
        assertTrue(same > 120 && same < 280, same + " of 1000 groups keep their first node");
    }

    @Test
    @DisplayName("of those left keeps its order when a node is lost: only its own groups move")
    void lossOfOne() {
        for (int group = 0; group < 200; group++) {
            var before = order(group, 1, NODES);
            before.remove("c");
            assertEquals(before, order(group, 1, List.of("a", "b", "d", "e")));
        }
    }

    @Test
    @DisplayName("of one that is not among the living is the last")
    void dead() {
        assertEquals(5, Rank.of("x", "g", 1, NODES));
        assertEquals(0, Rank.of("x", "g", 1, List.of()));
    }
}
