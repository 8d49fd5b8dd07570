package io.interrex.cluster.port.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Groups;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.group.SlotDecisionsTest;
import io.interrex.cluster.group.SlotEvent;
import io.interrex.cluster.group.SlotEvent.LogicalSlotMade;
import io.interrex.cluster.group.SlotEvent.SlotPositionLost;
import io.interrex.cluster.port.EventLog;
import io.interrex.cluster.port.Slot;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.Arguments;

@DisplayName("Of slots people are told")
final class SlotWordsTest {

    private static final SlotEvent MADE =
            new LogicalSlotMade(1, RuleId.SLOT_MADE, "a", SlotDecisionsTest.CDC, new Lsn(16));
    private static final SlotEvent LOST =
            new SlotPositionLost(2, RuleId.SLOT_POSITION_LOST, "b", SlotDecisionsTest.CDC, new Lsn(17), new Lsn(32), 1);
    private static final SlotEvent UNKNOWN =
            new SlotPositionLost(2, RuleId.SLOT_POSITION_LOST, "b", SlotDecisionsTest.CDC, null, new Lsn(32), 1);

    static Stream<Arguments> lines() {
        return Stream.of(
                EventWordsTest.line(MADE, "slot cdc (logical, pgoutput of app) begins at 0/10 on a"),
                EventWordsTest.line(
                        LOST,
                        "ALARM: slot cdc was made anew on b: what was committed between 0/11 and 0/20 is not in its stream"),
                EventWordsTest.line(
                        UNKNOWN,
                        "ALARM: slot cdc was made anew on b: what was committed between a position that nobody here knows and 0/20 is not in its stream"));
    }

    @Test
    @DisplayName("that a stream has a gap: at once, and in status for as long as the reign lasts")
    void gap() {
        GroupState group = SlotDecisionsTest.lost();
        assertEquals(
                "CRITICAL slot cdc was made anew on b: what was committed between 0/11 and 0/20 is not in its stream",
                Headlines.of(group, LOST)
                        .map(h -> h.severity() + " " + h.text())
                        .orElse("nobody"));
        assertTrue(Headlines.of(group, MADE).isEmpty());
        assertEquals(
                List.of(
                        "R553 SLOT_POSITION_LOST: slot cdc was made anew on b at 0/20, and its stream has a gap before that (the events say from where): copy its consumer's data anew"),
                shown(group).alarms().stream().filter(a -> a.contains("slot")).toList());
    }

    @Test
    @DisplayName("that lost their positions and are not made anew yet, whatever that waits for")
    void notYet() {
        List<String> alarms = shown(SlotDecisionsTest.next(SlotDecisionsTest.made(Groups.steady())))
                .alarms();
        assertTrue(alarms.stream().anyMatch(a -> a.contains("slot cdc lost its position")), alarms.toString());
        assertTrue(shown(SlotDecisionsTest.made(Groups.steady())).alarms().stream()
                .noneMatch(a -> a.contains("slot cdc")));
    }

    @Test
    @DisplayName("which a failover loses before there is one, and which copy of a physical one is not there yet")
    void fate() {
        GroupState group = SlotDecisionsTest.made(Groups.steady());
        var slots = Map.of(
                "a", List.of(seen("cdc", 20), seen("keep", 50), seen("theirs", 5)),
                "b", List.of(seen("keep", 40)),
                "c", List.of(seen("keep", 60)));
        List<SlotView> views = SlotView.of(group, slots);
        assertEquals(
                List.of("cdc", "keep", "theirs"),
                views.stream().map(SlotView::name).toList());
        assertEquals(
                List.of(true, false, true),
                views.stream().map(SlotView::lostByFailover).toList());
        assertEquals(
                List.of(true, true, false),
                views.stream().map(SlotView::permanent).toList());
        assertEquals("0/10", views.getFirst().since());
        assertEquals(
                Set.of("a true", "b true", "c false"),
                Set.copyOf(views.get(1).on().stream()
                        .map(copy -> copy.member() + " " + copy.covers())
                        .toList()));
    }

    private static Slot seen(String name, long at) {
        return SlotDecisionsTest.slot(name, at);
    }

    private static GroupView shown(GroupState group) {
        return GroupViews.of(new GroupSight(
                group,
                2,
                Map.of(),
                Set.of("a", "b", "c"),
                Map.of(),
                Map.of(),
                new EventLog.Health("b", 2, true, ""),
                1 << 20,
                1000,
                Groups.NOW_MS));
    }
}
