package io.interrex.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.config.ClusterConfig;
import io.interrex.node.WholeNodes.Said;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** What whole nodes that run and serve have to do when their file changes; a part of tests that have such nodes. */
final class ReloadedNodes {

    private static final Duration WITHIN = Duration.ofSeconds(60);

    private final WholeNodes nodes;
    private final Path config;

    /** For what is read again where nobody else is told of it. */
    static final class Unmoved implements Reloading.Nodes {
        @Override
        public SortedSet<String> answering() {
            return new TreeSet<>();
        }

        @Override
        public void use(ClusterConfig read) {
            assertEquals(List.of("a", "b", "c"), read.voters());
        }
    }

    ReloadedNodes(WholeNodes nodes, Path config) {
        this.nodes = nodes;
        this.config = config;
    }

    private Said order(String... more) throws Exception {
        var arguments = new ArrayList<>(List.of("--config", config.toString()));
        arguments.addFirst(more[0]);
        arguments.addAll(List.of(more).subList(1, more.length));
        return WholeNodes.run(arguments.toArray(String[]::new));
    }

    private Said changed(String by) throws Exception {
        String before = Files.readString(config);
        Files.writeString(config, before + by);
        Said said = order("reload");
        if (said.code() != 0) {
            Files.writeString(config, before);
        }
        return said;
    }

    /** @param primary holds the database that clients see */
    void check(String primary) throws Exception {
        Said done = changed("""
                groups.main.postgres.parameters.work_mem = 5MB
                groups.main.postgres.parameters.max_connections = 60
                groups.main.members.b.priority = 4
                groups.main.slots.backup.type = physical
                """);
        assertEquals(0, done.code(), done.text());
        for (String name : WholeNodes.NAMES) {
            assertTrue(done.text().contains(name + ": groups.main.members.b.priority: 0 -> 4: in force"), done.text());
            assertTrue(
                    done.text().contains(name + ": groups.main.postgres.parameters.work_mem: none -> 5MB: in force"),
                    done.text());
        }
        assertEquals("5MB", nodes.sql(primary, "show work_mem").text().strip());

        nodes.await("all have the slot, and cover it", WITHIN, () -> {
            String status = order("status").text();
            return status.contains("slot     backup: physical, on a 0/")
                    && status.contains(", b 0/")
                    && status.contains(", c 0/")
                    && !status.contains("does not cover it yet");
        });
        Said fixed = changed("security.insecure = true\ngroups.main.k = 2\n");
        assertEquals(1, fixed.code(), fixed.text());
        assertTrue(
                fixed.text()
                        .contains(
                                "security.insecure = true: cannot change while the node runs, which has false. Restart the node"),
                fixed.text());
        Said wrong = changed(
                "groups.main.postgres.parameters.temp_buffers = lots\ngroups.main.postgres.parameters.no_such = 1\n");
        assertEquals(1, wrong.code(), wrong.text());
        assertTrue(
                wrong.text()
                        .contains(
                                "temp_buffers = lots: PostgreSQL does not take it: invalid value for parameter \"temp_buffers\": \"lots\""),
                wrong.text());
        assertTrue(
                wrong.text().contains("no_such = 1: PostgreSQL does not take it: unrecognized configuration parameter"),
                wrong.text());
        assertEquals("5MB", nodes.sql(primary, "show work_mem").text().strip());

        nodes.await(
                "what waits for a restart is told",
                WITHIN,
                () -> order("status").text().contains("max_connections is 100, and 60 after a restart"));
        String events = order("events").text();
        assertTrue(events.contains("R1105 RELOADED"), events);
        assertFalse(events.contains("wait for 2 of"), events);
    }

    /** A node starts with the file as it was before the others, which serve again, changed theirs. */
    void checkStale(String name, List<String> others) throws Exception {
        Path stale = Files.copy(config, config.resolveSibling("stale.conf"));
        Files.writeString(config, Files.readString(config).replace("b.priority = 4", "b.priority = 5"));
        for (String other : others) {
            nodes.await(
                    other + " reads its file again",
                    WITHIN,
                    () -> order("reload", "--node", other).code() == 0);
        }
        nodes.start(name, stale);
        nodes.await(
                "the other file is told of",
                WITHIN,
                () -> order("status")
                        .text()
                        .contains("the file of node " + name
                                + " says otherwise than what is recorded and holds (members.b.priority)"));
        String status = order("status").text();
        assertTrue(status.contains("members.b.priority is 5 by recorded; the file is node " + name), status);
        nodes.await("it answers and is refused", WITHIN, () -> {
            Said refused = order("reload", "--node", name);
            assertNotEquals(0, refused.code(), refused.text());
            return refused.code() == 1 && refused.text().contains("SETTINGS_OTHER_FILE");
        });
        String events = order("events").text();
        assertTrue(events.contains("the start of node " + name), events);
        assertEquals(2, events.split("SETTINGS_RECORDED", -1).length - 1, events);
    }
}
