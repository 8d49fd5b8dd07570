package io.interrex.persistence.pekko;

import io.interrex.cluster.port.Envelope;
import io.interrex.cluster.port.EventLog;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.persistence.query.EventEnvelope;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.javadsl.CurrentEventsByPersistenceIdQuery;
import org.apache.pekko.persistence.query.javadsl.EventsByPersistenceIdQuery;
import org.apache.pekko.persistence.query.javadsl.ReadJournal;
import org.apache.pekko.stream.OverflowStrategy;
import org.apache.pekko.stream.QueueOfferResult;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.SourceQueueWithComplete;

/** Reads persistent actors' events as streams: those that are there, or those and all that come ({@code interrex.query}). */
public final class InterrexReadJournal
        implements ReadJournal, EventsByPersistenceIdQuery, CurrentEventsByPersistenceIdQuery {

    /** Key of the plugin in the configuration. */
    public static final String IDENTIFIER = "interrex.query";

    private static final int BUFFER = 64;

    /**
     * Closing a follower waits for the offer under way, so neither may need a thread of a bounded pool: the common pool, on
     * which Scala's futures complete, has one thread on two cores.
     */
    private static final Executor WAITING = Thread::startVirtualThread;

    private final ExtendedActorSystem system;
    private final EventText text;

    InterrexReadJournal(ExtendedActorSystem system) {
        this.system = system;
        this.text = new EventText(system);
    }

    @Override
    public Source<EventEnvelope, NotUsed> currentEventsByPersistenceId(String persistenceId, long from, long to) {
        String stream = ActorStreams.stream(persistenceId);
        return fromLog(binding -> {
                    var streams = new ActorStreams(binding);
                    return streams.lastVersion(stream, 1)
                            .thenCombine(
                                    streams.deletedTo(persistenceId),
                                    (last, deleted) ->
                                            pages(streams, stream, Math.max(from, deleted + 1), Math.min(to, last)));
                })
                .map(envelope -> read(persistenceId, envelope));
    }

    private static Source<Envelope, NotUsed> pages(ActorStreams streams, String stream, long from, long to) {
        return Source.unfoldAsync(Math.max(1, from), next -> {
                    if (next > to) {
                        return CompletableFuture.completedFuture(Optional.empty());
                    }
                    int limit = (int) Math.min(BUFFER, to - next + 1);
                    return streams.read(stream, next, limit)
                            .thenApply(events -> events.isEmpty()
                                    ? Optional.<Pair<Long, List<Envelope>>>empty()
                                    : Optional.of(Pair.create(next + events.size(), events)));
                })
                .mapConcat(events -> events);
    }

    @Override
    public Source<EventEnvelope, NotUsed> eventsByPersistenceId(String persistenceId, long from, long to) {
        String stream = ActorStreams.stream(persistenceId);
        return fromLog(binding -> new ActorStreams(binding)
                        .deletedTo(persistenceId)
                        .thenApply(deleted -> follow(binding.log(), stream, Math.max(from, deleted + 1))))
                .takeWhile(envelope -> envelope.version() < to, true)
                .filter(envelope -> envelope.version() <= to)
                .map(envelope -> read(persistenceId, envelope));
    }

    /** The log's follower waits while the stream's buffer is full. */
    private static Source<Envelope, NotUsed> follow(EventLog log, String stream, long from) {
        return Source.<Envelope>queue(BUFFER, OverflowStrategy.backpressure()).mapMaterializedValue(queue -> {
            var following = log.tail(stream, from, envelope -> hand(queue, envelope));
            queue.watchCompletion().whenCompleteAsync((done, failure) -> following.close(), WAITING);
            return NotUsed.getInstance();
        });
    }

    /** A stream that ended in the meantime takes nothing more; closing the follower is under way then. */
    private static void hand(SourceQueueWithComplete<Envelope> queue, Envelope envelope) {
        queue.offer(envelope)
                .handleAsync(
                        (result, failure) -> failure == null ? result : new QueueOfferResult.Failure(failure), WAITING)
                .toCompletableFuture()
                .join();
    }

    private interface FromLog {
        CompletionStage<Source<Envelope, NotUsed>> source(JournalLog.Binding binding);
    }

    private Source<Envelope, NotUsed> fromLog(FromLog from) {
        return Source.completionStageSource(JournalLog.of(system).binding().thenCompose(from::source))
                .mapMaterializedValue(whenThere -> NotUsed.getInstance());
    }

    private EventEnvelope read(String persistenceId, Envelope envelope) {
        var event = text.read(persistenceId, envelope);
        return new EventEnvelope(
                Offset.sequence(event.sequenceNr()),
                persistenceId,
                event.sequenceNr(),
                event.payload(),
                event.timestamp(),
                scala.Option.empty());
    }
}
