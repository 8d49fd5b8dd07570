package io.interrex.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.node.WholeNodes.Said;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("Whole nodes a, b and c, each a voter with a member")
@Timeout(400)
final class RecoverVotersTest {

    private static final Duration WRITABLE_WITHIN = Duration.ofSeconds(120);

    private static boolean writes(WholeNodes nodes, String name, String row) throws Exception {
        return nodes.sql(name, "insert into kept values ('" + row + "')").code() == 0;
    }

    private static String primary(WholeNodes nodes) throws Exception {
        var found = new String[] {""};
        nodes.await("a member is writable", WRITABLE_WITHIN, () -> {
            for (String name : WholeNodes.NAMES) {
                if (nodes.sql(name, "create table if not exists kept (row text)")
                                .code()
                        == 0) {
                    found[0] = name;
                    return true;
                }
            }
            return false;
        });
        return found[0];
    }

    private static Said recover(WholeNodes nodes, Path config, String name, String... more) throws Exception {
        var arguments = new java.util.ArrayList<>(List.of("recover", "--config", config.toString(), "--name", name));
        arguments.addAll(List.of(more));
        return nodes.runAsOwner(arguments.toArray(String[]::new));
    }

    @Test
    @DisplayName(
            "of which two lose their disks for good: emptied they begin nothing; a person lets the third begin the next"
                    + " generation, the group is writable again with all that was in it, and an old voter that returns is refused")
    void recovered() throws Exception {
        try (var nodes = new WholeNodes()) {
            Path first = nodes.config(1);
            for (String name : WholeNodes.NAMES) {
                nodes.start(name, first);
            }
            String survivor = primary(nodes);
            List<String> lost = WholeNodes.NAMES.stream()
                    .filter(name -> !name.equals(survivor))
                    .toList();
            nodes.await("a row is written", WRITABLE_WITHIN, () -> writes(nodes, survivor, "before"));
            nodes.stop(WholeNodes.NAMES);
            for (String name : lost) {
                nodes.empty(name);
            }

            emptiedBeginNothing(nodes, first, survivor, lost);
            Path second = nodes.config(2);
            decide(nodes, second, survivor, lost.getFirst());

            for (String name : WholeNodes.NAMES) {
                nodes.start(name, second);
            }
            nodes.await("the survivor is writable again", WRITABLE_WITHIN, () -> writes(nodes, survivor, "after"));
            assertEquals(
                    "before\nafter\n",
                    nodes.sql(survivor, "select row from kept").text());
            Said events = WholeNodes.run("events", "--config", second.toString());
            assertTrue(events.text().contains("because two disks burnt"), events::text);

            String returning = lost.getLast();
            nodes.await(
                    "the lost members are cloned",
                    WRITABLE_WITHIN,
                    () -> nodes.sql(returning, "select count(*) from kept")
                            .text()
                            .startsWith("2"));
            nodes.stop(List.of(returning));
            nodes.restore(returning);
            oldVoterIsRefused(nodes, first, second, survivor, returning);
            assertTrue(writes(nodes, survivor, "still"));
        }
    }

    /** The survivor has not started, so that the two emptied ones are a majority of three. */
    private static void emptiedBeginNothing(WholeNodes nodes, Path config, String survivor, List<String> lost)
            throws Exception {
        for (String name : lost) {
            nodes.start(name, config);
        }
        for (String name : lost) {
            nodes.await(
                    name + " waits",
                    Duration.ofSeconds(60),
                    () -> nodes.told(name)
                            .contains("all voters have to be there when they begin: " + survivor + " is missing"));
        }
        nodes.start(survivor, config);
        for (String name : lost) {
            nodes.await(
                    name + " stays out",
                    Duration.ofSeconds(60),
                    () -> nodes.told(name)
                            .contains("this node's voter takes no part: voter " + survivor + " knows " + name
                                    + " with another disk"));
        }
        assertFalse(writes(nodes, survivor, "with one of three voters"));
        nodes.stop(WholeNodes.NAMES);
    }

    private static void decide(WholeNodes nodes, Path config, String survivor, String other) throws Exception {
        nodes.start(survivor, config);
        assertEquals(2, nodes.ended(survivor));
        assertTrue(nodes.told(survivor).contains("this node is of generation 1 of the voters, which was given up"));

        Said look = recover(nodes, config, survivor);
        assertEquals(0, look.code(), look::text);
        assertTrue(look.text().contains("group/main: "), look::text);
        Said untyped = recover(nodes, config, survivor, "--new-voters", "--reason", "two disks burnt");
        assertEquals(2, untyped.code(), untyped::text);
        try (var running = new ServerSocket(7401, 1, InetAddress.getByName(nodes.address(other)))) {
            Said alone = decided(nodes, config, survivor);
            assertEquals(1, alone.code(), () -> running + alone.text());
            assertTrue(alone.text().contains("node " + other + " runs at"), alone::text);
        }
        Said done = decided(nodes, config, survivor);
        assertEquals(0, done.code(), done::text);
        assertTrue(done.text().contains("interrex recover --join --cluster whole --epoch "), done::text);
    }

    private static Said decided(WholeNodes nodes, Path config, String survivor) throws Exception {
        return recover(nodes, config, survivor, "--new-voters", "--cluster", "whole", "--reason", "two disks burnt");
    }

    private static void oldVoterIsRefused(WholeNodes nodes, Path first, Path second, String survivor, String returning)
            throws Exception {
        nodes.start(returning, second);
        assertEquals(2, nodes.ended(returning));
        int before = nodes.told(survivor).length();
        nodes.start(returning, first);
        nodes.await(
                "the old voter is refused by the others",
                Duration.ofSeconds(60),
                () -> nodes.told(survivor)
                        .substring(before)
                        .contains("node " + returning
                                + " belongs to cluster 'whole, generation 1 of the voters: a b c'"));
        nodes.stop(List.of(returning));
    }
}
