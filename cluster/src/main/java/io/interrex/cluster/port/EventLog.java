package io.interrex.cluster.port;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * The append-only record of decisions; the only referee. Engines differ, this contract does not: an append is durable on a
 * majority (fsynced) before it is reported; versions of a stream are 1, 2, 3, … without a gap; every reader sees the same
 * order.
 */
public interface EventLog extends AutoCloseable {

    /**
     * Appends {@code events} as versions {@code expectedVersion + 1 …} if the stream is at {@code expectedVersion} (0: it
     * is empty). All or none. Repeating an append whose first event's id is already in the stream at that place is
     * answered with {@link Append.Appended}.
     */
    CompletionStage<Append> append(String stream, long expectedVersion, List<Envelope> events);

    /** Up to {@code limit} events from {@code fromVersion} on, linearizable: nothing that was appended before the call is missing. */
    CompletionStage<Outcome<List<Envelope>>> read(String stream, long fromVersion, int limit);

    /**
     * Calls {@code listener} with every event from {@code fromVersion} on, in order, each once, now and as they come,
     * from this node's copy (so possibly late). Close it to stop. A listener that throws has stopped it too: the event is
     * not skipped, and none after it is brought.
     */
    Subscription tail(String stream, long fromVersion, Consumer<Envelope> listener);

    /** A peer says that this event is committed: it may reach tails earlier than by the log's own way. */
    void offer(Envelope committed);

    /** Whether events can be appended from here now, and why not. */
    CompletionStage<Outcome<Health>> health();

    /** Asks the leader to hand over to {@code node}; for hosts that should not lead. */
    CompletionStage<Outcome<Nothing>> transferLeadership(String node);

    @Override
    void close();

    /** What came of an append: a conflict is the normal way to lose a race; unknown has to be read back by event id. */
    sealed interface Append {
        record Appended(long version) implements Append {}

        /** Somebody else was first; the stream is at {@code actualVersion}. The normal way to lose a race. */
        record Conflict(long actualVersion) implements Append {}

        /** It may have happened: read back by event id, retry with the same id. */
        record Unknown(String reason) implements Append {}
    }

    /** A tail that somebody listens to, until it is closed. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }

    /** @param leader name of the voter that leads, empty where unknown; @param commitIndex of the engine */
    record Health(String leader, long commitIndex, boolean writable, String detail) {}
}
