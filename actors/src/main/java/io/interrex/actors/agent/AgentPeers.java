package io.interrex.actors.agent;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.hands.MemberStatus;
import io.interrex.cluster.port.DatabaseStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What an agent was told by the other members: how far they are, and who serves. Soft. */
final class AgentPeers {

    private final long freshNs;

    private record Told(Lsn lsn, long atNs) {}

    private final Map<String, Told> lsn = new HashMap<>();
    private final Map<String, Long> servingNs = new HashMap<>();

    /** @param freshNs what was told longer ago counts for nothing */
    AgentPeers(long freshNs) {
        this.freshNs = freshNs;
    }

    void told(MemberStatus status, long atNs) {
        lsn.put(status.member(), new Told(status.database().lsn(), atNs));
        if (status.database().process() == DatabaseStatus.Process.PRIMARY) {
            servingNs.put(status.member(), atNs);
        } else {
            servingNs.remove(status.member());
        }
    }

    Map<String, Lsn> lsn(long nowNs) {
        var fresh = new HashMap<String, Lsn>();
        lsn.forEach((member, told) -> {
            if (nowNs - told.atNs() < freshNs) {
                fresh.put(member, told.lsn());
            }
        });
        return Map.copyOf(fresh);
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
