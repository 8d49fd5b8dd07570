package io.interrex.actors.brain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.interrex.actors.Endpoint;
import io.interrex.actors.hands.HandsSystem;
import io.interrex.actors.hands.TestNode;
import io.interrex.cluster.settings.Profile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Down;
import org.apache.pekko.cluster.typed.Leave;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BrainTest {

    private static final Duration JOIN_MAX = Duration.ofSeconds(60);

    /** As configured, and quicker: what takes many of Pekko's rounds is what a test would wait for. */
    private static final Config CONFIG = ConfigFactory.parseString("""
            interrex.brain {
              patience = 600ms
              island-max = 4s
              timings.fast.pekko.cluster {
                failure-detector { heartbeat-interval = 500ms, expected-response-after = 500ms, acceptable-heartbeat-pause = 3s }
                gossip-interval = 200ms
                leader-actions-interval = 200ms
                unreachable-nodes-reaper-interval = 500ms
              }
              system.pekko.cluster { seed-node-timeout = 1s, retry-unsuccessful-join-after = 1s }
            }
            """).withFallback(TestNode.CONFIG);

    private final LinkedHashMap<String, Endpoint> nodes = new LinkedHashMap<>();
    private final Set<String> away = ConcurrentHashMap.newKeySet();
    private final List<Brain<String>> brains = new ArrayList<>();

    BrainTest() throws Exception {
        for (String node : List.of("a", "b", "c")) {
            nodes.put(node, new Endpoint("127.0.0.1", TestNode.freePort()));
        }
    }

    @AfterEach
    void close() throws Exception {
        for (Brain<String> brain : brains) {
            brain.close();
        }
        for (Brain<String> brain : brains) {
            brain.close().toCompletableFuture().get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    @DisplayName(
            "three brains find each other; one that is downed comes back in the same process, and the hands notice nothing")
    void downedComesBack() throws Exception {
        var ticks = new AtomicInteger();
        HandsSystem hands = HandsSystem.start(part -> ticks.set(Integer.MIN_VALUE));
        hands.spawn(
                Behaviors.<String>withTimers(timers -> {
                    timers.startTimerAtFixedRate("tick", Duration.ofMillis(50));
                    return Behaviors.receiveMessage(tick -> {
                        ticks.incrementAndGet();
                        return Behaviors.same();
                    });
                }),
                "ticker");
        Brain<String> a = start("a");
        Brain<String> b = start("b");
        Brain<String> c = start("c");
        awaitAllUp(a, b, c);

        long startsBefore = c.membership().starts();
        var address = Cluster.get(c.system().orElseThrow()).selfMember().address();
        Cluster.get(a.system().orElseThrow()).manager().tell(new Down(address));
        await("c started anew", () -> c.membership().starts() > startsBefore);
        int ticksBefore = ticks.get();
        awaitAllUp(a, b, c);
        await("the hands go on", () -> ticks.get() > ticksBefore);
        assertEquals(1, a.membership().starts());
        assertFalse(hands.system().whenTerminated().isCompleted());
        hands.system().terminate();
        hands.system().getWhenTerminated().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    @DisplayName("without the first node the second forms the cluster, and the first joins it when it comes")
    void firstIsAway() {
        away.add("a");
        Brain<String> b = start("b");
        Brain<String> c = start("c");
        awaitUp(Set.of("b", "c"), b, c);
        away.clear();
        awaitAllUp(start("a"), b, c);
    }

    @Test
    @DisplayName("a brain that formed a cluster of its own while cut off gives it up for the majority's")
    void island() {
        away.addAll(Set.of("a", "b", "c"));
        Brain<String> a = start("a");
        awaitUp(Set.of("a"), a);
        away.clear();
        away.add("a");
        Brain<String> b = start("b");
        Brain<String> c = start("c");
        awaitUp(Set.of("b", "c"), b, c);
        away.clear();
        awaitAllUp(a, b, c);
        assertTrue(a.membership().starts() > 1);
        assertEquals(1, b.membership().starts());
    }

    @Test
    @DisplayName(
            "a brain that was made to leave, or whose guardian stops, is started anew; messages reach the new guardian")
    void leaves() {
        away.addAll(nodes.keySet());
        Brain<String> a = start("a");
        awaitUp(Set.of("a"), a);
        ActorSystem<String> system = a.system().orElseThrow();
        Cluster.get(system)
                .manager()
                .tell(new Leave(Cluster.get(system).selfMember().address()));
        await("started anew", () -> a.membership().starts() == 2);
        awaitUp(Set.of("a"), a);
        assertTrue(a.tell("stop"));
        await("started anew", () -> a.membership().starts() == 3);
        awaitUp(Set.of("a"), a);
    }

    @Test
    @DisplayName("an address in use is named at the start")
    void inUse() {
        start("a");
        var failure = assertThrows(IllegalStateException.class, () -> start("a"));
        assertTrue(failure.toString().contains(String.valueOf(nodes.get("a"))), failure.toString());
    }

    private Brain<String> start(String node) {
        var settings = new BrainSettings(
                node, "test", nodes, other -> !away.contains(other), Profile.FAST, CONFIG, null, false);
        Brain<String> brain = Brain.start(
                settings,
                () -> Behaviors.receiveMessage(
                        message -> message.equals("stop") ? Behaviors.stopped() : Behaviors.same()));
        brains.add(brain);
        return brain;
    }

    @SafeVarargs
    private void awaitAllUp(Brain<String>... all) {
        awaitUp(nodes.keySet(), all);
    }

    @SafeVarargs
    private void awaitUp(Set<String> names, Brain<String>... all) {
        for (Brain<String> brain : all) {
            await(
                    "all of " + names + " up",
                    () -> brain.membership().joined()
                            && brain.membership().up().equals(names)
                            && brain.membership().unreachable().isEmpty());
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + JOIN_MAX.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "not within " + JOIN_MAX + ": " + what);
            LockSupport.parkNanos(20_000_000);
        }
    }
}
