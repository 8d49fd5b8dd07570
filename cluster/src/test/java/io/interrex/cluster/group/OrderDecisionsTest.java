package io.interrex.cluster.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.GroupCommand.OrderFailover;
import io.interrex.cluster.group.GroupCommand.OrderMode;
import io.interrex.cluster.group.GroupCommand.OrderSwitchover;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupCommand.StandbyLag;
import io.interrex.cluster.settings.GroupSettings;
import io.interrex.cluster.settings.Profile;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Given a primary, members b, c and d that stream, and commits that wait for one of b and c; when a person orders. */
final class OrderDecisionsTest {

    private static final Stamp NOW = new Stamp("a", 1_000_000);
    private static final UUID REIGN = new UUID(0, 1);
    private static final UUID ORDER = new UUID(0, 2);
    private static final Lsn LSN = new Lsn(100);
    private static final GroupSettings SETTINGS = GroupSettings.defaults(Profile.FAST.timings());

    private static GroupState created() {
        List<MemberInfo> members = List.of("a", "b", "c", "d").stream()
                .map(name -> new MemberInfo(name, "10.0.0.1", 5432, "z1", 0, false, false, false))
                .toList();
        return GroupEvolution.evolve(
                null,
                new GroupEvent.GroupCreated(
                        1, RuleId.GROUP_CREATED, "main", "a", REIGN, members, 1, List.of("a", "b", "c"), SETTINGS));
    }

    private static GroupState steady() {
        SyncSet to = SyncSet.of(1, List.of("b", "c"));
        return evolve(
                created(),
                new GroupEvent.PrimaryEstablished(
                        1, RuleId.ESTABLISHED, "a", new Reign(1, REIGN, 1, Lsn.ZERO), LSN, new TreeSet<>(), "7"),
                new GroupEvent.SyncSetIntended(1, RuleId.SYNC_SET_GROWN, SyncSet.NONE, to, "they stream"),
                new GroupEvent.SyncSetApplied(1, RuleId.SYNC_SET_APPLIED, to, LSN, to.standbys()),
                new GroupEvent.DurabilityChanged(
                        1, RuleId.DURABILITY_RESTORED, GroupEvent.Durability.SYNC, "they stream"));
    }

    private static GroupState evolve(GroupState from, GroupEvent... events) {
        GroupState state = from;
        for (GroupEvent event : events) {
            state = GroupEvolution.evolve(state, event);
        }
        return state;
    }

    private static Decision switchover(GroupState state, @Nullable String target, long lagOfB, UUID operation) {
        return GroupDecider.decide(
                state,
                new OrderSwitchover(
                        NOW,
                        operation,
                        "eve",
                        target,
                        List.of(new StandbyLag("b", lagOfB), new StandbyLag("c", 10), new StandbyLag("d", 0)),
                        false));
    }

    @ParameterizedTest(name = "switchover to {0}, b lags {1} => refused by {2} and recorded")
    @CsvSource({
        "x,        0, ORDER_UNKNOWN_MEMBER",
        "a,        0, ORDER_SELF",
        "b, 16777217, ORDER_LAGGING",
        "d,        0, ORDER_NOT_SYNC"
    })
    void refused(String target, long lagOfB, RuleId rule) {
        Decision decision = switchover(steady(), target, lagOfB, ORDER);
        assertRefused(rule, decision);
    }

    @Test
    @DisplayName("a standby that does not stream is no target")
    void notStreaming() {
        var order = new OrderSwitchover(NOW, ORDER, "eve", "b", List.of(new StandbyLag("c", 0)), false);
        assertRefused(RuleId.ORDER_LAGGING, GroupDecider.decide(steady(), order));
    }

    @ParameterizedTest(name = "switchover to {0}, b lags {1} => to {2}")
    @CsvSource({"b, 0, b", "b, 16777216, b", "c, 0, c", ", 5, b", ", 11, c"})
    void accepted(@Nullable String target, long lagOfB, String chosen) {
        Decision decision = switchover(steady(), target, lagOfB, ORDER);
        assertTrue(decision.accepted(), decision.why());
        var ordered = assertInstanceOf(
                GroupEvent.SwitchoverOrdered.class, decision.events().getFirst());
        assertEquals(chosen, ordered.target());
        assertEquals("a", ordered.from());
    }

    @Test
    @DisplayName("while one switchover runs another is refused; the same one again is accepted and changes nothing")
    void busy() {
        GroupState running =
                evolve(steady(), new GroupEvent.SwitchoverOrdered(1, RuleId.ORDER_ACCEPTED, ORDER, "eve", "a", "b"));
        assertRefused(RuleId.ORDER_BUSY, switchover(running, "c", 0, new UUID(0, 3)));
        Decision again = switchover(running, "b", 0, ORDER);
        assertTrue(again.accepted(), again.why());
        assertEquals(List.of(), again.events());
    }

    @Test
    @DisplayName(
            "during a failover a switchover is refused, and so is a second failover; the same one again changes nothing")
    void duringFailover() {
        GroupState running = evolve(
                steady(),
                new GroupEvent.FailoverStarted(
                        2, RuleId.ORDER_ACCEPTED, "a", Reason.ORDERED, List.of(), "b", 2_000_000, null, ORDER));
        assertRefused(RuleId.ORDER_BUSY, switchover(running, "b", 0, new UUID(0, 3)));
        assertRefused(RuleId.ORDER_BUSY, failover(running, null, new UUID(0, 3)));
        Decision again = failover(running, null, ORDER);
        assertTrue(again.accepted(), again.why());
        assertEquals(List.of(), again.events());
    }

    @Test
    @DisplayName("before the first primary a switchover is refused, because a failover is what is needed")
    void noPrimary() {
        assertRefused(RuleId.ORDER_NO_PRIMARY, switchover(created(), "b", 0, ORDER));
    }

    @ParameterizedTest(name = "failover to {0} => refused by {1} and recorded")
    @CsvSource({"x, ORDER_UNKNOWN_MEMBER", "a, ORDER_SELF"})
    void failoverRefused(String target, RuleId rule) {
        assertRefused(rule, failover(steady(), target, ORDER));
    }

    @Test
    @DisplayName("an ordered failover with a revocation quorum in reach starts the next epoch and keeps the order")
    void failoverStarts() {
        Decision decision = failover(steady(), "c", ORDER);
        assertTrue(decision.accepted(), decision.why());
        var started = assertInstanceOf(
                GroupEvent.FailoverStarted.class, decision.events().getFirst());
        assertEquals(2, started.epoch());
        assertEquals("c", started.target());
        assertEquals(ORDER, started.operation());
    }

    @Test
    @DisplayName("pausing twice is refused: it is paused already")
    void pausedAlready() {
        Decision first = mode(steady(), Mode.PAUSED, ORDER);
        assertTrue(first.accepted());
        GroupState paused = evolve(steady(), first.events().getFirst());
        assertRefused(RuleId.ORDER_ALREADY, mode(paused, Mode.PAUSED, new UUID(0, 3)));
    }

    @Test
    @DisplayName(
            "an order that is done, sent again under its id, is told so by R940 and changes nothing, even if it could be carried out")
    void doneAgain() {
        GroupState done = evolve(
                steady(),
                new GroupEvent.SwitchoverOrdered(1, RuleId.ORDER_ACCEPTED, ORDER, "eve", "a", "b"),
                new GroupEvent.OperationFinished(1, RuleId.ORDER_FINISHED, ORDER, true, "b was the primary"));
        assertTold(true, "this order is done: b was the primary", switchover(done, "b", 0, ORDER));
        assertTold(true, "this order is done: b was the primary", switchover(done, null, 0, ORDER));
        assertTold(true, "this order is done: b was the primary", failover(done, null, ORDER));
        assertFalse(switchover(done, "b", 0, new UUID(0, 3)).events().isEmpty(), "another id is another order");
    }

    @Test
    @DisplayName("an order that failed is not tried again under its id")
    void failedAgain() {
        GroupState failed = evolve(
                steady(),
                new GroupEvent.SwitchoverOrdered(1, RuleId.ORDER_ACCEPTED, ORDER, "eve", "a", "b"),
                new GroupEvent.OperationFinished(1, RuleId.ORDER_FINISHED, ORDER, false, "b did not get it all"));
        assertTold(false, "this order failed: b did not get it all", switchover(failed, "b", 0, ORDER));
    }

    @Test
    @DisplayName(
            "an ordered failover is done when the next primary is established, and failed if that is not the ordered one")
    void failoverAgain() {
        assertTold(true, "this order is done: b is the primary of epoch 2", failover(replaced(null), null, ORDER));
        assertTold(true, "this order is done: b is the primary of epoch 2", failover(replaced("b"), "b", ORDER));
        assertTold(false, "this order failed: b is the primary of epoch 2", failover(replaced("c"), "c", ORDER));
    }

    private static GroupState replaced(@Nullable String target) {
        var reign = new Reign(2, new UUID(0, 9), 2, LSN);
        return evolve(
                steady(),
                new GroupEvent.FailoverStarted(
                        2, RuleId.ORDER_ACCEPTED, "a", Reason.ORDERED, List.of(), "b", 2_000_000, target, ORDER),
                new GroupEvent.PromotionAuthorized(
                        2,
                        RuleId.PROMOTION_AUTHORIZED,
                        "b",
                        LSN,
                        SyncSet.of(1, List.of("c")),
                        reign.uuid(),
                        1,
                        REIGN,
                        new Ranking("b", List.of()),
                        List.of()),
                new GroupEvent.PrimaryEstablished(2, RuleId.ESTABLISHED, "b", reign, LSN, new TreeSet<>(), "7"));
    }

    @Test
    @DisplayName("the last 64 orders are remembered")
    void rememberedOrders() {
        GroupState state = steady();
        for (int i = 0; i < 65; i++) {
            state = evolve(
                    state,
                    new GroupEvent.OperationFinished(1, RuleId.ORDER_FINISHED, new UUID(5, i), false, "no " + i));
        }
        assertEquals(64, state.finished().size());
        assertFalse(switchover(state, "b", 0, new UUID(5, 0)).events().isEmpty());
        assertTold(false, "this order failed: no 1", switchover(state, "b", 0, new UUID(5, 1)));
    }

    @Test
    @DisplayName(
            "a pause whose answer was lost, sent again under its id after a resume, is told that it is done and pauses nothing")
    void pausedAgain() {
        GroupState paused =
                evolve(steady(), mode(steady(), Mode.PAUSED, ORDER).events().getFirst());
        assertEquals(Mode.PAUSED, paused.mode());
        assertTold(true, "this order is done: the mode became PAUSED", mode(paused, Mode.PAUSED, ORDER));
        UUID second = new UUID(0, 3);
        GroupState resumed =
                evolve(paused, mode(paused, Mode.AUTO, second).events().getFirst());
        assertTold(true, "this order is done: the mode became PAUSED", mode(resumed, Mode.PAUSED, ORDER));
        assertTold(true, "this order is done: the mode became AUTO", mode(resumed, Mode.AUTO, second));
        assertEquals(1, mode(resumed, Mode.PAUSED, new UUID(0, 4)).events().size(), "another id is another order");
    }

    @Test
    @DisplayName("a pause does not end the switchover that runs, and one of an older version names no order")
    void pausedMeanwhile() {
        GroupState running =
                evolve(steady(), new GroupEvent.SwitchoverOrdered(1, RuleId.ORDER_ACCEPTED, ORDER, "eve", "a", "b"));
        GroupState paused = evolve(
                running, mode(running, Mode.PAUSED, new UUID(0, 3)).events().getFirst());
        assertEquals(running.operation(), paused.operation());
        GroupState old = evolve(
                steady(), new GroupEvent.ModeChanged(1, RuleId.ORDER_ACCEPTED, null, Mode.PAUSED, "eve", "as it was"));
        assertEquals(List.of(), old.finished());
        assertTrue(mode(old, Mode.AUTO, ORDER).accepted());
    }

    private static Decision mode(GroupState state, Mode mode, UUID operation) {
        return GroupDecider.decide(state, new OrderMode(NOW, operation, mode, "eve", "new switches"));
    }

    @Test
    @DisplayName("a resume of what is not paused is refused: it runs already")
    void resumedAlready() {
        assertRefused(RuleId.ORDER_ALREADY, mode(steady(), Mode.AUTO, ORDER));
    }

    private static void assertTold(boolean accepted, String why, Decision decision) {
        assertEquals(accepted, decision.accepted());
        assertEquals(RuleId.ORDER_FINISHED, decision.rule());
        assertEquals(why, decision.why());
        assertEquals(List.of(), decision.events());
    }

    private static Decision failover(GroupState state, @Nullable String target, UUID operation) {
        return GroupDecider.decide(
                state, new OrderFailover(NOW, operation, "eve", target, new TreeSet<>(List.of("b", "c"))));
    }

    private static void assertRefused(RuleId rule, Decision decision) {
        assertFalse(decision.accepted(), decision.why());
        assertEquals(rule, decision.rule());
        var recorded = assertInstanceOf(
                GroupEvent.OrderRefused.class, decision.events().getFirst());
        assertEquals(rule, recorded.rule());
        assertEquals(decision.why(), recorded.why());
        assertEquals("eve", recorded.actor());
    }
}
