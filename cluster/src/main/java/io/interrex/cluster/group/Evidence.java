package io.interrex.cluster.group;

import io.interrex.cluster.durability.Lsn;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What was seen or answered, as it is kept beside the decision that used it. */
public sealed interface Evidence {

    /**
     * What a voter says of the primary's lease.
     *
     * @param silentMs since the last renewal that it received, or since the end of its own silence after a start where there was none
     * @param promiseLeftMs of its live promise to the primary; 0: none
     * @param released the primary gave the lease back
     * @param starting the voter is still silent after its own start and can say nothing
     */
    record VoterView(String voter, long epoch, long silentMs, long promiseLeftMs, boolean released, boolean starting)
            implements Evidence {}

    /**
     * What a node sees of the primary's host and database.
     *
     * @param receivesWal a standby that this node hears of got WAL from the primary within the last 2 r
     */
    record PeerView(String node, boolean hostReachable, double phi, boolean receivesWal, int probesFailed)
            implements Evidence {}

    /** A standby's durable promise and its frozen position. */
    record Revoked(
            String member,
            long epoch,
            Lsn flushLsn,
            int timeline,
            long epochInWal,
            @Nullable UUID uuid,
            String systemId)
            implements Evidence {}

    /**
     * The old primary: gate closed and no process left.
     *
     * @param cleanStop it stopped with a shutdown checkpoint that ends at {@code lsn}
     */
    record Dead(String member, long epoch, Lsn lsn, boolean cleanStop, long tookMs) implements Evidence {}

    /** Somebody who was asked and did not answer, or refused. */
    record NoAnswer(String who, String why) implements Evidence {}
}
