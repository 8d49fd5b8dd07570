package io.interrex.cluster.simulation;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.CopySource;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.hands.MemberStatus;
import io.interrex.cluster.port.DatabaseStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What an agent has heard of the other members. */
final class Peers {

    private final Map<String, Lsn> positions = new HashMap<>();
    private final Map<String, Long> heardNs = new HashMap<>();
    private Map<String, Lsn> fresh = Map.of();
    private long freshUntilNs = Long.MIN_VALUE;
    private final Map<String, Long> servingNs = new TreeMap<>();

    private final Map<String, DatabaseStatus> databases = new TreeMap<>();

    void heard(MemberStatus status, long nowNs) {
        String member = status.member();
        databases.put(member, status.database());
        heardNs.put(member, nowNs);
        Lsn before = positions.put(member, status.database().lsn());
        if (!status.database().lsn().equals(before) || !fresh.containsKey(member)) {
            freshUntilNs = Long.MIN_VALUE;
        }
        boolean serves = status.database().process() == DatabaseStatus.Process.PRIMARY;
        if (serves) {
            servingNs.put(member, nowNs);
        } else {
            servingNs.remove(member);
        }
    }

    /** Of those that were heard lately; worked out anew when one has moved or may have become silent. */
    Map<String, Lsn> positions(long nowNs, long withinNs) {
        if (nowNs >= freshUntilNs) {
            var known = new HashMap<>(positions);
            freshUntilNs = nowNs + withinNs;
            for (var heard : heardNs.entrySet()) {
                long untilNs = heard.getValue() + withinNs;
                if (nowNs >= untilNs) {
                    known.remove(heard.getKey());
                } else {
                    freshUntilNs = Math.min(freshUntilNs, untilNs);
                }
            }
            fresh = Map.copyOf(known);
        }
        return fresh;
    }

    Set<String> serving(long nowNs, long withinNs) {
        Set<String> serving = Set.of();
        for (var served : servingNs.entrySet()) {
            if (nowNs - served.getValue() < withinNs) {
                serving = serving.isEmpty() ? Set.of(served.getKey()) : with(serving, served.getKey());
            }
        }
        return serving;
    }

    /** Standbys that said lately that they stream from the primary. */
    List<CopySource> copySources(@Nullable GroupState group, long nowNs, long withinNs) {
        String primary = group == null ? null : group.primary();
        DatabaseStatus serving = primary == null ? null : databases.get(primary);
        var sources = new ArrayList<CopySource>();
        databases.forEach((member, database) -> {
            UUID uuid = database.uuid();
            if (serving != null
                    && uuid != null
                    && database.process() == DatabaseStatus.Process.STANDBY
                    && database.receiving()
                    && Objects.equals(database.upstream(), primary)
                    && nowNs - heardNs.getOrDefault(member, Long.MIN_VALUE / 2) < withinNs) {
                sources.add(new CopySource(member, serving.lsn().bytesSince(database.lsn()), uuid, false));
            }
        });
        return sources;
    }

    private static Set<String> with(Set<String> members, String another) {
        var more = new TreeSet<>(members);
        more.add(another);
        return more;
    }
}
