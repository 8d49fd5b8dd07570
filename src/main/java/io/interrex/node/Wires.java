package io.interrex.node;

import io.interrex.actors.hands.HandsTransport;
import io.interrex.cluster.hands.HandsMessage;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way to the other nodes, for actors that are made before it is there; until then messages are lost, as any may be. */
final class Wires {

    private static final Logger LOG = LoggerFactory.getLogger(Wires.class);

    private final CountDownLatch firstRound = new CountDownLatch(1);
    private volatile @Nullable HandsTransport transport;

    void connect(HandsTransport up) {
        transport = up;
    }

    void send(String node, HandsMessage message) {
        HandsTransport up = transport;
        if (up != null) {
            up.send(node, message);
            if (message instanceof HandsMessage.Renew && firstRound.getCount() > 0 && up.isConnected(node)) {
                noteFirst();
            }
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

    /** False where no lease round has gone to a connected voter by then. */
    boolean awaitFirstRound(Duration limit) throws InterruptedException {
        return firstRound.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** How long a primary's lease went without its node: the bench reads this line. */
    private synchronized void noteFirst() {
        if (firstRound.getCount() > 0) {
            firstRound.countDown();
            LOG.info("the first lease round left {} ms after the start of this process", ProcessAge.ms());
        }
    }
}
