package io.interrex.cluster.port;

import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupEvent;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** A group's stream in the words of the core: {@link EventLog} with the codec, the envelope and the hash chain around it. */
public interface GroupJournal extends EventHistory {

    /**
     * Appends the events of one decision behind {@code expectedVersion}. {@code decisionId} is kept across retries of the same
     * decision, so that an unknown outcome can be tried again.
     *
     * @param format in which they are written ({@link io.interrex.cluster.format.Format}): every node knows it
     */
    CompletionStage<Written> append(
            String group,
            long expectedVersion,
            UUID decisionId,
            int format,
            GroupCommand command,
            List<GroupEvent> events);

    /** A peer says that this event is committed. */
    void offer(Envelope committed);

    /** An event and the envelope that it came in. */
    record Recorded(Envelope envelope, GroupEvent event) {}

    /**
     * What came of an append: the events with their envelopes, a version that was taken already, nobody knows, or nothing, because a
     * node of an older release would not understand it.
     */
    sealed interface Written {
        record Appended(List<Recorded> events) implements Written {}

        record Conflict(long actualVersion) implements Written {}

        record Unknown(String reason) implements Written {}

        record TooNew(String what) implements Written {}
    }
}
