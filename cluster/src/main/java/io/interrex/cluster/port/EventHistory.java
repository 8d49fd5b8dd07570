package io.interrex.cluster.port;

import io.interrex.cluster.port.EventLog.Subscription;
import io.interrex.cluster.port.GroupJournal.Recorded;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** What was decided in a group, to read and to follow. */
public interface EventHistory {

    /** Every event from {@code fromVersion} on, in order, each once, now and as they come. */
    Subscription follow(String group, long fromVersion, Consumer<Recorded> listener);

    /** Linearizable. */
    CompletionStage<Outcome<List<Recorded>>> read(String group, long fromVersion, int limit);
}
