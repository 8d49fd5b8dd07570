package io.interrex.cluster.group;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.GroupEvent.Durability;
import io.interrex.cluster.group.GroupEvent.GroupAdopted;
import io.interrex.cluster.group.GroupEvent.GroupCreated;
import io.interrex.cluster.group.GroupState.Phase;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a group is after its first event. */
final class GroupBeginning {

    private GroupBeginning() {}

    /** Null where no group begins with that event. */
    static @Nullable GroupState of(GroupEvent event) {
        if (event instanceof GroupCreated e) {
            return created(e, "");
        }
        return event instanceof GroupAdopted e
                ? created(
                        new GroupCreated(
                                e.epoch(),
                                e.rule(),
                                e.group(),
                                e.first(),
                                e.uuid(),
                                e.members(),
                                e.voterConfig(),
                                e.voters(),
                                e.settings()),
                        e.systemId())
                : null;
    }

    /** @param systemId of the database that it begins with, empty where its first member makes one */
    private static GroupState created(GroupCreated e, String systemId) {
        return new GroupState(
                e.group(),
                e.epoch(),
                Phase.CREATED,
                null,
                0,
                e.first(),
                e.uuid(),
                GroupEvolution.byName(e.members()),
                e.voterConfig(),
                e.voters(),
                e.settings(),
                Mode.AUTO,
                0,
                e.settings().synchronous() ? Durability.DEGRADED : Durability.ASYNC,
                SyncSet.NONE,
                null,
                null,
                null,
                List.of(),
                List.of(),
                systemId,
                Lsn.ZERO,
                0,
                new TreeMap<>(),
                new TreeSet<>(),
                new TreeSet<>(),
                new TreeMap<>(),
                null,
                new TreeMap<>(),
                new TreeMap<>(),
                null,
                List.of(),
                Forcing.NONE,
                null,
                List.of(),
                Troubles.NONE,
                Upkeep.NONE);
    }
}
