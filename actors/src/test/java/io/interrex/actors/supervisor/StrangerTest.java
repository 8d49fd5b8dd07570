package io.interrex.actors.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.actors.hands.TestNode;
import io.interrex.actors.log.GroupLog;
import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.group.FileSettings;
import io.interrex.cluster.group.GroupCommand.RecordSettings;
import io.interrex.cluster.group.GroupEvent.GroupCreated;
import io.interrex.cluster.group.GroupEvent.PrimaryEstablished;
import io.interrex.cluster.group.GroupEvolution;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.settings.GroupSettings;
import io.interrex.cluster.settings.Profile;
import io.interrex.cluster.supervision.Beginning;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The supervisor of node c, whose file names member c and another setting than the log")
final class StrangerTest {

    private static final GroupSettings SETTINGS = GroupSettings.defaults(Profile.FAST.timings());

    private final ActorTestKit kit = ActorTestKit.create("strangers", TestNode.CONFIG);
    private final TestProbe<GroupLog.Message> log = kit.createTestProbe(GroupLog.Message.class);

    @AfterEach
    void end() {
        kit.shutdownTestKit();
    }

    static List<MemberInfo> members(String... names) {
        return Arrays.stream(names)
                .map(name -> new MemberInfo(name, "127.0.0.1", 5432, "z", 0, false, false, false))
                .toList();
    }

    static GroupState group(List<MemberInfo> members) {
        UUID uuid = new UUID(0, 1);
        GroupState created = GroupEvolution.evolve(
                null,
                new GroupCreated(
                        1, RuleId.GROUP_CREATED, "main", "a", uuid, members, 1, List.of("a", "b", "c"), SETTINGS));
        return GroupEvolution.evolve(
                created,
                new PrimaryEstablished(
                        1,
                        RuleId.ESTABLISHED,
                        "a",
                        new Reign(1, uuid, 1, Lsn.ZERO),
                        Lsn.ZERO,
                        new TreeSet<>(),
                        "system"));
    }

    private ActorRef<GroupLog.Update> started() {
        var file = new FileSettings(SETTINGS, members("a", "b", "c", "d"), "");
        kit.spawn(SupervisorActor.create(
                new SupervisorActor.Settings(
                        "main", "c", List.of("a", "b", "c"), SETTINGS.timings(), () -> file, new Beginning.Created()),
                new SupervisorActor.Ports(log.ref(), () -> null, () -> 1, (node, message) -> {}, () -> 0, null)));
        return log.expectMessageClass(GroupLog.Subscribe.class).subscriber();
    }

    @Test
    @DisplayName("proposes what it has to say while the log names c, and nothing where it does not, until it does")
    void stranger() {
        ActorRef<GroupLog.Update> supervisor = started();
        supervisor.tell(new GroupLog.Update(group(members("a", "b")), 2, null, true, null));
        log.expectNoMessage(Duration.ofMillis(400));
        supervisor.tell(new GroupLog.Update(group(members("a", "b", "c")), 3, null, true, null));
        var submit = log.expectMessageClass(GroupLog.Submit.class);
        assertEquals(RecordSettings.class, submit.command().getClass());
    }
}
