package io.interrex.actors.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.interrex.actors.hands.TestNode;
import io.interrex.actors.log.GroupLog;
import io.interrex.cluster.group.GroupCommand.OrderPowerOff;
import io.interrex.cluster.group.GroupCommand.ReportPowerOff;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.group.StepResult;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.PowerHook;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An order to power a host off")
class PowerOffsTest {

    private static final OrderPowerOff ORDER = new OrderPowerOff(new Stamp("b", 1), 2, "a", 1, List.of());

    private final ActorTestKit kit = ActorTestKit.create("power", TestNode.CONFIG);
    private final TestProbe<GroupLog.Message> log = kit.createTestProbe(GroupLog.Message.class);
    private final TestProbe<PowerHook.Target> runs = kit.createTestProbe(PowerHook.Target.class);
    private final CompletableFuture<Outcome<Nothing>> outcome = new CompletableFuture<>();
    private final ActorRef<PowerOffs.Message> power = kit.spawn(PowerOffs.create(
            "main",
            target -> {
                runs.getRef().tell(target);
                return outcome;
            },
            log.getRef(),
            () -> new Stamp("b", 9)));

    @AfterEach
    void end() {
        kit.shutdownTestKit();
    }

    private GroupLog.Submit ordered() {
        power.tell(new PowerOffs.Order(ORDER, "10.0.0.1"));
        var submit = log.expectMessageClass(GroupLog.Submit.class);
        assertEquals(ORDER, submit.command());
        return submit;
    }

    private static void answer(GroupLog.Submit submit, boolean known, boolean accepted) {
        ActorRef<GroupLog.Answer> to = submit.replyTo();
        if (to != null) {
            to.tell(new GroupLog.Answer(known, accepted, RuleId.FENCING_STEP, "test", 7));
        }
    }

    @Test
    @DisplayName("is carried out once the log has taken it; what the hook said is told until the log has heard it")
    void carriedOut() {
        GroupLog.Submit order = ordered();
        runs.expectNoMessage();
        answer(order, true, true);
        assertEquals(new PowerHook.Target("main", 2, "a", "10.0.0.1", 1), runs.receiveMessage());

        outcome.complete(Outcome.unknown("no answer in 30 s"));
        var report = new ReportPowerOff(new Stamp("b", 9), 2, "a", 1, StepResult.UNKNOWN, "no answer in 30 s");
        GroupLog.Submit lost = log.expectMessageClass(GroupLog.Submit.class);
        assertEquals(report, lost.command());
        answer(lost, false, false);
        GroupLog.Submit again = log.expectMessageClass(GroupLog.Submit.class);
        assertEquals(report, again.command());
        answer(again, true, true);
        log.expectNoMessage();
        runs.expectNoMessage();
    }

    @Test
    @DisplayName("is not carried out where the log refuses it, or does not say whether it has taken it")
    void notTaken() {
        answer(ordered(), true, false);
        answer(ordered(), false, false);
        runs.expectNoMessage();
    }

    @Test
    @DisplayName("is told as done and refused by the hook's own words")
    void told() {
        answer(ordered(), true, true);
        outcome.complete(Outcome.refused("no such machine"));
        var report = assertInstanceOf(
                ReportPowerOff.class,
                log.expectMessageClass(GroupLog.Submit.class).command());
        assertEquals(StepResult.REFUSED, report.result());
        assertEquals("no such machine", report.why());
    }
}
