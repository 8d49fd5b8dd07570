package io.interrex.actors.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.interrex.actors.hands.TestNode;
import io.interrex.actors.log.GroupLog;
import io.interrex.cluster.format.Format;
import io.interrex.cluster.group.FileSettings;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.port.Envelope;
import io.interrex.cluster.port.GroupJournal.Recorded;
import io.interrex.cluster.settings.Profile;
import io.interrex.cluster.supervision.Beginning;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The supervisor of an established group whose log holds the first format")
final class RaiseFormatTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final ActorTestKit kit = ActorTestKit.create("raise", TestNode.CONFIG);
    private final TestProbe<GroupLog.Message> log = kit.createTestProbe(GroupLog.Message.class);
    private final AtomicInteger common = new AtomicInteger();
    private final List<MemberInfo> members = StrangerTest.members("a", "b", "c");
    private final GroupState group = StrangerTest.group(members);

    @AfterEach
    void end() {
        kit.shutdownTestKit();
    }

    private ActorRef<SupervisorActor.Message> started(List<MemberInfo> file) {
        var supervisor = kit.spawn(SupervisorActor.create(
                new SupervisorActor.Settings(
                        group.group(),
                        "b",
                        group.voters(),
                        Profile.FAST.timings(),
                        () -> new FileSettings(group.settings(), file, ""),
                        new Beginning.Created()),
                new SupervisorActor.Ports(log.ref(), () -> null, () -> 1, (node, message) -> {}, common::get, null)));
        assertInstanceOf(GroupLog.Subscribe.class, log.receiveMessage());
        supervisor.tell(new SupervisorActor.LogMoved(new GroupLog.Update(group, 9, null, true, null)));
        return supervisor;
    }

    private GroupCommand submitted() {
        return assertInstanceOf(GroupLog.Submit.class, log.receiveMessage(SOON)).command();
    }

    @Test
    @DisplayName("asks for a newer one once every node is connected and knows it, and not before")
    void raises() {
        started(members);
        log.expectNoMessage(Duration.ofMillis(1_500));
        common.set(Format.CURRENT);
        var raise = assertInstanceOf(GroupCommand.RaiseFormat.class, submitted());
        assertEquals(Format.CURRENT, raise.format());
    }

    @Test
    @DisplayName(
            "proposes its file again when the format was raised, and after no other event: what was too new is not any more")
    void fileAgain() {
        var supervisor = started(StrangerTest.members("a", "b", "c", "d"));
        assertInstanceOf(GroupCommand.RecordSettings.class, submitted());
        log.expectNoMessage(Duration.ofMillis(500));
        supervisor.tell(moved(10, new GroupEvent.GateMoved(1, RuleId.GATE_RECORDED, "a", true, "a test")));
        log.expectNoMessage(Duration.ofMillis(500));
        supervisor.tell(moved(11, new GroupEvent.FormatRaised(1, RuleId.FORMAT_RAISED, Format.CURRENT, Format.FIRST)));
        assertInstanceOf(GroupCommand.RecordSettings.class, submitted());
        log.expectNoMessage(Duration.ofMillis(500));
    }

    private SupervisorActor.LogMoved moved(long version, GroupEvent event) {
        var id = new UUID(0, version);
        String type = event.getClass().getSimpleName();
        var envelope = new Envelope("group/main", version, id, 1, 0, 0, "a", type, 1, id, "", "", null, "", "");
        return new SupervisorActor.LogMoved(
                new GroupLog.Update(group, version, new Recorded(envelope, event), true, null));
    }
}
