package io.interrex.actors.hands;

import java.net.InetAddress;
import java.net.UnknownHostException;
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

    /** @param host name or address */
    public record Endpoint(String host, int port) {

        public Endpoint {
            if (port < 0 || port > 65535) {
                throw new IllegalArgumentException("the port of " + host + " must be 0 to 65535, not " + port);
            }
        }

        boolean isLoopback() {
            try {
                return InetAddress.getByName(host).isLoopbackAddress();
            } catch (UnknownHostException e) {
                return false;
            }
        }

        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    public HandsSettings {
        peers = Map.copyOf(new TreeMap<>(peers));
        if (node.isBlank() || cluster.isBlank()) {
            throw new IllegalArgumentException("the hands' protocol needs the names of the node and of the cluster");
        }
        if (peers.containsKey(node)) {
            throw new IllegalArgumentException("node " + node + " is named as its own peer; leave it out");
        }
        if (queueMax < 16) {
            throw new IllegalArgumentException("the queue of a peer must hold at least 16 messages, not " + queueMax);
        }
        if (tls == null && !insecure) {
            refuseUnlessLoopback(bind);
            peers.values().forEach(HandsSettings::refuseUnlessLoopback);
        }
    }

    private static void refuseUnlessLoopback(Endpoint endpoint) {
        if (!endpoint.isLoopback()) {
            throw new IllegalArgumentException(
                    "the hands' protocol without TLS stays on loopback, but " + endpoint
                            + " is not: configure TLS, or set security.insecure = true on a network that nobody else can reach");
        }
    }
}
