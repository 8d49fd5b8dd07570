package io.interrex.node;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices when the first lease round of this process leaves for a voter: at once where that is connected; otherwise with the
 * connection, for which a message waits so long and no longer. Any thread.
 */
final class FirstRound {

    private static final Logger LOG = LoggerFactory.getLogger(FirstRound.class);

    private final CountDownLatch left = new CountDownLatch(1);
    private final Map<String, Long> waitingSinceNs = new ConcurrentHashMap<>();

    /** A renewal was given to the transport. Should the connection come up between these two, the next round is taken for the first. */
    void sent(String voter, boolean connected, long nowNs) {
        if (connected) {
            note();
        } else if (left.getCount() > 0) {
            waitingSinceNs.put(voter, nowNs);
        }
    }

    /**
     * A connection is up, and what waited for it leaves.
     *
     * @param queueForNs what waited longer is dropped
     */
    void connected(String voter, long queueForNs, long nowNs) {
        Long since = waitingSinceNs.remove(voter);
        if (since != null && nowNs - since <= queueForNs) {
            note();
        }
    }

    boolean hasLeft() {
        return left.getCount() == 0;
    }

    /** False where it has not left by then. */
    boolean await(long limitMs) throws InterruptedException {
        return left.await(limitMs, TimeUnit.MILLISECONDS);
    }

    /** How long a primary's lease went without its node: the bench reads this line. */
    private synchronized void note() {
        if (left.getCount() > 0) {
            left.countDown();
            waitingSinceNs.clear();
            LOG.info("the first lease round left {} ms after the start of this process", ProcessAge.ms());
        }
    }
}
