package io.interrex.node;

import io.interrex.actors.hands.HandsTransport;
import io.interrex.cluster.hands.HandsMessage;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The way to the other nodes, for actors that are made before it is there; until then messages are lost, as any may be. */
final class Wires {

    private final FirstRound firstRound = new FirstRound();
    private volatile @Nullable HandsTransport transport;

    void connect(HandsTransport up) {
        transport = up;
    }

    void send(String node, HandsMessage message) {
        HandsTransport up = transport;
        if (up != null) {
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
    void connected(String node, Duration queueFor) {
        firstRound.connected(node, queueFor.toNanos(), System.nanoTime());
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
