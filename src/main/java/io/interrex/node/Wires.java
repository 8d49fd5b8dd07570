package io.interrex.node;

import io.interrex.actors.Endpoint;
import io.interrex.actors.hands.HandsTransport;
import io.interrex.actors.hands.Incoming;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.config.ClusterConfig;
import io.interrex.config.ClusterConfig.Node;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The way to the other nodes, for actors that are made before it is there; until then messages are lost, as any may be. A voter is
 * asked by the name of its seat, and so it answers; here is known which node has the seat.
 */
final class Wires {

    private final String self;
    private final FirstRound firstRound = new FirstRound();
    private volatile @Nullable HandsTransport transport;
    private volatile Map<String, String> nodesBySeat;
    private volatile Map<String, String> seatsByNode;

    Wires(String self, ClusterConfig file) {
        this.self = self;
        this.nodesBySeat = file.seats();
        this.seatsByNode = seats(file);
    }

    private static Map<String, String> seats(ClusterConfig file) {
        var seats = new TreeMap<String, String>();
        file.nodes().values().forEach(node -> seats.put(node.name(), node.handsName()));
        return seats;
    }

    /** Where the other nodes of a file are reached. */
    static Map<String, Endpoint> endpoints(String self, ClusterConfig file) {
        var peers = new TreeMap<String, Endpoint>();
        for (Node node : file.nodes().values()) {
            if (!node.name().equals(self)) {
                peers.put(node.name(), new Endpoint(node.host(), node.ports().hands()));
            }
        }
        return peers;
    }

    void connect(HandsTransport up) {
        transport = up;
    }

    /** Its nodes are the others from now on. */
    void use(ClusterConfig file) {
        nodesBySeat = file.seats();
        seatsByNode = seats(file);
        HandsTransport up = transport;
        if (up != null) {
            up.use(endpoints(self, file));
        }
    }

    /** @param name of a node or of a voter's seat */
    private String node(String name) {
        return nodesBySeat.getOrDefault(name, name);
    }

    private String seat(String node) {
        return seatsByNode.getOrDefault(node, node);
    }

    /** By the name that its sender is asked under. */
    Incoming named(Incoming in) {
        return switch (in) {
            case Incoming.Message m -> new Incoming.Message(seat(m.from()), m.message(), m.receivedNanos());
            case Incoming.PeerUp up -> new Incoming.PeerUp(seat(up.from()), up.incarnation(), up.atNanos());
            case Incoming.PeerDown down -> new Incoming.PeerDown(seat(down.from()), down.why(), down.atNanos());
        };
    }

    void send(String name, HandsMessage message) {
        HandsTransport up = transport;
        if (up != null) {
            String node = node(name);
            boolean queued = up.send(node, message);
            if (message instanceof HandsMessage.Renew && queued && !firstRound.hasLeft()) {
                firstRound.sent(node, up.isConnected(node), System.nanoTime());
            }
        }
    }

    /**
     * A connection to a node is up.
     *
     * @param queueFor so long a message waits for it
     */
    void connected(String name, Duration queueFor) {
        firstRound.connected(node(name), queueFor.toNanos(), System.nanoTime());
    }

    /** To every other node, and to the own switchboard too. */
    void tellAll(HandsMessage message) {
        HandsTransport up = transport;
        if (up != null) {
            up.broadcast(message);
            up.send(self, message);
        }
    }

    /** Another node, or the node that has a seat. */
    boolean inReach(String name) {
        HandsTransport up = transport;
        return up != null && up.isConnected(node(name));
    }

    /** This node itself, or another one that is in reach. */
    boolean answers(String name) {
        return node(name).equals(self) || inReach(name);
    }

    /** Peers that this node is not connected to. */
    List<String> away() {
        HandsTransport up = transport;
        return up == null
                ? List.of()
                : up.peers().stream()
                        .filter(peer -> !peer.connected())
                        .map(HandsTransport.Peer::node)
                        .toList();
    }

    /** That every configured node knows, 0 while one is not connected. */
    int commonFormat() {
        HandsTransport up = transport;
        return up == null ? 0 : up.commonFormat();
    }

    /** False where no lease round has left for a connected voter by then. */
    boolean awaitFirstRound(Duration limit) throws InterruptedException {
        return firstRound.await(limit.toMillis());
    }
}
