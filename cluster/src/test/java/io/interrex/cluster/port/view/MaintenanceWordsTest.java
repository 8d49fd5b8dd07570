package io.interrex.cluster.port.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Groups;
import io.interrex.cluster.group.MaintenanceEvent;
import io.interrex.cluster.group.MaintenanceEvent.MaintenanceBegun;
import io.interrex.cluster.group.MaintenanceEvent.MaintenanceEnded;
import io.interrex.cluster.group.MaintenanceTest;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.port.EventLog;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.Arguments;

@DisplayName("Of a member in maintenance people are told")
final class MaintenanceWordsTest {

    private static final UUID ID = new UUID(0, 1);
    private static final MaintenanceEvent BEGUN =
            new MaintenanceBegun(2, RuleId.MAINTENANCE_BEGUN, ID, "eve", "c", "new disks", 60_000);
    private static final MaintenanceEvent ENDED =
            new MaintenanceEnded(2, RuleId.MAINTENANCE_ENDED, ID, "eve", "c", "eve ended it");

    static Stream<Arguments> lines() {
        return Stream.of(
                EventWordsTest.line(BEGUN, "eve takes c into maintenance until 1970-01-01T00:01:00Z: new disks"),
                EventWordsTest.line(ENDED, "c is no longer in maintenance: eve ended it"));
    }

    private static String told(GroupState before, GroupEvent event) {
        return Headlines.of(before, event)
                .map(headline -> headline.severity() + " " + headline.text())
                .orElse("nobody");
    }

    @Test
    @DisplayName("that it begins and ends; that commits stop waiting for it is no alarm, for another it is")
    void headlines() {
        GroupState alone = MaintenanceTest.alone(Groups.steady(), "c");
        assertEquals("INFO c in maintenance until 1970-01-01T00:01:00Z, ordered by eve", told(alone, BEGUN));
        assertEquals("INFO Maintenance of c is over", told(alone, ENDED));
        var both = SyncSet.of(1, List.of("b", "c"));
        GroupEvent leaves = new GroupEvent.SyncSetIntended(
                1, RuleId.SYNC_SET_SHRUNK, both, SyncSet.of(1, List.of("b")), "c is in maintenance");
        assertEquals("nobody", told(alone, leaves));
        assertEquals("WARNING Synchronous set shrinks: c is in maintenance", told(Groups.steady(), leaves));
        assertEquals(
                "WARNING Synchronous set shrinks: both",
                told(alone, new GroupEvent.SyncSetIntended(1, RuleId.SYNC_SET_SHRUNK, both, SyncSet.NONE, "both")));
    }

    @Test
    @DisplayName("for how long yet, why and by whom")
    void shown() {
        GroupView view = GroupViews.of(new GroupSight(
                MaintenanceTest.alone(Groups.steady(), "c"),
                2,
                Map.of(),
                Set.of("a", "b", "c"),
                Map.of(),
                Map.of(),
                new EventLog.Health("b", 2, true, ""),
                1 << 20,
                1000,
                Groups.NOW_MS + 10_000));
        assertEquals(
                new GroupView.Maintenance("eve", "new disks", Groups.NOW_MS + 60_000, 50_000),
                view.member("c").orElseThrow().maintenance());
        assertNull(view.member("b").orElseThrow().maintenance());
    }
}
