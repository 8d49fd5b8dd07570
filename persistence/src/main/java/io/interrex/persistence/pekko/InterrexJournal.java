package io.interrex.persistence.pekko;

import io.interrex.persistence.pekko.ActorStreams.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.journal.japi.AsyncWriteJournal;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.FutureConverters;

/**
 * Pekko's journal over the event log ({@code interrex.journal}). A write is acknowledged when the log has it on a majority; a
 * second writer with the same persistence id fails. Needs {@link JournalLog#use} once per actor system.
 */
public final class InterrexJournal extends AsyncWriteJournal {

    private final EventText text = new EventText(context().system());
    private final CompletableFuture<ActorStreams> streams =
            JournalLog.of(context().system()).binding().thenApply(ActorStreams::new);

    @Override
    public Future<Iterable<Optional<Exception>>> doAsyncWriteMessages(Iterable<AtomicWrite> messages) {
        CompletionStage<List<Optional<Exception>>> results = CompletableFuture.completedStage(new ArrayList<>());
        for (var write : messages) {
            results = results.thenCompose(done -> write(write).thenApply(result -> {
                done.add(result);
                return done;
            }));
        }
        return FutureConverters.asScala(results.thenApply(Function.identity()));
    }

    private CompletionStage<Optional<Exception>> write(AtomicWrite write) {
        var events = CollectionConverters.asJava(write.payload());
        List<Entry> entries;
        try {
            entries = events.stream().map(this::entry).toList();
        } catch (Exception e) {
            return CompletableFuture.completedStage(Optional.of(e));
        }
        return streams.thenCompose(s ->
                        s.append(ActorStreams.stream(write.persistenceId()), write.lowestSequenceNr() - 1, entries))
                .thenApply(version -> Optional.empty());
    }

    private Entry entry(PersistentRepr event) {
        return new Entry(
                ActorStreams.eventId(event.persistenceId(), event.sequenceNr(), event.writerUuid()),
                text.name(event),
                text.payload(event));
    }

    @Override
    public Future<Void> doAsyncDeleteMessagesTo(String persistenceId, long toSequenceNr) {
        return FutureConverters.asScala(streams.thenCompose(s -> s.deleteTo(persistenceId, toSequenceNr)));
    }

    @Override
    public Future<Void> doAsyncReplayMessages(
            String persistenceId, long from, long to, long max, Consumer<PersistentRepr> replay) {
        return FutureConverters.asScala(streams.thenCompose(s -> s.deletedTo(persistenceId)
                .thenCompose(deleted -> s.replay(
                        ActorStreams.stream(persistenceId),
                        Math.max(from, deleted + 1),
                        to,
                        max,
                        envelope -> replay.accept(text.read(persistenceId, envelope))))));
    }

    @Override
    public Future<Long> doAsyncReadHighestSequenceNr(String persistenceId, long from) {
        return FutureConverters.asScala(
                streams.thenCompose(s -> s.lastVersion(ActorStreams.stream(persistenceId), from)));
    }
}
