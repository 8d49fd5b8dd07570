package io.interrex.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.node.WholeNodes.Said;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A primary with a row, and its streaming replica")
@Timeout(300)
final class AdoptionTest {

    private static final Duration WITHIN = Duration.ofSeconds(90);
    private static final List<String> BOTH = List.of("a", "b");
    private static final String OF_THE_GROUP = "adopt = a\npostgres.client-rules = " + OldServers.CLIENT_RULES;

    private final List<String> rows = new ArrayList<>(List.of("before"));

    private static Said adopt(WholeNodes nodes, OldServers old, Path config, String name, String... more)
            throws Exception {
        var arguments = new ArrayList<>(List.of(
                "adopt",
                "--config",
                config.toString(),
                "--name",
                name,
                "--from",
                old.data(name).toString()));
        arguments.addAll(List.of("--login", "postgres", "--give-up", "password_encryption"));
        arguments.addAll(List.of(more));
        return nodes.runAsOwner(arguments.toArray(String[]::new));
    }

    private static void done(Said said) {
        assertEquals(0, said.code(), said::text);
    }

    private void write(WholeNodes nodes, String name, String row) throws Exception {
        nodes.await(
                name + " takes writes",
                WITHIN,
                () -> nodes.sql(name, "insert into kept values ('" + row + "')").code() == 0);
        rows.add(row);
    }

    @Test
    @DisplayName(
            "become a group: nothing is lost, clients get in by their old rules, the replica streams on as it is, and after the"
                    + " primary's loss it takes over with every row")
    void adopted() throws Exception {
        try (var nodes = new WholeNodes()) {
            var old = new OldServers(nodes);
            old.start();
            Path config = ofTwo(nodes.config(1, OF_THE_GROUP));

            prepare(nodes, old, config);
            old.stop("a");
            goBack(nodes, old, config);
            old.stop("a");
            old.stop("b");
            for (String name : BOTH) {
                done(adopt(nodes, old, config, name, "--take", "--group", "main"));
            }
            for (String name : BOTH) {
                nodes.start(name, config);
            }
            write(nodes, "a", "adopted");
            assertEquals("60 5MB on", shown(nodes, "a", "max_connections", "work_mem", "wal_log_hints"));
            nodes.await(
                    "commits wait for b",
                    WITHIN,
                    () -> nodes.told("b").contains("R710 SYNC_SET_APPLIED commits wait for b; "));
            write(nodes, "a", "synchronous");
            assertTrue(nodes.told("b").contains("R120 GROUP_ADOPTED group main adopts the database "), nodes.told("b"));
            assertFalse(nodes.told("b").contains("b is rebuilt"), nodes.told("b"));

            nodes.kill("a");
            write(nodes, "b", "after");
            assertEquals(
                    String.join("\n", rows),
                    nodes.sql("b", "select row from kept order by ctid").text().strip());
        }
    }

    /** Who thinks better of it moves the directory back, and what started the server before starts it as before. */
    private void goBack(WholeNodes nodes, OldServers old, Path config) throws Exception {
        Said taken = adopt(nodes, old, config, "a", "--take", "--group", "main");
        done(taken);
        assertFalse(Files.exists(old.data("a")), "the directory has moved");
        Path moved = nodes.home("a").resolve("pg").resolve("data");
        String back = "mv " + moved + " " + old.data("a");
        assertTrue(taken.text().contains(back), taken::text);
        done(WholeNodes.unprivileged("sh", "-c", back));
        old.start("a");
        old.sql("a", "set role app; insert into kept values ('returned')", "app");
        rows.add("returned");
    }

    /** Without c, and without a voter where the primary is: b alone is a majority when a is lost. */
    private static Path ofTwo(Path config) throws Exception {
        String text = Files.readString(config)
                .replaceFirst("nodes \\{ a \\{ host = (\\S+)", "nodes { a { voter = false, host = $1")
                .replaceFirst(", c \\{ host = \\S+ \\}", "")
                .replaceFirst(", c \\{ data = \\S+ \\}", "");
        return Files.writeString(config, text);
    }

    private static String shown(WholeNodes nodes, String name, String... parameters) throws Exception {
        var columns = Stream.of(parameters)
                .map(parameter -> "current_setting('" + parameter + "')")
                .toList();
        return nodes.sql(name, "select concat_ws(' ', " + String.join(", ", columns) + ")")
                .text()
                .strip();
    }

    private static void prepare(WholeNodes nodes, OldServers old, Path config) throws Exception {
        Said early = adopt(nodes, old, config, "b", "--prepare", "--group", "main");
        assertEquals(1, early.code(), early::text);
        assertTrue(early.text().contains("the marker of the group's first reign has not come here"), early::text);
        Path another = Files.writeString(
                config.resolveSibling("another.conf"), Files.readString(config).replace("adopt = a\n", "adopt = b\n"));
        Said second = adopt(nodes, old, another, "a", "--prepare", "--group", "main");
        assertEquals(1, second.code(), second::text);
        assertTrue(
                second.text().contains("two nodes would have a primary's data: the group is to begin with b"),
                second::text);
        done(adopt(nodes, old, config, "a", "--prepare", "--group", "main"));
        old.awaitReplica();
        done(adopt(nodes, old, config, "b", "--prepare", "--group", "main"));
        Said running = adopt(nodes, old, config, "a", "--take", "--group", "main");
        assertEquals(1, running.code(), running::text);
        assertTrue(running.text().contains("its server runs (process "), running::text);
    }
}
