package io.interrex.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.actors.log.GroupLog;
import io.interrex.actors.node.Board;
import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.group.GroupEvent.GroupCreated;
import io.interrex.cluster.group.GroupEvent.PrimaryEstablished;
import io.interrex.cluster.group.GroupEvolution;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.port.Reload;
import io.interrex.config.ClusterConfig.Group;
import io.interrex.config.ConfigFile;
import io.interrex.config.NodeConfig;
import io.interrex.config.Samples;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Given node a, and a file whose settings of two groups have changed since it runs. */
@DisplayName("A file of two groups that is read again")
final class ReloadingTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private static final String OTHER = """
            groups.other.members {
              a { data = "/tmp/none/{node}/other", port = 5444 }
              b { data = "/tmp/none/{node}/other", port = 5444 }
              c { data = "/tmp/none/{node}/other", port = 5444 }
            }
            """;

    private final ActorTestKit kit = ActorTestKit.create();
    private final Map<String, TestProbe<GroupLog.Message>> logs = Map.of(
            "main", kit.createTestProbe(GroupLog.Message.class),
            "other", kit.createTestProbe(GroupLog.Message.class));
    private final NodeConfig config;
    private final Reloading reloading;

    ReloadingTest(@TempDir Path directory) throws Exception {
        Path written = Samples.sound(directory, OTHER).file();
        Files.writeString(written, Files.readString(written).replace("/tmp/none", directory.toString()));
        config = NodeConfig.of(ConfigFile.load(written), "a");
        var board = new Board();
        config.cluster()
                .groups()
                .values()
                .forEach(
                        group -> board.put(group.name(), new GroupLog.Update(established(group), 2, null, true, null)));
        var file = new OwnFile(config, board);
        reloading = new Reloading(
                "a",
                file,
                board,
                Map.of("main", probe("main").ref(), "other", probe("other").ref()),
                kit.system().scheduler(),
                LIMIT,
                new ReloadedNodes.Unmoved());
        Files.writeString(written, "groups.main.k = 2\ngroups.other.k = 2\n", StandardOpenOption.APPEND);
    }

    private TestProbe<GroupLog.Message> probe(String group) {
        return logs.getOrDefault(group, kit.createTestProbe(GroupLog.Message.class));
    }

    private GroupState established(Group group) {
        GroupState created = GroupEvolution.evolve(
                null,
                new GroupCreated(
                        1,
                        RuleId.GROUP_CREATED,
                        group.name(),
                        "a",
                        new UUID(0, 1),
                        group.memberInfos(),
                        1,
                        config.cluster().voters(),
                        group.settings()));
        return GroupEvolution.evolve(
                created,
                new PrimaryEstablished(
                        1,
                        RuleId.ESTABLISHED,
                        "a",
                        new Reign(1, new UUID(0, 1), 1, Lsn.ZERO),
                        new Lsn(1),
                        new TreeSet<>(),
                        "7"));
    }

    @AfterEach
    void end() {
        kit.shutdownTestKit();
    }

    private CompletableFuture<Reload.Answer> reload() {
        return reloading.reload(new Reload("eve", false, false)).toCompletableFuture();
    }

    private void answer(String group, GroupLog.Answer answer) {
        var submit = probe(group).expectMessageClass(GroupLog.Submit.class, LIMIT);
        var asked = submit.replyTo();
        assertTrue(asked != null, "nobody waits for the answer");
        asked.tell(answer);
    }

    private static GroupLog.Answer refusal() {
        return new GroupLog.Answer(true, false, RuleId.ORDER_BUSY, "a failover runs", 3);
    }

    private static GroupLog.Answer recorded() {
        return new GroupLog.Answer(true, true, RuleId.SETTINGS_RECORDED, "", 3);
    }

    @Test
    @DisplayName("holds where both logs take it")
    void both() {
        var reload = reload();
        answer("main", recorded());
        answer("other", recorded());
        var done = assertInstanceOf(Reload.Answer.Done.class, reload.join());
        assertEquals(2, done.changes().size(), done::toString);
        assertEquals(2, reloading.current().group("main").settings().k());
    }

    @Test
    @DisplayName(
            "is refused where the first log refuses it: the second is not asked, and the node goes on with what it has")
    void refused() {
        var reload = reload();
        answer("main", refusal());
        assertInstanceOf(Reload.Answer.Refused.class, reload.join());
        probe("other").expectNoMessage();
        assertEquals(1, reloading.current().group("main").settings().k());
    }

    @Test
    @DisplayName("is not said to be refused where one log has taken it and the next does not: what holds is named")
    void inPart() {
        var reload = reload();
        answer("main", recorded());
        answer("other", refusal());
        String why =
                assertInstanceOf(Reload.Answer.Unknown.class, reload.join()).why();
        assertTrue(why.contains("the settings of main are recorded and hold, those of other"), why);
        assertTrue(why.contains("a failover runs"), why);
    }
}
