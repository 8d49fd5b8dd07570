package io.interrex.actors.brain;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/**
 * Decides who forms the cluster and when a cluster is only an island. The order of the configuration decides, among the
 * nodes that the hands reach; a fixed first seed would leave the others without a cluster while it is away.
 */
final class Formation {

    private Formation() {}

    /**
     * Whom to ask: those in reach, in order, as an answer that cannot come would only be waited for. Begins with {@code
     * self} where no node before it is in reach: then it may form a cluster of its own if nobody else has one.
     */
    static List<String> seeds(String self, List<String> order, Predicate<String> inReach) {
        boolean forms = order.stream().takeWhile(node -> !node.equals(self)).noneMatch(inReach);
        List<String> seeds = new ArrayList<>();
        if (forms) {
            seeds.add(self);
        }
        order.stream().filter(node -> !node.equals(self)).filter(inReach).forEach(seeds::add);
        return List.copyOf(seeds);
    }

    /** Less than a majority of the configured brains, while a node is in reach that is no member: there is a better one. */
    static boolean isIsland(Collection<String> members, List<String> order, Predicate<String> inReach) {
        boolean minority = members.size() < order.size() / 2 + 1;
        return minority && order.stream().anyMatch(node -> !members.contains(node) && inReach.test(node));
    }
}
