package io.interrex.cluster.simulation;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.hands.MemberStatus;
import io.interrex.cluster.port.DatabaseStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What an agent has heard of the other members. */
final class Peers {

    private final Map<String, Lsn> positions = new HashMap<>();
    private final Map<String, Long> heardNs = new HashMap<>();
    private final Map<String, Long> servingNs = new HashMap<>();

    void heard(MemberStatus status, long nowNs) {
        positions.put(status.member(), status.database().lsn());
        heardNs.put(status.member(), nowNs);
        if (status.database().process() == DatabaseStatus.Process.PRIMARY) {
            servingNs.put(status.member(), nowNs);
        } else {
            servingNs.remove(status.member());
        }
    }

    Map<String, Lsn> positions(long nowNs, long withinNs) {
        var fresh = new HashMap<>(positions);
        fresh.keySet().removeIf(member -> nowNs - heardNs.getOrDefault(member, nowNs) >= withinNs);
        return Map.copyOf(fresh);
    }

    Set<String> serving(long nowNs, long withinNs) {
        var serving = new HashSet<String>();
        servingNs.forEach((member, at) -> {
            if (nowNs - at < withinNs) {
                serving.add(member);
            }
        });
        return Set.copyOf(serving);
    }
}
