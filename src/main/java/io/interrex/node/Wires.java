package io.interrex.node;

import io.interrex.actors.hands.HandsTransport;
import io.interrex.cluster.hands.HandsMessage;
import org.jspecify.annotations.Nullable;

/** The way to the other nodes, for actors that are made before it is there; until then messages are lost, as any may be. */
final class Wires {

    private volatile @Nullable HandsTransport transport;

    void connect(HandsTransport up) {
        transport = up;
    }

    void send(String node, HandsMessage message) {
        HandsTransport up = transport;
        if (up != null) {
            up.send(node, message);
        }
    }

    /** To every other node, and to the own switchboard too. */
    void tellAll(String self, HandsMessage message) {
        HandsTransport up = transport;
        if (up != null) {
            up.broadcast(message);
            up.send(self, message);
        }
    }

    boolean inReach(String node) {
        HandsTransport up = transport;
        return up != null && up.isConnected(node);
    }
}
