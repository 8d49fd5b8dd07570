package io.interrex.cluster.port;

import io.interrex.cluster.port.EventLog.Subscription;
import io.interrex.cluster.port.GroupJournal.Recorded;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** What was decided in a group, to read and to follow. */
public interface EventHistory {

    /**
     * Every event from {@code fromVersion} on, in order, each once, now and as they come.
     *
     * @param stopped is told why nothing more comes: this node does not understand an event, and none after it is brought
     */
    Subscription follow(String group, long fromVersion, Consumer<Recorded> listener, Consumer<String> stopped);

    /** Linearizable. Refused where this node does not understand one of the events. */
    CompletionStage<Outcome<List<Recorded>>> read(String group, long fromVersion, int limit);
}
