package io.interrex.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.actors.log.GroupLog;
import io.interrex.actors.node.Board;
import io.interrex.cluster.charter.RosterSight;
import io.interrex.cluster.group.GroupCommand.OrderForcePromotion;
import io.interrex.cluster.group.GroupCommand.OrderMode;
import io.interrex.cluster.group.GroupEvent.GroupCreated;
import io.interrex.cluster.group.GroupEvolution;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.hands.MemberStatus;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.EventLog.Health;
import io.interrex.cluster.port.Gate;
import io.interrex.cluster.port.Order;
import io.interrex.cluster.port.OrderAnswer;
import io.interrex.cluster.port.Vitals;
import io.interrex.config.NodeConfig;
import io.interrex.config.Samples;
import io.interrex.http.HttpLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Given node a of three, with a member of the group main. */
final class NodeControlTest {

    private static final Duration ORDER_LIMIT = Duration.ofMillis(100);

    private final ActorTestKit kit = ActorTestKit.create();
    private final TestProbe<GroupLog.Message> log = kit.createTestProbe(GroupLog.Message.class);
    private final Board board = new Board();
    private final AtomicLong laterNs = new AtomicLong();
    private final AtomicReference<Health> health = new AtomicReference<>(new Health("b", 7, true, "follows b"));
    private final NodeConfig config;
    private final NodeControl control;

    NodeControlTest(@TempDir Path directory) throws Exception {
        config = NodeConfig.of(Samples.sound(directory), "a");
        control = new NodeControl(
                config,
                board,
                new LateJournal(),
                Map.of("main", log.ref()),
                kit.system().scheduler(),
                node -> true,
                () -> RosterSight.NONE,
                ORDER_LIMIT,
                () -> System.nanoTime() + laterNs.get(),
                new OwnState(
                        config,
                        config::cluster,
                        board,
                        health::get,
                        List::of,
                        () -> 0,
                        () -> System.nanoTime() + laterNs.get()),
                new Reloading(
                        "a",
                        new OwnFile(config, board),
                        board,
                        Map.of("main", log.ref()),
                        kit.system().scheduler(),
                        ORDER_LIMIT,
                        new ReloadedNodes.Unmoved()));
    }

    @AfterEach
    void end() {
        kit.shutdownTestKit();
    }

    private void logHasAGroup(@Nullable String stopped) {
        var group = config.cluster().group("main");
        GroupState state = GroupEvolution.evolve(
                null,
                new GroupCreated(
                        1,
                        RuleId.GROUP_CREATED,
                        "main",
                        "a",
                        new UUID(0, 1),
                        group.memberInfos(),
                        1,
                        config.cluster().voters(),
                        group.settings()));
        board.put("main", new GroupLog.Update(state, 1, null, stopped == null, stopped));
    }

    private void agentSays(String doing) {
        board.put(new MemberStatus(
                "main",
                "a",
                1,
                1,
                1,
                1,
                1,
                DatabaseStatus.unknown("not looked at"),
                Gate.Position.CLOSED,
                0,
                -1,
                Vitals.UNKNOWN,
                doing,
                null));
    }

    @Test
    @DisplayName(
            "a node is ready when its agent is heard and it follows the group, also while the log cannot be written")
    void ready() {
        assertEquals(2, control.node().waitingFor().size(), () -> control.node().toString());
        logHasAGroup(null);
        agentSays("nothing");
        health.set(new Health("", 7, false, "no leader"));
        assertTrue(control.node().ready(), () -> control.node().toString());
        assertFalse(control.node().logWritable());
    }

    private long voterSilentMs(long silentNs) {
        return new OwnState(config, config::cluster, board, health::get, List::of, () -> silentNs, System::nanoTime)
                .view()
                .voterSilentMs();
    }

    @Test
    @DisplayName(
            "a voter without a part is not one whose silence is over; what is left of a silence is never shown as none")
    void voterSilence() {
        assertEquals(-1, voterSilentMs(OwnVoter.NO_PART));
        assertEquals(1, voterSilentMs(1));
        assertEquals(0, voterSilentMs(0));
        assertEquals(0, voterSilentMs(-1));
    }

    @Test
    @DisplayName("the log is led by a node, which is told by its own name and not by that of the seat that it has")
    void leader(@TempDir Path other) throws Exception {
        var moved = Samples.sound(other, "nodes.b.seat = x");
        var own = new OwnState(config, () -> moved, board, health::get, List::of, () -> 0, System::nanoTime);
        health.set(new Health("x", 7, true, "follows x"));
        assertEquals("b", own.view().logLeader());
        assertEquals(new Health("b", 7, true, "follows x"), own.log());
        health.set(new Health("", 7, false, "no leader"));
        assertEquals("", own.view().logLeader());
        logHasAGroup(null);
        assertEquals("", control.group("main").orElseThrow().logLeader());
    }

    @Test
    @DisplayName("a node that does not understand an event of its group is not ready, and says which")
    void stopped() {
        logHasAGroup("version 7 is from the future");
        agentSays("nothing");
        assertFalse(control.node().ready());
        assertTrue(
                control.node().waitingFor().getFirst().contains("version 7 is from the future"),
                () -> control.node().toString());
    }

    @Test
    @DisplayName("an agent that falls silent makes the node not ready, then not alive")
    void silentAgent() {
        logHasAGroup(null);
        agentSays("nothing");
        laterNs.set(Duration.ofSeconds(10).toNanos());
        assertFalse(control.node().ready());
        assertEquals(List.of(), control.node().stuck());
        laterNs.set(Duration.ofSeconds(31).toNanos());
        assertEquals(List.of("the agent of group main"), control.node().stuck());
    }

    @Test
    @DisplayName("a pause and a resume are put to the log under the ids of their orders")
    void modeOrders() {
        UUID pause = new UUID(0, 5);
        UUID resume = new UUID(0, 6);
        control.submit(new Order.Pause("main", pause, "somebody", "a test", null));
        control.submit(new Order.Resume("main", resume, "somebody", "a test"));
        assertEquals(pause, orderedMode().operation());
        assertEquals(resume, orderedMode().operation());
    }

    @Test
    @DisplayName("a dry run of a forced promotion is answered as the group would decide, and puts nothing to the log")
    void dryRun() throws Exception {
        logHasAGroup(null);
        var dry = new Order.ForcePromotion("main", new UUID(0, 7), "eve", "a test", "b", "mian", 1, true);
        OrderAnswer answer = control.submit(dry).toCompletableFuture().get(10, TimeUnit.SECONDS);
        assertEquals(
                RuleId.FORCE_OTHER_GROUP,
                assertInstanceOf(OrderAnswer.Refused.class, answer).rule());
        log.expectNoMessage();
        control.submit(new Order.ForcePromotion("main", new UUID(0, 8), "eve", "a test", "b", "mian", 1, false));
        var command = assertInstanceOf(
                OrderForcePromotion.class,
                log.expectMessageClass(GroupLog.Submit.class).command());
        assertEquals("mian", command.group());
    }

    private OrderMode orderedMode() {
        return assertInstanceOf(
                OrderMode.class, log.expectMessageClass(GroupLog.Submit.class).command());
    }

    @Test
    @DisplayName("an order that the log does not answer is told to be unknown before its connection is given up")
    void unansweredOrder() throws Exception {
        var order = new Order.Pause("main", UUID.randomUUID(), "somebody", "a test", null);
        OrderAnswer answer = control.submit(order).toCompletableFuture().get(10, TimeUnit.SECONDS);
        assertInstanceOf(OrderAnswer.Unknown.class, answer);
        HttpLimits limits = HttpLimits.defaults();
        assertTrue(HttpLimits.ORDER_WITHIN.plusSeconds(1).compareTo(limits.answerWithin()) < 0, limits::toString);
    }
}
