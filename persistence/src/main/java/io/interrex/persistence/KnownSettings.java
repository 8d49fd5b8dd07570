package io.interrex.persistence;

import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.port.GroupJournal.Recorded;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Which settings are in effect in each stream, as far as it was read: the id that the newest such event names. */
final class KnownSettings {

    private record Seen(long version, String id) {}

    private final Map<String, Seen> byStream = new ConcurrentHashMap<>();

    Recorded saw(Recorded recorded) {
        String id = idIn(recorded.event());
        if (!id.isEmpty()) {
            var seen = new Seen(recorded.envelope().version(), id);
            byStream.merge(
                    recorded.envelope().stream(), seen, (one, other) -> one.version() > other.version() ? one : other);
        }
        return recorded;
    }

    /** Those under which a decision is made that gives {@code events}; empty where the stream was not read. */
    String of(String stream, List<GroupEvent> events) {
        Seen seen = byStream.get(stream);
        return seen != null ? seen.id() : idIn(events.getFirst());
    }

    private static String idIn(GroupEvent event) {
        if (event instanceof GroupEvent.GroupCreated created) {
            return created.settings().id();
        }
        if (event instanceof GroupEvent.GroupAdopted adopted) {
            return adopted.settings().id();
        }
        return event instanceof GroupEvent.SettingsRecorded recorded
                ? recorded.settings().id()
                : "";
    }
}
