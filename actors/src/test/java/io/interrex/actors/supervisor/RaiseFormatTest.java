package io.interrex.actors.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.interrex.actors.hands.TestNode;
import io.interrex.actors.log.GroupLog;
import io.interrex.cluster.format.Format;
import io.interrex.cluster.group.FileSettings;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Groups;
import io.interrex.cluster.settings.Profile;
import io.interrex.cluster.supervision.Beginning;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The supervisor of an established group whose log holds the first format")
final class RaiseFormatTest {

    private final ActorTestKit kit = ActorTestKit.create("raise", TestNode.CONFIG);
    private final TestProbe<GroupLog.Message> log = kit.createTestProbe(GroupLog.Message.class);
    private final AtomicInteger common = new AtomicInteger();
    private final GroupState group = Groups.inFormat(Format.FIRST, Groups.steady());

    @AfterEach
    void end() {
        kit.shutdownTestKit();
    }

    @Test
    @DisplayName("asks for a newer one once every node is connected and knows it, and not before")
    void raises() {
        var supervisor = kit.spawn(SupervisorActor.create(
                new SupervisorActor.Settings(
                        group.group(),
                        "b",
                        group.voters(),
                        Profile.FAST.timings(),
                        () -> new FileSettings(
                                group.settings(), List.copyOf(group.members().values()), ""),
                        new Beginning.Created()),
                new SupervisorActor.Ports(log.ref(), () -> null, () -> 1, (node, message) -> {}, common::get, null)));
        assertInstanceOf(GroupLog.Subscribe.class, log.receiveMessage());
        supervisor.tell(new SupervisorActor.LogMoved(new GroupLog.Update(group, 9, null, true, null)));
        log.expectNoMessage(Duration.ofMillis(1_500));
        common.set(Format.CURRENT);
        var submit = assertInstanceOf(GroupLog.Submit.class, log.receiveMessage(Duration.ofSeconds(10)));
        var raise = assertInstanceOf(GroupCommand.RaiseFormat.class, submit.command());
        assertEquals(Format.CURRENT, raise.format());
    }
}
