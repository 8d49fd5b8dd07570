package io.interrex.cluster.port.view;

import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.MaintenanceEvent;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Words for what concerns members in maintenance. */
final class MaintenanceWords {

    private MaintenanceWords() {}

    static String sentence(MaintenanceEvent event) {
        return switch (event) {
            case MaintenanceEvent.MaintenanceBegun e ->
                "%s takes %s into maintenance until %s: %s"
                        .formatted(e.actor(), e.member(), Instant.ofEpochMilli(e.untilMs()), e.reason());
            case MaintenanceEvent.MaintenanceEnded e ->
                "%s is no longer in maintenance: %s".formatted(e.member(), e.why());
        };
    }

    static String headline(MaintenanceEvent event) {
        return switch (event) {
            case MaintenanceEvent.MaintenanceBegun e ->
                "%s in maintenance until %s, ordered by %s"
                        .formatted(e.member(), Instant.ofEpochMilli(e.untilMs()), e.actor());
            case MaintenanceEvent.MaintenanceEnded e -> "Maintenance of %s is over".formatted(e.member());
        };
    }

    /** Nobody goes but whom a person had go. */
    static boolean isOrdered(@Nullable GroupState before, SyncSet from, SyncSet to) {
        return before != null
                && from.standbys().stream()
                        .filter(member -> !to.standbys().contains(member))
                        .allMatch(before.upkeep()::isInMaintenance);
    }
}
