package io.interrex.cluster.port.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.group.ForceDecisionsTest;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Groups;
import io.interrex.cluster.port.EventLog;
import io.interrex.cluster.port.Notifier.Severity;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Of an override people are shown")
final class OverrideViewTest {

    private static GroupView view(GroupState state) {
        return GroupViews.of(new GroupSight(
                state,
                2,
                Map.of(),
                Set.of("a", "b", "c"),
                Map.of(),
                Map.of(),
                new EventLog.Health("b", 2, true, ""),
                1 << 20,
                1000,
                5_000));
    }

    @Test
    @DisplayName("that there is one, with what to type, where a failover is held by what it skips")
    void wayOut() {
        List<String> alarms = view(ForceDecisionsTest.held(Groups.steady())).alarms();
        assertTrue(
                alarms.stream()
                        .anyMatch(alarm -> alarm.startsWith("a failover is held by R315")
                                && alarm.contains("interrex force-promote --to MEMBER --group main --epoch 1")),
                alarms::toString);
        GroupState began = Groups.created(Groups.SETTINGS, Groups.members());
        assertTrue(view(began).alarms().stream().noneMatch(alarm -> alarm.contains("force-promote")));
    }

    @Test
    @DisplayName("the order while it waits, and no way out any more")
    void waits() {
        GroupView view = view(ForceDecisionsTest.forced(ForceDecisionsTest.held(Groups.steady())));
        assertTrue(
                view.alarms().stream()
                        .anyMatch(alarm -> alarm.equals(
                                "eve overrides the hold: b shall be promoted in epoch 2 whatever is lost")),
                view.alarms()::toString);
        assertTrue(view.alarms().stream().noneMatch(alarm -> alarm.contains("--reason")), view.alarms()::toString);
        assertEquals(8, view.operation() == null ? 0 : view.operation().getLeastSignificantBits());
    }

    @Test
    @DisplayName("what was skipped, kept and lost, who was not reached, and a headline that wakes somebody")
    void forced() {
        GroupState begun =
                ForceDecisionsTest.begun(ForceDecisionsTest.forced(ForceDecisionsTest.held(Groups.steady())));
        GroupEvent event = Groups.authorize(begun, "b:90 d:80", 125).events().getFirst();
        assertEquals(
                "FORCED by eve: b is promoted although ANY 1 (b, c) of epoch 1: 1 of 2 revoked, 2 needed; kept is what was"
                        + " committed up to 0/5A of epoch 1; known loss: at least 35 bytes (0/7D was seen, b is at 0/5A; what came"
                        + " after that report is not known); last contact: 12.3 s before the order (by node b); not reached, to be"
                        + " cloned: a, c (both hosts burnt)",
                EventWords.sentence(event));
        var headline = Headlines.of(begun, event).orElseThrow();
        assertEquals(Severity.CRITICAL, headline.severity());
        assertEquals("Commits may be lost: promotion of b forced by eve", headline.text());
    }
}
