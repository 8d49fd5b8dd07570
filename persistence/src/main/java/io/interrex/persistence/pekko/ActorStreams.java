package io.interrex.persistence.pekko;

import io.interrex.cluster.port.Envelope;
import io.interrex.cluster.port.EventLog;
import io.interrex.cluster.port.EventLog.Append;
import io.interrex.cluster.port.Outcome;
import io.interrex.persistence.codec.EnvelopeBytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Persistent actors' streams in the event log: one stream per persistence id, whose versions are the sequence numbers, and
 * one beside it that says up to where events were deleted (the log itself forgets nothing).
 */
final class ActorStreams {

    /** What happened to be appended, without a place in the stream. */
    record Entry(UUID id, String name, String payload) {}

    private static final String MARKS = "actor-deleted/";
    private static final String EVENTS = "actor/";
    private static final int PAGE = 64;
    private static final int ATTEMPTS_MAX = 3;
    private static final int HASHES_MAX = 1024;

    private final JournalLog.Binding binding;
    private final EventLog log;
    private final Map<String, Envelope> lastByStream = new LinkedHashMap<>();

    ActorStreams(JournalLog.Binding binding) {
        this.binding = binding;
        this.log = binding.log();
    }

    static String stream(String persistenceId) {
        return EVENTS + persistenceId;
    }

    static UUID eventId(String persistenceId, long sequenceNr, String writer) {
        return UUID.nameUUIDFromBytes(
                (persistenceId + "/" + sequenceNr + "/" + writer).getBytes(StandardCharsets.UTF_8));
    }

    /** Appends behind {@code version}; fails where another writer was first, or nobody knows. */
    CompletionStage<Long> append(String stream, long version, List<Entry> entries) {
        return previous(stream, version).thenCompose(hash -> {
            var envelopes = seal(stream, version, entries, hash);
            return append(envelopes, 1);
        });
    }

    private CompletionStage<Long> append(List<Envelope> envelopes, int attempt) {
        var first = envelopes.getFirst();
        return log.append(first.stream(), first.version() - 1, envelopes).thenCompose(result -> switch (result) {
            case Append.Appended(var version) -> {
                remember(envelopes.getLast());
                yield CompletableFuture.completedStage(version);
            }
            case Append.Conflict(var actual) ->
                failed(first.stream() + " is at version " + actual + ", not " + (first.version() - 1)
                        + ": another writer with the same persistence id was there");
            case Append.Unknown(var reason) ->
                attempt < ATTEMPTS_MAX
                        ? append(envelopes, attempt + 1)
                        : failed(first.stream() + " could not be appended to: " + reason);
        });
    }

    private List<Envelope> seal(String stream, long version, List<Entry> entries, String hash) {
        var envelopes = new ArrayList<Envelope>(entries.size());
        String previous = hash;
        for (int i = 0; i < entries.size(); i++) {
            var entry = entries.get(i);
            var envelope = EnvelopeBytes.seal(new Envelope(
                    stream,
                    version + 1 + i,
                    entry.id(),
                    0,
                    binding.wallMs().getAsLong(),
                    binding.monoNs().getAsLong(),
                    binding.node(),
                    entry.name(),
                    1,
                    entries.getFirst().id(),
                    "",
                    entry.payload(),
                    null,
                    previous,
                    ""));
            envelopes.add(envelope);
            previous = envelope.hash();
        }
        return envelopes;
    }

    private CompletionStage<String> previous(String stream, long version) {
        if (version == 0) {
            return CompletableFuture.completedStage(EnvelopeBytes.NO_HASH);
        }
        synchronized (lastByStream) {
            var last = lastByStream.get(stream);
            if (last != null && last.version() == version) {
                return CompletableFuture.completedStage(last.hash());
            }
        }
        return read(stream, version, 1)
                .thenApply(read ->
                        read.isEmpty() ? EnvelopeBytes.NO_HASH : read.getFirst().hash());
    }

    private void remember(Envelope last) {
        synchronized (lastByStream) {
            lastByStream.remove(last.stream());
            lastByStream.put(last.stream(), last);
            if (lastByStream.size() > HASHES_MAX) {
                lastByStream.remove(lastByStream.keySet().iterator().next());
            }
        }
    }

    CompletionStage<List<Envelope>> read(String stream, long fromVersion, int limit) {
        return log.read(stream, fromVersion, limit).thenCompose(outcome -> switch (outcome) {
            case Outcome.Done<List<Envelope>>(var events) -> CompletableFuture.completedStage(events);
            case Outcome.Refused<List<Envelope>>(var reason) -> failed(reason);
            case Outcome.Unknown<List<Envelope>>(var reason) -> failed(reason);
        });
    }

    /** Hands over events {@code from … to}, at most {@code max}, page by page. */
    CompletionStage<Void> replay(String stream, long from, long to, long max, Consumer<Envelope> consumer) {
        if (from > to || max <= 0) {
            return CompletableFuture.completedStage(null);
        }
        int limit = (int) Math.min(PAGE, Math.min(max, to - from + 1));
        return read(stream, from, limit).thenCompose(events -> {
            events.forEach(consumer);
            return events.size() < limit
                    ? CompletableFuture.completedStage(null)
                    : replay(stream, from + events.size(), to, max - events.size(), consumer);
        });
    }

    /** The last version, found by doubling the step and then halving it: a long stream is not read whole. */
    CompletionStage<Long> lastVersion(String stream, long atLeast) {
        long from = Math.max(1, atLeast);
        return read(stream, from, PAGE)
                .thenCompose(events -> events.isEmpty() && from > 1
                        ? lastVersion(stream, 1)
                        : events.size() < PAGE
                                ? CompletableFuture.completedStage(events.isEmpty() ? 0L : last(events))
                                : stepUp(stream, last(events), PAGE));
    }

    private long last(List<Envelope> events) {
        remember(events.getLast());
        return events.getLast().version();
    }

    private CompletionStage<Long> stepUp(String stream, long there, long step) {
        return read(stream, there + step, 1)
                .thenCompose(events -> events.isEmpty()
                        ? narrow(stream, there, there + step)
                        : stepUp(stream, there + step, step * 2));
    }

    private CompletionStage<Long> narrow(String stream, long there, long notThere) {
        if (notThere - there <= 1) {
            return CompletableFuture.completedStage(there);
        }
        long middle = (there + notThere) >>> 1;
        return read(stream, middle, 1)
                .thenCompose(
                        events -> events.isEmpty() ? narrow(stream, there, middle) : narrow(stream, middle, notThere));
    }

    /** Up to which sequence number events count as deleted; 0: none. */
    CompletionStage<Long> deletedTo(String persistenceId) {
        String marks = MARKS + persistenceId;
        return lastVersion(marks, 1)
                .thenCompose(version -> version == 0
                        ? CompletableFuture.completedStage(0L)
                        : read(marks, version, 1)
                                .thenApply(
                                        mark -> Long.parseLong(mark.getFirst().payload())));
    }

    CompletionStage<Void> deleteTo(String persistenceId, long toSequenceNr) {
        String marks = MARKS + persistenceId;
        return lastVersion(stream(persistenceId), 1)
                .thenCompose(last -> deletedTo(persistenceId).thenCompose(before -> {
                    long to = Math.min(last, toSequenceNr);
                    return to <= before
                            ? CompletableFuture.completedStage(null)
                            : lastVersion(marks, 1)
                                    .thenCompose(version -> append(
                                            marks,
                                            version,
                                            List.of(new Entry(
                                                    eventId(marks, to, "mark"), "EventsDeleted", Long.toString(to)))))
                                    .thenApply(appended -> null);
                }));
    }

    private static <T> CompletionStage<T> failed(String why) {
        return CompletableFuture.failedStage(new IllegalStateException(why));
    }
}
