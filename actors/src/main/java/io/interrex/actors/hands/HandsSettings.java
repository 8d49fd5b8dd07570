package io.interrex.actors.hands;

import io.interrex.actors.Endpoint;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the transport of one node is started with. Refuses what is unsafe: plain TCP beyond loopback needs
 * {@code insecure}.
 *
 * @param node own name; peers refuse names that they do not know
 * @param incarnation how often this node's agent has started
 * @param cluster name of the installation; another one is refused
 * @param bind where peers reach this node; port 0: any free one
 * @param peers the other nodes by name
 * @param queueMax messages that wait for one peer, at most
 * @param tls null: plain TCP
 * @param insecure plain TCP is allowed on any address
 */
public record HandsSettings(
        String node,
        long incarnation,
        String cluster,
        Endpoint bind,
        Map<String, Endpoint> peers,
        HandsTimings timings,
        int queueMax,
        @Nullable HandsTls tls,
        boolean insecure) {

    public HandsSettings {
        peers = Map.copyOf(new TreeMap<>(peers));
        if (node.isBlank() || cluster.isBlank()) {
            throw new IllegalArgumentException("the hands' protocol needs the names of the node and of the cluster");
        }
        if (queueMax < 16) {
            throw new IllegalArgumentException("the queue of a peer must hold at least 16 messages, not " + queueMax);
        }
        if (tls == null && !insecure) {
            bind.refuseUnlessLoopback("the hands' protocol");
        }
        requireSafe(peers, node, tls == null && !insecure);
    }

    /** As these settings were when they were made. */
    void requireSafe(Map<String, Endpoint> others) {
        requireSafe(others, node, tls == null && !insecure);
    }

    private static void requireSafe(Map<String, Endpoint> others, String self, boolean loopbackOnly) {
        if (others.containsKey(self)) {
            throw new IllegalArgumentException("node " + self + " is named as its own peer; leave it out");
        }
        if (loopbackOnly) {
            others.values().forEach(peer -> peer.refuseUnlessLoopback("the hands' protocol"));
        }
    }
}
