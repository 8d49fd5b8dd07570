package io.interrex.cluster.port;

import java.util.concurrent.CompletionStage;

/** The permanent slots of one member's server. */
public interface SlotKeeper {

    /** Carries a plan out as far as it goes; done again it changes nothing. On a thread of its own: what a logical slot waits for holds nothing up. */
    CompletionStage<Outcome<Nothing>> keep(SlotPlan plan);
}
