package io.interrex.cluster.port.view;

import io.interrex.cluster.group.GroupEvent;
import java.util.List;

/** Words for how a group begins, and for what its configuration says. */
final class BeginningWords {

    private static final int KEYS_MAX = 8;

    private BeginningWords() {}

    static String created(GroupEvent.GroupCreated e) {
        return "group %s is created with the members %s and the voters %s; %s makes the database"
                .formatted(e.group(), EventWords.names(e.members()), EventWords.and(e.voters()), e.first());
    }

    static String adopted(GroupEvent.GroupAdopted e) {
        return "group %s adopts the database %s of %s (timeline %d) with the members %s and the voters %s, as %s ordered"
                .formatted(
                        e.group(),
                        e.systemId(),
                        e.first(),
                        e.timeline(),
                        EventWords.names(e.members()),
                        EventWords.and(e.voters()),
                        e.actor());
    }

    static String settings(GroupEvent.SettingsRecorded e) {
        return "settings %s take effect for the members %s"
                .formatted(e.settings().id(), EventWords.names(e.members()));
    }

    static String reloaded(GroupEvent.ConfigurationReloaded e) {
        return "%s has %s read its file again: %s".formatted(e.actor(), e.node(), some(e.changed()));
    }

    static String raised(GroupEvent.FormatRaised e) {
        return "every node knows format %d, the log held format %d until here: no node of an older release reads on"
                .formatted(e.format(), e.from());
    }

    private static String some(List<String> keys) {
        return keys.size() <= KEYS_MAX
                ? EventWords.and(keys)
                : EventWords.and(keys.subList(0, KEYS_MAX)) + ", and %d more".formatted(keys.size() - KEYS_MAX);
    }
}
