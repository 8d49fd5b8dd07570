package io.interrex.cluster.simulation;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.hands.MemberStatus;
import io.interrex.cluster.port.DatabaseStatus;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What an agent has heard of the other members. */
final class Peers {

    private final Map<String, Lsn> positions = new HashMap<>();
    private final Map<String, Long> heardNs = new HashMap<>();
    private Map<String, Lsn> fresh = Map.of();
    private long freshUntilNs = Long.MIN_VALUE;
    private final Map<String, Long> servingNs = new TreeMap<>();

    void heard(MemberStatus status, long nowNs) {
        String member = status.member();
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

    private static Set<String> with(Set<String> members, String another) {
        var more = new TreeSet<>(members);
        more.add(another);
        return more;
    }
}
