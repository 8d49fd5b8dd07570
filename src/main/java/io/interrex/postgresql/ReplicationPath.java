package io.interrex.postgresql;

import io.interrex.cluster.port.Database.Upstream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where members reach each other for replication, copies and rewinds, apart from clients.
 *
 * @param own the address of this member's host for that, null: that of clients
 * @param ofPeers addresses of other members' hosts, by member; who is not in it has none
 */
public record ReplicationPath(@Nullable String own, Map<String, String> ofPeers) {

    public static final ReplicationPath SHARED = new ReplicationPath(null, Map.of());

    public ReplicationPath {
        ofPeers = Map.copyOf(ofPeers);
    }

    Upstream to(Upstream member) {
        return new Upstream(member.member(), ofPeers.getOrDefault(member.member(), member.host()), member.port());
    }
}
