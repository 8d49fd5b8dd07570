package io.interrex.cluster.port;

import java.util.concurrent.CompletionStage;

/** Powers a host off from outside, by what the operator has: a VM's API, a power switch, a cluster's. */
public interface PowerHook {

    /** Whose host, and for which decision of the log. */
    record Target(String group, long epoch, String member, String host, int attempt) {}

    /** Done: it is off, and was when this was answered. Refused: it is not. Unknown: nobody can say. */
    CompletionStage<Outcome<Nothing>> powerOff(Target target);
}
