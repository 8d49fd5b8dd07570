package io.interrex.cluster.group;

import static io.interrex.cluster.group.Facts.names;
import static io.interrex.cluster.group.Facts.syncSet;
import static io.interrex.cluster.group.Groups.NOW_MS;
import static io.interrex.cluster.group.Groups.after;
import static io.interrex.cluster.group.Groups.steady;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.GroupCommand.BeginScheduled;
import io.interrex.cluster.group.GroupCommand.CancelScheduled;
import io.interrex.cluster.group.GroupCommand.ScheduleSwitchover;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupCommand.StandbyLag;
import io.interrex.cluster.group.GroupEvent.OrderRefused;
import io.interrex.cluster.group.GroupEvent.SwitchoverOrdered;
import io.interrex.cluster.group.GroupEvent.SwitchoverScheduleEnded;
import io.interrex.cluster.group.GroupEvent.SwitchoverScheduleHeld;
import io.interrex.cluster.group.GroupEvent.SwitchoverScheduled;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Given primary a, commits that wait for b or c, and 1000 s o'clock; the switchover is for 1060 s, and may begin until 1360 s. */
@DisplayName("A scheduled switchover")
class ScheduledSwitchoverTest {

    static final UUID ID = new UUID(9, 80);
    private static final UUID OTHER = new UUID(9, 81);
    private static final long AT_MS = NOW_MS + 60_000;
    private static final long UNTIL_MS = AT_MS + 300_000;
    private static final String WELL = "b c d";

    static GroupCommand order(UUID id, @Nullable String target, long inMs, long withinMs) {
        long atMs = NOW_MS + inMs;
        return new ScheduleSwitchover(Groups.STAMP, id, "eve", target, atMs, atMs + withinMs, false);
    }

    static GroupState scheduled(GroupState state, @Nullable String target) {
        return decided(state, order(ID, target, 60_000, 300_000));
    }

    /** @param streaming standbys that stream, without lag */
    static GroupCommand begin(GroupState state, long atMs, String streaming) {
        List<StandbyLag> lags = Stream.of(streaming.split(" "))
                .filter(member -> !member.isEmpty())
                .map(member -> new StandbyLag(member, 0))
                .toList();
        return new BeginScheduled(new Stamp("c", atMs), state.epoch(), lags);
    }

    /** b took over, in epoch 2. */
    static GroupState failedOver(GroupState state) {
        return after(
                Groups.authorized(Groups.started(state), "b", 90, "1 a c", 1),
                new GroupEvent.PrimaryEstablished(
                        2, RuleId.ESTABLISHED, "b", Facts.reign(2, 90), new Lsn(100), names("c"), "7"));
    }

    private static GroupState decided(GroupState state, GroupCommand command) {
        return after(state, GroupDecider.decide(state, command).events().toArray(GroupEvent[]::new));
    }

    private static <T extends GroupEvent> T only(Decision decision, Class<T> type) {
        assertEquals(1, decision.events().size(), decision.toString());
        return assertInstanceOf(type, decision.events().getFirst());
    }

    @ParameterizedTest(name = "in {0} ms, until {1} ms later => {2}")
    @CsvSource({
        "1,          1,        ORDER_ACCEPTED",
        "2592000000, 86400000, ORDER_ACCEPTED",
        "0,          300000,   SCHEDULE_TIME",
        "-1,         300000,   SCHEDULE_TIME",
        "2592000001, 300000,   SCHEDULE_TIME",
        "60000,      0,        SCHEDULE_TIME",
        "60000,      86400001, SCHEDULE_TIME"
    })
    @DisplayName("is for a time that is to come, at most 30 days ahead, and begins at most a day after it")
    void times(long inMs, long withinMs, RuleId rule) {
        Decision decision = GroupDecider.decide(steady(), order(ID, "b", inMs, withinMs));
        assertEquals(rule, decision.rule(), decision.why());
        assertEquals(rule == RuleId.ORDER_ACCEPTED, decision.accepted());
    }

    @Test
    @DisplayName("names a member that is not the primary, or nobody")
    void targets() {
        assertEquals(
                RuleId.ORDER_UNKNOWN_MEMBER,
                GroupDecider.decide(steady(), order(ID, "x", 1000, 1000)).rule());
        assertEquals(
                RuleId.ORDER_SELF,
                GroupDecider.decide(steady(), order(ID, "a", 1000, 1000)).rule());
        assertTrue(GroupDecider.decide(steady(), order(ID, null, 1000, 1000)).accepted());
    }

    @Test
    @DisplayName("is the only one: the same order again is taken, another is refused with what is there")
    void onlyOne() {
        GroupState group = scheduled(steady(), "b");
        Decision again = GroupDecider.decide(group, order(ID, "b", 60_000, 300_000));
        assertTrue(again.accepted() && again.events().isEmpty(), again.toString());
        Decision second = GroupDecider.decide(group, order(OTHER, "c", 120_000, 300_000));
        assertEquals(RuleId.SCHEDULE_TAKEN, second.rule());
        String why = only(second, OrderRefused.class).why();
        assertTrue(why.contains("a switchover to b at 1970-01-01T00:17:40Z (until 1970-01-01T00:22:40Z), by eve"), why);
    }

    @Test
    @DisplayName("does not begin before its time")
    void tooEarly() {
        GroupState group = scheduled(steady(), "b");
        Decision early = GroupDecider.decide(group, begin(group, AT_MS - 1, WELL));
        assertFalse(early.accepted());
        assertEquals(List.of(), early.events());
    }

    @ParameterizedTest(name = "to {0} => to {1}")
    @CsvSource(
            value = {"c, c", "-, b"},
            nullValues = "-")
    @DisplayName(
            "begins at its time, under its own id, with the best standby where none is named; then it is none any more")
    void begins(@Nullable String target, String taken) {
        GroupState group = scheduled(steady(), target);
        Decision decision = GroupDecider.decide(group, begin(group, AT_MS, WELL));
        assertEquals(
                new SwitchoverOrdered(1, RuleId.SCHEDULE_DUE, ID, "eve", "a", taken),
                only(decision, SwitchoverOrdered.class));
        GroupState next = decided(group, begin(group, AT_MS, WELL));
        assertNull(next.upkeep().scheduled());
        GroupState.Operation operation = next.operation();
        assertEquals(ID, assertNotNullOf(operation).id());
        Decision again = GroupDecider.decide(next, order(ID, target, 60_000, 300_000));
        assertTrue(again.accepted() && again.events().isEmpty(), again.toString());
        assertEquals(
                List.of(), GroupDecider.decide(next, begin(next, AT_MS, WELL)).events());
    }

    private static <T> T assertNotNullOf(@Nullable T value) {
        assertNotNull(value);
        return value;
    }

    @Test
    @DisplayName("goes in a pause as one by hand does")
    void inAPause() {
        GroupState paused = after(
                scheduled(steady(), "b"),
                new GroupEvent.ModeChanged(1, RuleId.ORDER_ACCEPTED, OTHER, Mode.PAUSED, "eve", "switches"));
        only(GroupDecider.decide(paused, begin(paused, AT_MS, WELL)), SwitchoverOrdered.class);
    }

    @Test
    @DisplayName("is held by what would refuse it by hand, told once for each rule, and begins when that is over")
    void held() {
        GroupState group = scheduled(steady(), "b");
        Decision first = GroupDecider.decide(group, begin(group, AT_MS, "c"));
        assertFalse(first.accepted());
        assertEquals(
                new SwitchoverScheduleHeld(
                        1, RuleId.SCHEDULE_HELD, ID, RuleId.ORDER_LAGGING, "b does not stream from the primary"),
                only(first, SwitchoverScheduleHeld.class));
        GroupState told = decided(group, begin(group, AT_MS, "c"));
        assertEquals(
                List.of(),
                GroupDecider.decide(told, begin(told, AT_MS + 1000, "")).events());
        GroupState without = after(
                told,
                new GroupEvent.SyncSetIntended(
                        1, RuleId.SYNC_SET_SHRUNK, told.syncSet(), syncSet("1 c"), "b is silent"),
                new GroupEvent.SyncSetApplied(
                        1, RuleId.SYNC_SET_APPLIED, syncSet("1 c"), told.barrierLsn(), names("c")));
        Decision other = GroupDecider.decide(without, begin(without, AT_MS + 2000, WELL));
        assertEquals(
                RuleId.ORDER_NOT_SYNC, only(other, SwitchoverScheduleHeld.class).by());
        only(GroupDecider.decide(told, begin(told, UNTIL_MS - 1, WELL)), SwitchoverOrdered.class);
    }

    @Test
    @DisplayName("ends when it could not begin in its time, with the last reason, and the order is told so")
    void expires() {
        GroupState group = scheduled(steady(), "b");
        Decision unheard = GroupDecider.decide(group, begin(group, UNTIL_MS, WELL));
        assertEquals(
                "it could not begin until 1970-01-01T00:22:40Z: no supervisor could propose it in time",
                only(unheard, SwitchoverScheduleEnded.class).why());
        GroupState told = decided(group, begin(group, AT_MS, "c"));
        String last = "R915 ORDER_LAGGING: b does not stream from the primary";
        for (String streaming : new String[] {"c", WELL}) {
            Decision decision = GroupDecider.decide(told, begin(told, UNTIL_MS, streaming));
            SwitchoverScheduleEnded ended = only(decision, SwitchoverScheduleEnded.class);
            assertEquals(RuleId.SCHEDULE_EXPIRED, ended.rule());
            assertEquals("it could not begin until 1970-01-01T00:22:40Z: " + last, ended.why());
        }
        GroupState over = decided(told, begin(told, UNTIL_MS, "c"));
        assertNull(over.upkeep().scheduled());
        Decision again = GroupDecider.decide(over, order(ID, "b", 60_000, 300_000));
        assertEquals(RuleId.ORDER_FINISHED, again.rule());
        assertFalse(again.accepted());
    }

    @Test
    @DisplayName("stays over a failover, waits while one runs, and ends where its target is the primary by then")
    void failover() {
        GroupState begun = Groups.started(scheduled(steady(), "b"));
        assertEquals(
                RuleId.ORDER_BUSY,
                only(GroupDecider.decide(begun, begin(begun, AT_MS, "")), SwitchoverScheduleHeld.class)
                        .by());
        GroupState toB = failedOver(scheduled(steady(), "b"));
        assertNotNull(toB.upkeep().scheduled());
        assertEquals("b", toB.primary());
        Decision pointless = GroupDecider.decide(toB, begin(toB, AT_MS, "a c"));
        assertEquals(
                RuleId.SCHEDULE_POINTLESS,
                only(pointless, SwitchoverScheduleEnded.class).rule());
        GroupState toC = failedOver(scheduled(steady(), "c"));
        var lags = List.of(new StandbyLag("c", 0));
        Decision old = GroupDecider.decide(toC, new BeginScheduled(new Stamp("c", AT_MS), 1, lags));
        assertEquals(List.of(), old.events(), "what was heard of an older reign says nothing");
        assertEquals(
                "b",
                only(GroupDecider.decide(toC, begin(toC, AT_MS, "a c")), SwitchoverOrdered.class)
                        .from());
    }

    @Test
    @DisplayName(
            "is cancelled by a person, who is told the same when the order is sent again; then another may be scheduled")
    void cancelled() {
        GroupState group = scheduled(steady(), "b");
        var cancel = new CancelScheduled(Groups.STAMP, OTHER, "bob");
        SwitchoverScheduleEnded ended = only(GroupDecider.decide(group, cancel), SwitchoverScheduleEnded.class);
        assertEquals(ID, ended.operation());
        assertEquals(OTHER, ended.cancel());
        GroupState next = decided(group, cancel);
        assertNull(next.upkeep().scheduled());
        assertTrue(GroupDecider.decide(next, cancel).accepted());
        assertFalse(GroupDecider.decide(next, order(ID, "b", 60_000, 300_000)).accepted());
        only(GroupDecider.decide(next, order(new UUID(9, 82), "c", 60_000, 300_000)), SwitchoverScheduled.class);
        Decision nothing = GroupDecider.decide(next, new CancelScheduled(Groups.STAMP, new UUID(9, 83), "bob"));
        assertEquals(RuleId.SCHEDULE_NONE, nothing.rule());
    }

    @Test
    @DisplayName("is nothing that keeps other orders off, and stays when members change")
    void othersGoOn() {
        GroupState group = scheduled(steady(), "b");
        var byHand = new GroupCommand.OrderSwitchover(
                Groups.STAMP, OTHER, "bob", "c", List.of(new StandbyLag("c", 0)), false);
        GroupState next = decided(group, byHand);
        assertEquals(OTHER, assertNotNullOf(next.operation()).id());
        assertNotNull(next.upkeep().scheduled());
        GroupState fewer = after(
                group,
                new GroupEvent.SettingsRecorded(
                        1, RuleId.SETTINGS_RECORDED, Groups.SETTINGS, List.of(Groups.member("a"), Groups.member("c"))));
        assertEquals(
                RuleId.ORDER_UNKNOWN_MEMBER,
                only(GroupDecider.decide(fewer, begin(fewer, AT_MS, "c")), SwitchoverScheduleHeld.class)
                        .by());
    }
}
