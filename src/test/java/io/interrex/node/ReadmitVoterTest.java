package io.interrex.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.node.WholeNodes.Said;
import io.interrex.testkit.FreePort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("Whole nodes a, b and c, each a voter with a member, of which one loses its disk")
@Timeout(300)
final class ReadmitVoterTest {

    private static final Duration SOON = Duration.ofSeconds(90);

    private static boolean writes(WholeNodes nodes, String name, String row) throws Exception {
        return nodes.sql(name, "insert into kept values ('" + row + "')").code() == 0;
    }

    private static String primary(WholeNodes nodes) throws Exception {
        var found = new String[] {""};
        nodes.await("a member is writable", SOON, () -> {
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

    private static Said readmit(WholeNodes nodes, Path config, String voter) throws Exception {
        return WholeNodes.run(
                "voter", "readmit", "--config", config.toString(), "--voter", voter, "--reason", "new disk", "--yes");
    }

    @Test
    @DisplayName("it gets its seat back while the others serve: with it and the primary alone the group is writable;"
            + " the other, whose host is lost for good, is replaced by an empty node d: with it and the primary alone the group is writable,"
            + " and no row is lost; an old disk, come back, is no voter, and ends its node")
    void readmitted() throws Exception {
        try (var nodes = new WholeNodes()) {
            Path config = nodes.config(1);
            int pooler = FreePort.find();
            Files.writeString(
                    config,
                    "routers.pool { kind = pgbouncer, group = main, nodes = [a], write-port = " + pooler + " }\n",
                    StandardOpenOption.APPEND);
            for (String name : WholeNodes.NAMES) {
                nodes.start(name, config);
            }
            String primary = primary(nodes);
            List<String> others = WholeNodes.NAMES.stream()
                    .filter(name -> !name.equals(primary))
                    .toList();
            String emptied = others.getFirst();
            String other = others.getLast();
            nodes.await("a row is written", SOON, () -> writes(nodes, primary, "before"));
            var maintained = new MaintainedNodes(nodes, config);
            maintained.check(primary, emptied, other);
            maintained.checkModes(primary, emptied, other);
            maintained.checkRestart(primary, emptied, other, pooler);
            Said well = readmit(nodes, config, emptied);
            assertEquals(1, well.code(), well::text);
            assertTrue(well.text().contains("does not answer with an emptied disk"), well::text);

            nodes.kill(emptied);
            nodes.empty(emptied);
            nodes.start(emptied, config);
            nodes.await(
                    "the empty disk stays out",
                    SOON,
                    () -> nodes.told(emptied).contains("this node's voter takes no part"));
            nodes.await("the others serve", SOON, () -> writes(nodes, primary, "meanwhile"));
            Said done = readmit(nodes, config, emptied);
            assertEquals(0, done.code(), () -> done.text() + nodes.told(emptied));
            assertTrue(done.text().contains("because new disk"), done::text);
            assertTrue(done.text().contains(emptied + " votes again"), done::text);
            nodes.await("its voter votes", SOON, () -> nodes.told(emptied).contains("change 2 of the voters counts"));

            nodes.await(
                    "the emptied member is cloned",
                    SOON,
                    () -> nodes.sql(emptied, "select 1 from kept").code() == 0);
            nodes.kill(other);
            nodes.await("the primary and the readmitted voter", SOON, () -> writes(nodes, primary, "with two"));
            new ReplacedNode(nodes, config, primary, other).check(emptied);
            nodes.kill("d");
            oldDisk(nodes, config, primary, emptied);
        }
    }

    /** With the primary's voter alone nothing is granted, whatever the old disk promised once. */
    private static void oldDisk(WholeNodes nodes, Path config, String primary, String emptied) throws Exception {
        nodes.restore(emptied);
        nodes.start(emptied, config);
        assertEquals(6, nodes.ended(emptied));
        assertTrue(nodes.told(emptied).contains("was given to another disk (change 4 of the voters)"));
        nodes.await(
                "no majority is left",
                SOON,
                () -> nodes.sql(primary, "insert into kept values ('alone')").code() != 0);
    }
}
