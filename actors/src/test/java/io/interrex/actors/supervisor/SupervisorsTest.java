package io.interrex.actors.supervisor;

import io.interrex.actors.hands.TestNode;
import io.interrex.cluster.hands.HandsMessage;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class SupervisorsTest {

    private final ActorTestKit kit = ActorTestKit.create("supervisors", TestNode.CONFIG);

    @AfterEach
    void end() {
        kit.shutdownTestKit();
    }

    private static Behavior<SupervisorActor.Message> poisonable() {
        return Behaviors.receiveMessage(message -> {
            throw new IllegalStateException("poisoned");
        });
    }

    @Test
    @DisplayName("one supervisor that throws ends all of this brain, so that none is missing for good")
    void poisoned() throws InterruptedException {
        BlockingQueue<ActorRef<SupervisorActor.Message>> plugged = new LinkedBlockingQueue<>();
        Map<String, Behavior<SupervisorActor.Message>> behaviors = Map.of("main", poisonable(), "other", poisonable());
        var guardian = kit.spawn(Supervisors.<String>create(behaviors, (group, supervisor) -> plugged.add(supervisor)));
        var one = Objects.requireNonNull(plugged.poll(10, TimeUnit.SECONDS));
        var other = Objects.requireNonNull(plugged.poll(10, TimeUnit.SECONDS));
        one.tell(new SupervisorActor.Heard("b", new HandsMessage.AskVoter("main", 1)));
        var probe = kit.createTestProbe();
        probe.expectTerminated(other, Duration.ofSeconds(10));
        probe.expectTerminated(guardian, Duration.ofSeconds(10));
    }
}
