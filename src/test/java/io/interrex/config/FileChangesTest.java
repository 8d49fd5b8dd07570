package io.interrex.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A configuration file that is read again")
final class FileChangesTest {

    @TempDir
    Path directory = Path.of("");

    private FileChanges changed(UnaryOperator<String> edit, String more) throws Exception {
        ClusterConfig running = Samples.sound(directory);
        String text = edit.apply(Samples.SOUND) + more;
        return FileChanges.between(running, ConfigFile.load(Samples.write(directory, text)));
    }

    private static List<String> keys(FileChanges changes) {
        return changes.changes().stream()
                .map(change -> change.key() + " " + change.from() + " " + change.to())
                .toList();
    }

    @Test
    @DisplayName("and says the same has no changes, and the same name")
    void same() throws Exception {
        FileChanges changes = changed(text -> text, "\n# a remark\n");
        assertEquals(List.of(), changes.changes());
        assertEquals(FileChanges.nameOf(changes.running()), FileChanges.nameOf(changes.read()));
    }

    @Test
    @DisplayName("may change settings of groups, tags, zones and parameters of PostgreSQL")
    void possible() throws Exception {
        FileChanges changes = changed(
                text -> text.replace(
                                "shared_buffers = 64MB",
                                "shared_buffers = 32MB, work_mem = 8MB, auto_explain.log_format = json")
                        .replace("zone = z2", "zone = z9"),
                """
                groups.main.strict = true
                groups.main.on-last-standby-loss = wait
                groups.main.max-lag = 1 MiB
                groups.main.failover.restarts-max = 7
                groups.main.disk.act-below = 1 GiB
                groups.main.members.a.priority = 3
                groups.main.members.a.nofailover = true
                groups.main.members.a.nosync = true
                groups.main.members.a.noloadbalance = true
                """);
        changes.requirePossibleWhileRunning();
        assertEquals(
                List.of(
                        "groups.main.disk.act-below 2 GiB 1 GiB",
                        "groups.main.failover.restarts-max 3 7",
                        "groups.main.max-lag 16 MiB 1 MiB",
                        "groups.main.members.a.nofailover false true",
                        "groups.main.members.a.noloadbalance false true",
                        "groups.main.members.a.nosync false true",
                        "groups.main.members.a.priority 0 3",
                        "groups.main.on-last-standby-loss degrade wait",
                        "groups.main.postgres.parameters.auto_explain.log_format null json",
                        "groups.main.postgres.parameters.shared_buffers 64MB 32MB",
                        "groups.main.postgres.parameters.work_mem null 8MB",
                        "groups.main.read.max-lag 16 MiB 1 MiB",
                        "groups.main.strict false true",
                        "nodes.b.zone z2 z9"),
                keys(changes));
    }

    /** Node c and all that names it become node d. */
    private static String replaced(String text, String seat) {
        return text.replace("c { host = 127.0.0.13, zone = z3 }", "d { host = 127.0.0.15, zone = z3" + seat + " }")
                .replace("c { data = ", "d { data = ");
    }

    @Test
    @DisplayName("may let a new node with its member take the place of a lost one, the seat of its voter too")
    void replacedNode() throws Exception {
        FileChanges changes = changed(text -> replaced(text, ", seat = c"), "");
        changes.requirePossibleWhileRunning();
        assertEquals(List.of(new FileChanges.Move("c", "c", "d")), changes.moves());
        assertEquals(List.of("a", "b", "c"), changes.read().voters());
        assertEquals("d", changes.read().seats().get("c"));
    }

    @Test
    @DisplayName("may name and give up slots")
    void slots() throws Exception {
        FileChanges naming =
                changed(text -> text, "groups.main.slots.cdc { type = logical, database = app, plugin = pgoutput }\n");
        naming.requirePossibleWhileRunning();
        FileChanges.between(naming.read(), naming.running()).requirePossibleWhileRunning();
    }

    @Test
    @DisplayName("may add a node without a voter, with its member, and remove one")
    void added() throws Exception {
        String more = """
                nodes.e { host = 127.0.0.16, voter = false }
                groups.main.members.e.data = "/tmp/none/e"
                nodes.app2 { host = 127.0.0.17, edge = true }
                """;
        FileChanges adding = changed(text -> text.replace("nodes = [app]", "nodes = [app, app2]"), more);
        adding.requirePossibleWhileRunning();
        assertEquals(List.of(), adding.moves());
        FileChanges.between(adding.read(), adding.running()).requirePossibleWhileRunning();
    }

    @Test
    @DisplayName(
            "may not change who votes otherwise, nor move two seats at once, nor take a router from a node that stays")
    void otherVoters() throws Exception {
        for (UnaryOperator<String> edit : List.<UnaryOperator<String>>of(
                text -> replaced(text, ""),
                text -> replaced(text, ", seat = c")
                        .replace("b { host = 127.0.0.12, zone = z2 }", "e { host = 127.0.0.16, seat = b }")
                        .replace("b { data = ", "e { data = "),
                text -> text.replace("zone = z3 }", "zone = z3, voter = false }\n      w { host = 127.0.0.16 }"),
                text -> text.replace("nodes = [app]", "nodes = [a]"))) {
            FileChanges changes = changed(edit, "");
            var refused = assertThrows(ConfigProblems.class, changes::requirePossibleWhileRunning);
            assertTrue(refused.report().contains("cannot") || refused.report().contains("one seat at a time"));
        }
    }

    @Test
    @DisplayName("and changes anything else is refused as a whole, each key named with its line, and what to do")
    void impossible() throws Exception {
        FileChanges changes = changed(
                text -> text.replace("b { data = \"/tmp/none/{node}/pg\" }", "b { data = \"/tmp/none/other\" }")
                        .replace("/tmp/none/{node}/state", "/tmp/none/elsewhere/{node}")
                        .replace("edge = true", "edge = false, voter = false"),
                """
                timings.renew-every = 150 ms
                nodes.a.ports.http = 7999
                groups.main.k = 2
                groups.main.members.app.data = "/tmp/none/app"
                notify.commands.pager.from = critical
                routers.haproxy.write-port = 5055
                gate.kernel = off
                """);
        var refused = assertThrows(ConfigProblems.class, changes::requirePossibleWhileRunning);
        List<String> keys = refused.problems().stream()
                .map(problem -> String.valueOf(problem.key()))
                .toList();
        assertTrue(
                keys.containsAll(List.of(
                        "timings.renew-every",
                        "nodes.a.ports.http",
                        "groups.main.members.b.data",
                        "groups.main.members.app.data",
                        "nodes.app.edge",
                        "directories.state",
                        "notify.commands.pager.from",
                        "routers.haproxy.write-port",
                        "gate.kernel")),
                keys::toString);
        assertTrue(!keys.contains("groups.main.k"), keys::toString);
        String line = refused.problems().get(keys.indexOf("gate.kernel")).line();
        assertTrue(
                line.matches(
                        ".*interrex.conf:\\d+: gate.kernel = off: cannot change while the node runs, which has auto. "
                                + "Restart the node, or take the change back."),
                line);
    }
}
