package io.interrex.actors.agent;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.CopySource;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.hands.MemberStatus;
import io.interrex.cluster.hands.RouterStatus;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.Slot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What an agent was told by others: how far the members are, who serves, what poolers hold. Soft. */
final class AgentPeers {

    private final long freshNs;

    private record Told(DatabaseStatus database, List<Slot> slots, long atNs) {}

    private final Map<String, Told> members = new HashMap<>();
    private final Map<String, Lsn> confirmed = new HashMap<>();
    private final Map<String, Long> servingNs = new HashMap<>();
    private final Map<String, ToldPooler> poolers = new HashMap<>();

    private record ToldPooler(RouterStatus.Pooler pooler, long atNs) {}

    /** @param freshNs what was told longer ago counts for nothing */
    AgentPeers(long freshNs) {
        this.freshNs = freshNs;
    }

    /** Where the primary's physical slots keep WAL from; nothing where it is silent. */
    Map<String, Lsn> slotsOf(@Nullable String primary, long nowNs) {
        Told told = primary == null ? null : members.get(primary);
        var restart = new HashMap<String, Lsn>();
        if (told != null && nowNs - told.atNs() < freshNs) {
            told.slots().forEach(slot -> restart.put(slot.name(), slot.restart()));
        }
        return restart;
    }

    /** How far the consumers of logical slots had confirmed on any primary, as it said last, however long ago. */
    Map<String, Lsn> confirmed() {
        return Map.copyOf(confirmed);
    }

    private void confirmed(MemberStatus status) {
        if (status.database().process() == DatabaseStatus.Process.PRIMARY) {
            for (Slot slot : status.vitals().slots()) {
                if (slot.slot().logical() && slot.own() && !slot.confirmed().equals(Lsn.ZERO)) {
                    confirmed.put(slot.name(), slot.confirmed());
                }
            }
        }
    }

    void told(MemberStatus status, long atNs) {
        confirmed(status);
        members.put(status.member(), new Told(status.database(), status.vitals().slots(), atNs));
        if (status.database().process() == DatabaseStatus.Process.PRIMARY) {
            servingNs.put(status.member(), atNs);
        } else {
            servingNs.remove(status.member());
        }
    }

    /** Whether it is a pooler, and says something new. */
    boolean told(RouterStatus status, long atNs) {
        RouterStatus.Pooler pooler = status.pooler();
        if (pooler == null) {
            return false;
        }
        ToldPooler before = poolers.put(status.router(), new ToldPooler(pooler, atNs));
        return before == null || !before.pooler().equals(pooler);
    }

    /** Poolers tell every {@code freshNs} that they are there; one that has missed three is not. */
    SortedMap<String, RouterStatus.Pooler> poolers(long nowNs) {
        var fresh = new TreeMap<String, RouterStatus.Pooler>();
        poolers.forEach((router, told) -> {
            if (nowNs - told.atNs() < 3 * freshNs) {
                fresh.put(router, told.pooler());
            }
        });
        return Collections.unmodifiableSortedMap(fresh);
    }

    Map<String, Lsn> lsn(long nowNs) {
        var fresh = new HashMap<String, Lsn>();
        fresh(nowNs).forEach((member, database) -> fresh.put(member, database.lsn()));
        return Map.copyOf(fresh);
    }

    private Map<String, DatabaseStatus> fresh(long nowNs) {
        var fresh = new HashMap<String, DatabaseStatus>();
        members.forEach((member, told) -> {
            if (nowNs - told.atNs() < freshNs) {
                fresh.put(member, told.database());
            }
        });
        return fresh;
    }

    /** Standbys that stream from the primary, by what both said: what a copy could be made of. @param preferred members that are tagged for it */
    List<CopySource> copySources(@Nullable GroupState group, Set<String> preferred, long nowNs) {
        Map<String, DatabaseStatus> fresh = fresh(nowNs);
        DatabaseStatus primary = group == null || group.primary() == null ? null : fresh.get(group.primary());
        var sources = new ArrayList<CopySource>();
        if (group == null || primary == null) {
            return sources;
        }
        new TreeMap<>(fresh).forEach((member, database) -> {
            UUID uuid = database.uuid();
            boolean streams = database.process() == DatabaseStatus.Process.STANDBY
                    && database.receiving()
                    && Objects.equals(database.upstream(), group.primary());
            if (streams && uuid != null) {
                long lag = primary.lsn().bytesSince(database.lsn());
                sources.add(new CopySource(member, lag, uuid, preferred.contains(member)));
            }
        });
        return List.copyOf(sources);
    }

    Set<String> serving(long nowNs) {
        var serving = new HashSet<String>();
        servingNs.forEach((member, at) -> {
            if (nowNs - at < freshNs) {
                serving.add(member);
            }
        });
        return Set.copyOf(serving);
    }
}
