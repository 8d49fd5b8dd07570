package io.interrex.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.node.WholeNodes.Said;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What whole nodes that run and serve have to do while a member is in maintenance; a part of tests that have such nodes. */
final class MaintainedNodes {

    private static final Duration WITHIN = Duration.ofSeconds(60);

    private final WholeNodes nodes;
    private final Path config;

    MaintainedNodes(WholeNodes nodes, Path config) {
        this.nodes = nodes;
        this.config = config;
    }

    private Said order(String... more) throws Exception {
        var arguments = new ArrayList<>(List.of(more));
        arguments.addAll(List.of("--config", config.toString()));
        return WholeNodes.run(arguments.toArray(String[]::new));
    }

    /** As PostgreSQL has it; a command takes as long as a JVM takes to start. */
    private void awaitWaitsFor(String primary, String... members) throws Exception {
        List<String> sorted = List.of(members).stream().sorted().toList();
        nodes.await(
                "commits wait for one of " + sorted,
                WITHIN,
                () -> nodes.sql(primary, "show synchronous_standby_names")
                        .text()
                        .replace("\"", "")
                        .replace(" ", "")
                        .contains("ANY1(" + String.join(",", sorted) + ")"));
    }

    private void reloaded(String text) throws Exception {
        Files.writeString(config, text);
        Said done = order("reload");
        assertEquals(0, done.code(), done.text());
    }

    /** The set is emptied and filled again. */
    void checkModes(String primary, String member, String other) throws Exception {
        String before = Files.readString(config);
        reloaded(before + "groups.main.synchronous = false\n");
        nodes.await(
                "commits wait for nobody",
                WITHIN,
                () -> nodes.sql(primary, "show synchronous_standby_names")
                        .text()
                        .isBlank());
        reloaded(before);
        awaitWaitsFor(primary, member, other);
        String events = order("events").text();
        int emptied = events.indexOf("R1130 SYNC_SET_EMPTIED");
        int asynchronous = events.indexOf("the group is asynchronous", events.indexOf('\n', emptied));
        assertTrue(emptied > 0 && asynchronous > emptied, events);
        assertTrue(events.indexOf("R725 DURABILITY_RESTORED", asynchronous) > 0, events);
    }

    /** A pooler that does not hold in time, on a busy machine, ends it before anything has happened (R640). */
    private void restarted(String primary) throws Exception {
        nodes.await("the poolers hold in time", WITHIN, () -> {
            Said done = order("restart", "--member", primary, "--in-place");
            assertTrue(done.code() == 0 || done.text().contains("R640"), done.text());
            return done.code() == 0;
        });
    }

    /** A client that writes through PgBouncer all the time waits while the primary's server is restarted, and no write fails. */
    void checkRestart(String primary, String member, String other, int pooler) throws Exception {
        String before = nodes.sql(primary, "select pg_postmaster_start_time()").text();
        try (var writer = new PooledWriter(
                pooler, Files.readString(nodes.secrets().resolve("app")).strip())) {
            nodes.await("the pooler has its writer", WITHIN, () -> writer.written() > 0);
            restarted(primary);
            long restarted = writer.written();
            nodes.await("writes go on", WITHIN, () -> writer.written() > restarted + 3);
            assertEquals(List.of(), writer.failed());
        }
        assertNotEquals(
                before, nodes.sql(primary, "select pg_postmaster_start_time()").text());
        awaitWaitsFor(primary, member, other);
    }

    /** Both standbys count; the one is taken out of service, stopped by hand, and comes back when its time has run out. */
    void check(String primary, String member, String other) throws Exception {
        awaitWaitsFor(primary, member, other);
        Said begun = order("maintenance", member, "--for", "1h", "--reason", "new disks");
        assertEquals(0, begun.code(), begun.text());
        awaitWaitsFor(primary, other);
        nodes.await(
                "nobody reads there",
                WITHIN,
                () -> nodes.sql(member, "select 1").code() != 0);
        String status = order("status").text();
        assertTrue(
                Pattern.compile("alone    %s: in maintenance for 5\\d min more".formatted(member))
                        .matcher(status)
                        .find(),
                status);

        nodes.stopServer(member);
        assertEquals(0, nodes.sql(primary, "insert into kept values ('alone')").code());
        Said shorter = order("maintenance", member, "--for", "2s", "--reason", "done soon");
        assertEquals(0, shorter.code(), shorter.text());
        nodes.await(
                "it is a standby like any other when its time has run out",
                WITHIN,
                () -> nodes.sql(member, "select 1 from kept where row = 'alone'")
                        .text()
                        .strip()
                        .equals("1"));
        awaitWaitsFor(primary, member, other);
        String events = order("events").text();
        int from = events.indexOf("MAINTENANCE_BEGUN");
        int over = events.indexOf(member + " is no longer in maintenance: it was given until");
        assertTrue(from > 0 && over > from, events);
        assertFalse(events.substring(from, over).contains("member %s is UNHEALTHY".formatted(member)), events);
    }
}
