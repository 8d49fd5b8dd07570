package io.interrex.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.node.WholeNodes.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** What whole nodes that serve have to do when one host is lost for good and an empty one comes; a part of tests that have such nodes. */
final class ReplacedNode {

    private static final Duration SOON = Duration.ofSeconds(90);
    private static final String NEW = "d";
    private static final long PACE_NS = 20_000_000;

    private final WholeNodes nodes;
    private final Path config;
    private final String primary;
    private final String lost;

    /** @param lost its host is dead already */
    ReplacedNode(WholeNodes nodes, Path config, String primary, String lost) {
        this.nodes = nodes;
        this.config = config;
        this.primary = primary;
        this.lost = lost;
    }

    /** A client that writes row after row, and remembers those that were acknowledged. */
    private final class Writer implements AutoCloseable {
        private final ConcurrentLinkedQueue<Integer> acknowledged = new ConcurrentLinkedQueue<>();
        private final Thread thread;
        private volatile boolean ends;
        private volatile String refused = "";

        Writer() throws Exception {
            assertEquals(
                    0,
                    nodes.sql(primary, "create table if not exists numbers (n int)")
                            .code());
            thread = Thread.ofPlatform().start(this::run);
        }

        private void run() {
            int next = 0;
            while (!ends) {
                try (Connection connection = connection();
                        var insert = connection.prepareStatement("insert into numbers values (?)")) {
                    insert.setQueryTimeout(5);
                    while (!ends) {
                        insert.setInt(1, next);
                        insert.executeUpdate();
                        acknowledged.add(next++);
                        LockSupport.parkNanos(PACE_NS);
                    }
                } catch (SQLException | IOException e) {
                    refused = e.toString();
                    next++;
                }
            }
        }

        private Connection connection() throws SQLException, IOException {
            var login = new Properties();
            login.put("user", "app");
            login.put(
                    "password", Files.readString(nodes.secrets().resolve("app")).strip());
            login.put("connectTimeout", "2");
            return DriverManager.getConnection("jdbc:postgresql://" + nodes.address(primary) + "/app", login);
        }

        /** Whoever acknowledged them may be gone. */
        void requireAll(String member) throws Exception {
            close();
            assertTrue(acknowledged.size() > 100, () -> "the client was refused: " + refused);
            nodes.await(member + " holds every acknowledged row", SOON, () -> {
                Said rows = nodes.sql(member, "select n from numbers");
                return rows.code() == 0
                        && rows.text()
                                .lines()
                                .map(Integer::valueOf)
                                .collect(Collectors.toSet())
                                .containsAll(acknowledged);
            });
        }

        @Override
        public void close() throws InterruptedException {
            ends = true;
            thread.join();
        }
    }

    private Said order(String... arguments) throws Exception {
        return WholeNodes.run(arguments);
    }

    /**
     * With the primary and the new node alone the group is writable at the end.
     *
     * @param other the third, which is killed then
     */
    void check(String other) throws Exception {
        Path old = Files.copy(config, config.resolveSibling("old.conf"));
        try (var writer = new Writer()) {
            nodes.empty(lost);
            nodes.replace(config, lost, NEW);
            var told = new Said[1];
            nodes.await("commits do not wait for it any more, and it is removed", SOON, () -> {
                told[0] = order("reload", "--config", config.toString());
                return told[0].code() == 0;
            });
            assertTrue(told[0].text().contains(NEW + ": is added, and does not run yet"), told[0]::text);
            nodes.start(NEW, config);
            nodes.await(
                    "the new member is cloned",
                    SOON,
                    () -> nodes.sql(NEW, "select 1 from numbers").code() == 0);
            Said done = order(
                    "voter",
                    "readmit",
                    "--config",
                    config.toString(),
                    "--voter",
                    NEW,
                    "--reason",
                    "burnt down",
                    "--yes");
            assertEquals(0, done.code(), () -> done.text() + nodes.told(NEW));
            nodes.await("it votes in its place", SOON, () -> nodes.told(NEW).contains("change 4 of the voters counts"));
            assertEquals(
                    "interrex_%s interrex_%s".formatted((Object[])
                            List.of(NEW, other).stream().sorted().toArray(String[]::new)),
                    nodes.sql(primary, "select string_agg(slot_name, ' ' order by slot_name) from pg_replication_slots")
                            .text()
                            .strip());
            String events = order("events", "--config", config.toString()).text();
            assertTrue(events.contains("R180 MEMBERS_CHANGED"), events);
            assertTrue(events.contains("gives the seat of voter " + lost + " to node " + NEW), events);
            String status = order("status", "--config", config.toString()).text();
            assertTrue(status.contains(lost + " (node " + NEW + ") answers"), status);
            nodes.kill(other);
            nodes.await(
                    "the primary and the new node",
                    SOON,
                    () -> nodes.sql(primary, "insert into kept values ('with the new one')")
                                    .code()
                            == 0);
            writer.requireAll(NEW);
        }
        comesBack(old);
    }

    /** With the file and the disk that it had: it counts nowhere, and its server does not start. */
    private void comesBack(Path old) throws Exception {
        nodes.restore(lost);
        nodes.start(lost, old);
        assertEquals(6, nodes.ended(lost));
        assertTrue(nodes.told(lost).contains("was given to another disk (change 4 of the voters)"));
        nodes.start(lost, old);
        nodes.await(
                "it knows that it is no member",
                SOON,
                () -> nodes.told(lost).contains("node " + lost + " has no member of group main any more"));
        assertTrue(nodes.sql(lost, "select 1").code() != 0, "the server of who is no member runs");
        nodes.kill(lost);
    }
}
