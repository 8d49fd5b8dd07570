package io.interrex.cluster.group;

import static io.interrex.cluster.group.Facts.names;
import static io.interrex.cluster.group.Facts.reign;
import static io.interrex.cluster.group.Facts.syncSet;
import static io.interrex.cluster.group.Groups.STAMP;
import static io.interrex.cluster.group.Groups.after;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.GroupCommand.OrderReinit;
import io.interrex.cluster.group.GroupCommand.ReportJoined;
import io.interrex.cluster.group.GroupCommand.ReportStuck;
import io.interrex.cluster.group.GroupCommand.ReviseSyncSet;
import io.interrex.cluster.group.GroupEvent.OperationFinished;
import io.interrex.cluster.group.GroupEvent.OrderRefused;
import io.interrex.cluster.group.GroupEvent.RebuildMethod;
import io.interrex.cluster.group.GroupEvent.RebuildStarted;
import io.interrex.cluster.group.GroupEvent.ReinitOrdered;
import io.interrex.cluster.group.GroupEvent.SyncSetIntended;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Given a, the primary, with members b, c and d; when a person lets one be copied anew. */
@DisplayName("A member that a person lets copy anew")
class ReinitTest {

    private static final UUID ORDER = new UUID(7, 7);

    private static Decision order(GroupState state, String member) {
        return order(state, member, ORDER);
    }

    private static Decision order(GroupState state, String member, UUID operation) {
        return GroupDecider.decide(state, new OrderReinit(STAMP, operation, "eve", member));
    }

    static GroupState ordered(GroupState state, String member) {
        return after(state, order(state, member).events().toArray(GroupEvent[]::new));
    }

    private static GroupState copying(GroupState state, String member) {
        return after(
                ordered(state, member),
                new RebuildStarted(1, RuleId.REBUILD_STARTED, member, RebuildMethod.CLONE, "a person ordered it"));
    }

    @ParameterizedTest(name = "commits wait for {0}: {1} => {2}")
    @CsvSource({
        "1 b c, c, ORDER_ACCEPTED",
        "1 b c, d, ORDER_ACCEPTED",
        "1 b, c,   ORDER_ACCEPTED",
        "1 b, b,   ORDER_KEEPS_COPIES",
        "none, c,  ORDER_KEEPS_COPIES",
        "1 b c, a, ORDER_SELF",
        "1 b c, x, ORDER_UNKNOWN_MEMBER"
    })
    @DisplayName("is one that commits can do without, and no other; a refusal is recorded")
    void decided(String rule, String member, RuleId expected) {
        Decision decision = order(Groups.steady(Groups.SETTINGS, Groups.members(), rule), member);
        assertEquals(expected, decision.rule(), decision.why());
        assertEquals(expected == RuleId.ORDER_ACCEPTED, decision.accepted());
        Class<?> event = decision.accepted() ? ReinitOrdered.class : OrderRefused.class;
        assertInstanceOf(event, decision.events().getFirst());
    }

    @Test
    @DisplayName("is not one of a configuration that is being changed and needs it")
    void intended() {
        GroupState shrinking = Groups.intending(Groups.steady(), "1 c");
        assertEquals(RuleId.ORDER_KEEPS_COPIES, order(shrinking, "c").rule());
        assertTrue(order(shrinking, "b").accepted());
    }

    @Test
    @DisplayName("is not ordered during a failover or a switchover")
    void busy() {
        assertEquals(
                RuleId.ORDER_BUSY, order(Groups.started(Groups.steady()), "c").rule());
        assertEquals(
                RuleId.ORDER_BUSY,
                order(Groups.switchingOver(Groups.steady(), "b"), "c").rule());
    }

    @Test
    @DisplayName("is ordered once: the same order again is told that it runs, another is refused")
    void once() {
        GroupState state = ordered(Groups.steady(), "c");
        assertTrue(order(state, "c").accepted());
        assertTrue(order(state, "c").events().isEmpty());
        assertEquals(RuleId.ORDER_ALREADY, order(state, "c", new UUID(8, 8)).rule());
    }

    @Test
    @DisplayName("leaves the synchronous set, with the reason, and does not come back before it is whole")
    void leaves() {
        GroupState state = ordered(Groups.steady(), "c");
        Decision decision = GroupDecider.decide(state, new ReviseSyncSet(STAMP, 1, names("d"), names("")));
        var change = assertInstanceOf(SyncSetIntended.class, decision.events().getFirst());
        assertEquals(syncSet("1 b d"), change.to());
        assertEquals("c is to be copied anew", change.why());
        GroupState left = Groups.steady(Groups.SETTINGS, Groups.members(), "1 b");
        assertEquals(
                RuleId.ORDER_ALREADY,
                GroupDecider.decide(ordered(left, "c"), new ReviseSyncSet(STAMP, 1, names("c"), names("")))
                        .rule());
    }

    @Test
    @DisplayName("counts again while too few others do: the last of them went away before the copy began")
    void counts() {
        GroupState alone = after(
                ordered(Groups.steady(), "c"),
                new SyncSetIntended(1, RuleId.SYNC_SET_SHRUNK, syncSet("1 b c"), syncSet("none"), "b is gone"),
                new GroupEvent.SyncSetApplied(1, RuleId.SYNC_SET_APPLIED, syncSet("none"), new Lsn(30), names("")));
        assertTrue(GroupDecider.decide(alone, new ReviseSyncSet(STAMP, 1, names("c"), names("")))
                .accepted());
    }

    @Test
    @DisplayName("ends its order when the copy streams, and the order sent again is told so")
    void done() {
        GroupState state = copying(Groups.steady(), "d");
        Decision joined = GroupDecider.decide(state, new ReportJoined(STAMP, 1, "d", new Lsn(40)));
        var end = assertInstanceOf(OperationFinished.class, joined.events().getLast());
        assertTrue(end.succeeded());
        assertEquals(ORDER, end.operation());
        GroupState whole = after(state, joined.events().toArray(GroupEvent[]::new));
        assertTrue(whole.reinits().isEmpty());
        assertEquals(RuleId.ORDER_FINISHED, order(whole, "d").rule());
        assertTrue(order(whole, "d").events().isEmpty());
    }

    @Test
    @DisplayName("that joins by other means than the copy, still is to be copied")
    void joinedBefore() {
        GroupState state = after(
                ordered(Groups.steady(), "d"),
                new RebuildStarted(1, RuleId.REBUILD_STARTED, "d", RebuildMethod.REWIND, "diverged"));
        Decision joined = GroupDecider.decide(state, new ReportJoined(STAMP, 1, "d", new Lsn(40)));
        assertEquals(1, joined.events().size());
        assertEquals(
                ORDER,
                after(state, joined.events().toArray(GroupEvent[]::new))
                        .reinits()
                        .get("d"));
    }

    @Test
    @DisplayName("ends its order without success when it is stuck, becomes the primary, or is a member no more")
    void failed() {
        GroupState state = copying(Groups.steady(), "d");
        Decision stuck = GroupDecider.decide(state, new ReportStuck(STAMP, 1, "d", "no space"));
        var end = assertInstanceOf(OperationFinished.class, stuck.events().getLast());
        assertFalse(end.succeeded());
        assertFalse(order(after(state, end), "d").accepted());

        GroupState next = Groups.authorized(Groups.started(ordered(Groups.steady(), "b")), "b", 90, "1 c", 1);
        Decision established = GroupDecider.decide(
                next, new GroupCommand.ReportEstablished(STAMP, 2, "b", reign(2, 90), new Lsn(100), names("c"), "7"));
        GroupState primary = after(next, established.events().toArray(GroupEvent[]::new));
        assertTrue(primary.reinits().isEmpty());
        assertEquals(
                "this order failed: it became the primary", order(primary, "b").why());

        GroupState ordered = ordered(Groups.steady(), "d");
        Decision fewer = GroupDecider.decide(
                ordered,
                new GroupCommand.RecordSettings(
                        STAMP,
                        "tester",
                        null,
                        Groups.SETTINGS,
                        List.of(Groups.member("a"), Groups.member("b"), Groups.member("c")),
                        List.of()));
        GroupState without = after(ordered, fewer.events().toArray(GroupEvent[]::new));
        assertTrue(without.reinits().isEmpty());
        assertEquals(
                "this order failed: it is no member any more",
                order(without, "d").why());
    }

    @Test
    @DisplayName("stays where it is the last, though it was asked while another was there (the decision looks again)")
    void lastOne() {
        GroupState alone = after(
                ordered(Groups.steady(), "c"),
                new SyncSetIntended(1, RuleId.SYNC_SET_SHRUNK, syncSet("1 b c"), syncSet("1 c"), "b is gone"),
                new GroupEvent.SyncSetApplied(1, RuleId.SYNC_SET_APPLIED, syncSet("1 c"), new Lsn(30), names("c")));
        assertFalse(GroupDecider.decide(alone, new ReviseSyncSet(STAMP, 1, names(""), names("")))
                .accepted());
        Decision exchanged = GroupDecider.decide(alone, new ReviseSyncSet(STAMP, 1, names("d"), names("")));
        assertEquals(
                syncSet("1 d"),
                assertInstanceOf(SyncSetIntended.class, exchanged.events().getFirst())
                        .to());
    }

    @Test
    @DisplayName("does not end a switchover that runs when its order ends")
    void switchover() {
        GroupState state = Groups.switchingOver(copying(Groups.steady(), "d"), "b");
        Decision joined = GroupDecider.decide(state, new ReportJoined(STAMP, 1, "d", new Lsn(40)));
        GroupState whole = after(state, joined.events().toArray(GroupEvent[]::new));
        assertEquals(
                Groups.ORDER,
                whole.operation() == null ? null : whole.operation().id());
    }
}
