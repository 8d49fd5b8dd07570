package io.interrex.cluster.port;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** A router that can make clients wait between two transactions, without their failing. */
public interface Pooler extends Router {

    /**
     * Lets writing transactions end and new ones wait. Done: none is open. Refused: some did not end within the limit, and clients
     * go on.
     *
     * @param expires clients go on after this time at the latest, whatever became of whoever asked
     */
    CompletionStage<Outcome<Nothing>> hold(Duration limit, Duration expires);

    /** Clients go on where the plan has somebody for them. Harmless where nothing is held. */
    CompletionStage<Outcome<Nothing>> release();
}
