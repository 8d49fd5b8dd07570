package io.interrex.actors.hands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Given hands with some parts, of which one is given poison. */
final class HandsSystemTest {

    private static final String POISON = "poison";

    private final BlockingQueue<String> ended = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final HandsSystem hands = HandsSystem.start(ended::add);

    @AfterEach
    void end() throws Exception {
        hands.system().terminate();
        hands.system().getWhenTerminated().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private Behavior<String> part() {
        return Behaviors.receiveMessage(message -> {
            if (message.equals(POISON)) {
                throw new IllegalStateException("poisoned");
            }
            heard.add(message);
            return message.equals("stop") ? Behaviors.stopped() : Behaviors.same();
        });
    }

    private String next(BlockingQueue<String> queue) throws InterruptedException {
        return String.valueOf(queue.poll(10, TimeUnit.SECONDS));
    }

    @Test
    @DisplayName("a part that throws is named, and the others go on until the node is ended")
    void poisoned() throws InterruptedException {
        ActorRef<String> voter = hands.spawn(part(), "voter");
        ActorRef<String> agent = hands.spawn(part(), "agent-main");
        agent.tell(POISON);
        assertEquals("agent-main", next(ended));
        voter.tell("renew");
        assertEquals("renew", next(heard));
        assertNull(ended.poll());
    }

    @Test
    @DisplayName("a part that throws while it starts is named")
    void poisonedAtItsStart() throws InterruptedException {
        hands.spawn(
                Behaviors.<String>setup(context -> {
                    throw new IllegalStateException("poisoned");
                }),
                "log-main");
        assertEquals("log-main", next(ended));
    }

    @Test
    @DisplayName("a part that ends without an error is missed all the same")
    void stopped() throws InterruptedException {
        hands.spawn(part(), "voter").tell("stop");
        assertEquals("voter", next(ended));
    }

    @Test
    @DisplayName("a child that fails takes the part with it that watches it")
    void poisonedChild() throws InterruptedException {
        ActorRef<String> parent = hands.spawn(
                Behaviors.<String>setup(context -> {
                    ActorRef<String> child = context.spawn(part(), "tap");
                    context.watch(child);
                    return Behaviors.receiveMessage(message -> {
                        child.tell(message);
                        return Behaviors.same();
                    });
                }),
                "switchboard");
        parent.tell(POISON);
        assertEquals("switchboard", next(ended));
    }

    @Test
    @DisplayName("they are set up by the defaults of what they use, and know nothing of a cluster's")
    void defaults() {
        for (String used : List.of("pekko.actor", "pekko.actor.typed", "pekko.stream", "interrex.hands.timings.fast")) {
            assertTrue(hands.config().hasPath(used), used);
        }
        for (String not : List.of("pekko.remote", "pekko.cluster", "pekko.persistence", "pekko.coordination")) {
            assertFalse(hands.config().hasPath(not), not);
        }
    }

    @Test
    @DisplayName("hands that are ended as a whole miss nobody")
    void terminated() throws Exception {
        hands.spawn(part(), "voter");
        end();
        assertFalse(ended.contains("voter"));
    }
}
