package io.interrex.cluster.group;

import static io.interrex.cluster.group.Facts.evidence;
import static io.interrex.cluster.group.Facts.names;
import static io.interrex.cluster.group.Facts.syncSet;
import static io.interrex.cluster.group.Facts.uuid;
import static io.interrex.cluster.group.Groups.STAMP;
import static io.interrex.cluster.group.Groups.after;
import static io.interrex.cluster.group.Groups.authorize;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.GroupCommand.EndMaintenance;
import io.interrex.cluster.group.GroupCommand.ExpireMaintenance;
import io.interrex.cluster.group.GroupCommand.OrderMaintenance;
import io.interrex.cluster.group.GroupCommand.ReviseSyncSet;
import io.interrex.cluster.group.GroupCommand.StandbyLag;
import io.interrex.cluster.group.GroupEvent.OrderRefused;
import io.interrex.cluster.group.GroupEvent.PromotionAuthorized;
import io.interrex.cluster.group.GroupEvent.RebuildMethod;
import io.interrex.cluster.group.GroupEvent.SyncSetIntended;
import io.interrex.cluster.group.MaintenanceEvent.MaintenanceBegun;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Given a, the primary, with members b, c and d. */
@DisplayName("A member in maintenance")
public class MaintenanceTest {

    private static final UUID ORDER = new UUID(7, 7);
    private static final long UNTIL_MS = Groups.NOW_MS + 60_000;

    static OrderMaintenance order(String member, UUID operation) {
        return new OrderMaintenance(STAMP, operation, "eve", member, "new disks", UNTIL_MS);
    }

    private static Decision decide(GroupState state, GroupCommand command) {
        return GroupDecider.decide(state, command);
    }

    public static GroupState alone(GroupState state, String member) {
        return after(
                state,
                new MaintenanceBegun(
                        state.epoch(), RuleId.MAINTENANCE_BEGUN, ORDER, "eve", member, "new disks", UNTIL_MS));
    }

    private static GroupState over(GroupState state, GroupCommand command) {
        return after(state, decide(state, command).events().toArray(GroupEvent[]::new));
    }

    /** One situation for each rule. */
    static void examples(RuleCases cases) {
        GroupState steady = Groups.steady();
        GroupState alone = alone(steady, "c");
        GroupState few = Groups.steady(Groups.SETTINGS, Groups.members(), "1 c");
        cases.when(RuleId.MAINTENANCE_BEGUN, steady, order("c", ORDER), "accepted: MaintenanceBegun");
        cases.when(RuleId.MAINTENANCE_PRIMARY, steady, order("a", ORDER), "refused: OrderRefused");
        cases.when(RuleId.MAINTENANCE_KEEPS_COPIES, few, order("c", ORDER), "refused: OrderRefused");
        var end = new EndMaintenance(STAMP, ORDER, "eve", "c");
        cases.when(RuleId.MAINTENANCE_ENDED, alone, end, "accepted: MaintenanceEnded");
        cases.when(RuleId.MAINTENANCE_NONE, steady, end, "refused: OrderRefused");
        var expired = new ExpireMaintenance(new GroupCommand.Stamp("b", UNTIL_MS), "c");
        cases.when(RuleId.MAINTENANCE_EXPIRED, alone, expired, "accepted: MaintenanceEnded");
        var switchover =
                new GroupCommand.OrderSwitchover(STAMP, ORDER, "eve", "c", List.of(new StandbyLag("c", 0)), false);
        cases.when(RuleId.IN_MAINTENANCE, alone, switchover, "refused: OrderRefused");
        var election = new GroupCommand.AuthorizePromotion(
                Groups.PAST_GRACE, 2, evidence("b:90 c:90 d:90 a:none", 2), uuid(2), Lsn.ZERO);
        cases.when(RuleId.CANDIDATE_MAINTENANCE, Groups.started(alone), election, "accepted: PromotionAuthorized");
    }

    @ParameterizedTest(name = "commits wait for {0}, k = {1}: {2} => {3}")
    @CsvSource({
        "1 b c, 1, c, MAINTENANCE_BEGUN",
        "1 b c, 1, d, MAINTENANCE_BEGUN",
        "1 b,   1, c, MAINTENANCE_BEGUN",
        "none,  1, c, MAINTENANCE_BEGUN",
        "1 b,   1, b, MAINTENANCE_KEEPS_COPIES",
        "1 b c, 2, c, MAINTENANCE_KEEPS_COPIES",
        "2 b c d, 2, c, MAINTENANCE_BEGUN",
        "1 b c, 1, a, MAINTENANCE_PRIMARY",
        "1 b c, 1, x, ORDER_UNKNOWN_MEMBER"
    })
    @DisplayName("is one that commits can do without, and no other; a refusal is recorded, with the way out")
    void decided(String rule, int k, String member, RuleId expected) {
        Decision decision = decide(Groups.steady(Groups.copies(k), Groups.members(), rule), order(member, ORDER));
        assertEquals(expected, decision.rule(), decision.why());
        assertEquals(expected == RuleId.MAINTENANCE_BEGUN, decision.accepted());
        Class<?> event = decision.accepted() ? MaintenanceBegun.class : OrderRefused.class;
        assertInstanceOf(event, decision.events().getFirst());
        assertEquals(
                expected == RuleId.MAINTENANCE_PRIMARY, decision.why().contains("interrex switchover"), decision.why());
    }

    @Test
    @DisplayName("is not one of a configuration that is being changed and needs it, nor while something else runs")
    void busy() {
        assertEquals(
                RuleId.MAINTENANCE_KEEPS_COPIES,
                decide(Groups.intending(Groups.steady(), "1 c"), order("c", ORDER))
                        .rule());
        assertEquals(
                RuleId.MAINTENANCE_KEEPS_COPIES,
                decide(alone(Groups.steady(), "b"), order("c", ORDER)).rule(),
                "b is in the set yet, and leaves it");
        assertEquals(
                RuleId.MAINTENANCE_KEEPS_COPIES,
                decide(ReinitTest.ordered(Groups.steady(), "b"), order("c", ORDER))
                        .rule(),
                "b is in the set yet, and is to be copied");
        assertEquals(
                RuleId.ORDER_KEEPS_COPIES,
                decide(alone(Groups.steady(), "b"), new GroupCommand.OrderReinit(STAMP, ORDER, "eve", "c"))
                        .rule());
        for (GroupState state : List.of(
                Groups.started(Groups.steady()),
                Groups.switchingOver(Groups.steady(), "b"),
                after(
                        Groups.steady(),
                        new GroupEvent.RebuildStarted(
                                1, RuleId.REBUILD_STARTED, "c", RebuildMethod.CLONE, "no data")))) {
            assertEquals(RuleId.ORDER_BUSY, decide(state, order("c", ORDER)).rule());
        }
    }

    @Test
    @DisplayName("stays so when the order is sent again, longer when another is given, and is done when it is over")
    void again() {
        GroupState state = alone(Groups.steady(), "c");
        Decision again = decide(state, order("c", ORDER));
        assertTrue(again.accepted() && again.events().isEmpty());
        var longer = new OrderMaintenance(STAMP, new UUID(7, 8), "eve", "c", "more disks", UNTIL_MS + 1);
        GroupState prolonged = over(state, longer);
        assertEquals(
                new Maintenance(new UUID(7, 8), "eve", "more disks", UNTIL_MS + 1),
                prolonged.upkeep().maintenance().get("c"));
        GroupState done = over(state, new EndMaintenance(STAMP, new UUID(7, 9), "eve", "c"));
        assertFalse(done.upkeep().isInMaintenance("c"));
        Decision late = decide(done, order("c", ORDER));
        assertEquals(RuleId.ORDER_FINISHED, late.rule());
        assertTrue(late.accepted() && late.events().isEmpty(), "it does not begin again");
        assertEquals(
                RuleId.MAINTENANCE_NONE,
                decide(done, new EndMaintenance(STAMP, new UUID(7, 10), "eve", "c"))
                        .rule());
    }

    @ParameterizedTest(name = "{0} ms after its time => {1}")
    @CsvSource({"-1, false", "0, true", "5000, true"})
    @DisplayName("is one like any other again at its time, also while a failover runs")
    void expires(long afterMs, boolean over) {
        var stamp = new GroupCommand.Stamp("b", UNTIL_MS + afterMs);
        for (GroupState state : List.of(Groups.steady(), Groups.started(Groups.steady()))) {
            GroupState next = over(alone(state, "c"), new ExpireMaintenance(stamp, "c"));
            assertEquals(over, !next.upkeep().isInMaintenance("c"));
        }
    }

    @Test
    @DisplayName("leaves the synchronous set, and does not come back into it before it is over")
    void synchronousSet() {
        GroupState state = alone(Groups.steady(), "c");
        var intended = assertInstanceOf(
                SyncSetIntended.class,
                decide(state, new ReviseSyncSet(STAMP, 1, names(""), names("")))
                        .events()
                        .getFirst());
        assertEquals(syncSet("1 b"), intended.to());
        assertTrue(intended.why().contains("c is in maintenance"), intended.why());
        GroupState without = alone(Groups.steady(Groups.SETTINGS, Groups.members(), "1 b"), "c");
        var caughtUp = new ReviseSyncSet(STAMP, 1, names("c"), names(""));
        assertFalse(decide(without, caughtUp).accepted());
        assertFalse(decide(alone(Groups.degraded(), "c"), caughtUp).accepted());
        assertTrue(decide(over(without, new EndMaintenance(STAMP, new UUID(7, 9), "eve", "c")), caughtUp)
                .accepted());
    }

    @Test
    @DisplayName("that is waited for yet, is not stopped before it is not: the order says so")
    void waitedForYet() {
        assertTrue(decide(Groups.steady(), order("c", ORDER)).why().contains("leave its server running until then"));
        assertFalse(decide(Groups.steady(), order("d", ORDER)).why().contains("leave its server running"));
    }

    @Test
    @DisplayName("leaves the synchronous set before others who are to go, whose server its owner stops")
    void leavesFirst() {
        GroupState state = ReinitTest.ordered(alone(Groups.steady(), "c"), "b");
        var intended = assertInstanceOf(
                SyncSetIntended.class,
                decide(state, new ReviseSyncSet(STAMP, 1, names(""), names("")))
                        .events()
                        .getFirst());
        assertEquals(syncSet("1 b"), intended.to());
    }

    @Test
    @DisplayName("is waited for on, where it has not left and the others were lost")
    void lastCopy() {
        GroupState state = alone(Groups.steady(), "c");
        var intended = assertInstanceOf(
                SyncSetIntended.class,
                decide(state, new ReviseSyncSet(STAMP, 1, names(""), names("b")))
                        .events()
                        .getFirst());
        assertEquals(syncSet("1 c"), intended.to());
    }

    @Test
    @DisplayName("is not promoted, nor waited for in the next reign, though it holds as much")
    void election() {
        GroupState state = Groups.started(alone(Groups.steady(Groups.SETTINGS, Groups.members(), "1 b"), "c"));
        PromotionAuthorized authorized = authorized(authorize(state, "b:90 c:95 d:90 a:none"));
        assertEquals("b", authorized.candidate());
        assertEquals(syncSet("1 d"), authorized.syncSet());
        assertTrue(authorized.ranking().entries().stream()
                .anyMatch(entry -> entry.member().equals("c") && entry.excludedBy() == RuleId.CANDIDATE_MAINTENANCE));
        assertTrue(authorize(Groups.started(alone(Groups.steady(), "c")), "b:90 c:95 d:90 a:none").events().stream()
                .noneMatch(PromotionAuthorized.class::isInstance));
    }

    @Test
    @DisplayName("proves nothing of a primary that stopped cleanly: who is behind it is not promoted, the primary is")
    void provesNothing() {
        GroupState degraded = Groups.started(alone(Groups.degraded(), "b"));
        assertEquals(
                "a", authorized(authorize(degraded, "b:90 c:80 a:stopped:90")).candidate());
        GroupState usual = Groups.started(Groups.degraded());
        assertEquals("b", authorized(authorize(usual, "b:90 c:80 a:stopped:90")).candidate());
    }

    private static PromotionAuthorized authorized(Decision decision) {
        return decision.events().stream()
                .filter(PromotionAuthorized.class::isInstance)
                .map(PromotionAuthorized.class::cast)
                .findFirst()
                .orElseThrow(() -> new AssertionError(decision.why()));
    }

    @Test
    @DisplayName("counts as lost in an asynchronous group, where it is ahead of the others")
    void asynchronous() {
        GroupState state = after(
                alone(Groups.steady(Groups.asynchronous(100), Groups.members(), "none"), "c"),
                new GroupEvent.DurabilityChanged(
                        1, RuleId.DURABILITY_DEGRADED, GroupEvent.Durability.ASYNC, "the group is asynchronous"));
        assertEquals(
                "b",
                authorized(authorize(Groups.started(state), "b:90 c:190 a:none"))
                        .candidate());
        Decision held = authorize(Groups.started(state), "b:90 c:191 a:none");
        assertEquals(RuleId.PROMOTION_LAG_OVER_CAP, held.rule(), held.why());
        assertTrue(held.why().contains("c is ahead") && held.why().contains("--end"), held.why());
        assertEquals(
                RuleId.FAILOVER_BY_MAJORITY,
                Groups.start(state, Reason.LEASE_SILENT, "b~1900 c~1900", "b c").rule());
        assertFalse(
                Groups.start(state, Reason.LEASE_SILENT, "b~1900 c~1900", "c").accepted(),
                "nobody who may take over is in reach");
    }

    @Test
    @DisplayName("is the target of no other order, and a switchover without a target passes it by")
    void otherOrders() {
        GroupState state = alone(Groups.steady(), "c");
        var lags = List.of(new StandbyLag("b", 10), new StandbyLag("c", 0));
        List<GroupCommand> orders = List.of(
                new GroupCommand.OrderSwitchover(STAMP, ORDER, "eve", "c", lags, false),
                new GroupCommand.OrderFailover(STAMP, ORDER, "eve", "c", names("b c")),
                new GroupCommand.OrderReinit(STAMP, ORDER, "eve", "c"),
                RestartTest.one("c", "a c", false));
        for (GroupCommand order : orders) {
            Decision decision = decide(state, order);
            assertEquals(RuleId.IN_MAINTENANCE, decision.rule(), order.toString());
            assertTrue(decision.why().contains("interrex maintenance c --end"), decision.why());
        }
        var forced = new GroupCommand.OrderForcePromotion(
                STAMP, ORDER, "eve", "must", "main", 1, "c", List.of(), names("c"));
        assertEquals(RuleId.IN_MAINTENANCE, decide(state, forced).rule());
        Decision best = decide(state, new GroupCommand.OrderSwitchover(STAMP, ORDER, "eve", null, lags, false));
        assertEquals("b", ((GroupEvent.SwitchoverOrdered) best.events().getFirst()).target());
        Decision counted = decide(state, RestartTest.all("a b c", false, false));
        assertEquals(RuleId.ORDER_KEEPS_COPIES, counted.rule(), "commits could wait for c only while b is restarted");
        GroupState left = alone(Groups.steady(Groups.SETTINGS, Groups.members(), "1 b d"), "c");
        Decision restart = decide(left, RestartTest.all("a b c", false, false));
        assertTrue(((GroupEvent.RestartOrdered) restart.events().getFirst())
                .runs().stream().noneMatch(run -> run.member().equals("c")));
    }

    @Test
    @DisplayName("may be down, low on disk and stuck without a word, and that it is well again is told")
    void silent() {
        GroupState state = alone(Groups.steady(), "c");
        List<GroupCommand> silent = List.of(
                new GroupCommand.ReportMemberHealth(STAMP, "c", false, "it is down"),
                new GroupCommand.ReportGreyFailure(STAMP, "c", Troubles.GreyFailure.REPLAY_STALLED, true, "stands"),
                new GroupCommand.StartRebuild(STAMP, 1, "c", RebuildMethod.CLONE, "no data"),
                new GroupCommand.ReportStuck(STAMP, 1, "c", "foreign"));
        for (GroupCommand report : silent) {
            Decision decision = decide(state, report);
            assertFalse(decision.accepted(), report.toString());
            assertEquals(List.of(), decision.events());
            assertTrue(decide(Groups.steady(), report).accepted(), report.toString());
        }
        GroupState down = alone(
                after(
                        Groups.steady(),
                        new GroupEvent.MemberHealthChanged(1, RuleId.MEMBER_UNHEALTHY, "c", false, "b", "silent")),
                "c");
        assertTrue(decide(down, new GroupCommand.ReportMemberHealth(STAMP, "c", true, "it answers"))
                .accepted());
    }

    @Test
    @DisplayName("who is no member any more is not in maintenance")
    void removed() {
        GroupState state = after(
                alone(Groups.steady(), "d"),
                new GroupEvent.SettingsRecorded(
                        1,
                        RuleId.SETTINGS_RECORDED,
                        Groups.SETTINGS,
                        List.of(Groups.member("a"), Groups.member("b"), Groups.member("c"))));
        assertNull(state.upkeep().maintenance().get("d"));
    }
}
