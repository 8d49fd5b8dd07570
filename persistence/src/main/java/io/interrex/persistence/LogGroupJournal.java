package io.interrex.persistence;

import io.interrex.cluster.format.Format;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.port.Envelope;
import io.interrex.cluster.port.EventLog;
import io.interrex.cluster.port.EventLog.Append;
import io.interrex.cluster.port.EventLog.Subscription;
import io.interrex.cluster.port.GroupJournal;
import io.interrex.cluster.port.Outcome;
import io.interrex.persistence.codec.CodecException;
import io.interrex.persistence.codec.EnvelopeBytes;
import io.interrex.persistence.codec.EventCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link GroupJournal} over any {@link EventLog}: puts each decision into envelopes that continue the stream's hash chain,
 * and reads back by event id what had an unknown outcome. Event ids follow from the decision's id, so that repeating a
 * decision repeats its ids. Thread-safe.
 */
public final class LogGroupJournal implements GroupJournal {

    private static final Logger LOG = LoggerFactory.getLogger(LogGroupJournal.class);

    /**
     * What an envelope says of its writer.
     *
     * @param wallMs wall clock, ms since 1970
     * @param monoNs monotonic clock, ns
     * @param node name of this node
     */
    public record Writer(LongSupplier wallMs, LongSupplier monoNs, String node) {}

    private final EventLog log;
    private final EventCodec codec;
    private final Writer writer;
    private final KnownHashes hashes = new KnownHashes();
    private final KnownSettings settings = new KnownSettings();
    private final SentDecisions sent = new SentDecisions();

    public LogGroupJournal(EventLog log, EventCodec codec, Writer writer) {
        this.log = log;
        this.codec = codec;
        this.writer = writer;
    }

    /** Name of a group's stream. */
    public static String stream(String group) {
        return "group/" + group;
    }

    @Override
    public CompletionStage<Written> append(
            String group,
            long expectedVersion,
            UUID decisionId,
            int format,
            GroupCommand command,
            List<GroupEvent> events) {
        if (events.isEmpty()) {
            throw new IllegalArgumentException("a decision without events is not recorded");
        }
        String tooNew = tooNew(format, command, events);
        if (tooNew != null) {
            return CompletableFuture.completedStage(new Written.TooNew(tooNew));
        }
        String stream = stream(group);
        var before = sent.find(stream, expectedVersion, decisionId);
        if (before != null) {
            return write(before, events);
        }
        return hashBefore(stream, expectedVersion).thenCompose(outcome -> switch (outcome) {
            case Outcome.Done<String>(var previousHash) -> {
                var envelopes = seal(stream, expectedVersion, decisionId, format, command, events, previousHash);
                sent.remember(decisionId, envelopes);
                yield write(envelopes, events);
            }
            case Outcome.Refused<String>(var reason) -> unknown(reason);
            case Outcome.Unknown<String>(var reason) -> unknown(reason);
        });
    }

    private static @Nullable String tooNew(int format, GroupCommand command, List<GroupEvent> events) {
        return Stream.concat(Stream.of(command), events.stream())
                .map(written -> Format.tooNew(written, format))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private CompletionStage<Outcome<String>> hashBefore(String stream, long version) {
        if (version == 0) {
            return CompletableFuture.completedStage(Outcome.done(EnvelopeBytes.NO_HASH));
        }
        String known = hashes.of(stream, version);
        if (known != null) {
            return CompletableFuture.completedStage(Outcome.done(known));
        }
        return log.read(stream, version, 1)
                .thenApply(outcome ->
                        outcome.map(read -> read.isEmpty() ? EnvelopeBytes.NO_HASH : remember(read.getFirst())));
    }

    private String remember(Envelope envelope) {
        hashes.put(envelope);
        return envelope.hash();
    }

    private List<Envelope> seal(
            String stream,
            long expectedVersion,
            UUID decisionId,
            int format,
            GroupCommand command,
            List<GroupEvent> events,
            String previousHash) {
        var sealed = new ArrayList<Envelope>(events.size());
        String previous = previousHash;
        String inEffect = settings.of(stream, events);
        for (int i = 0; i < events.size(); i++) {
            var event = events.get(i);
            var encoded = codec.encode(event, format);
            var envelope = EnvelopeBytes.seal(new Envelope(
                    stream,
                    expectedVersion + 1 + i,
                    eventId(decisionId, i),
                    event.epoch(),
                    writer.wallMs().getAsLong(),
                    writer.monoNs().getAsLong(),
                    writer.node(),
                    encoded.name(),
                    encoded.schema(),
                    decisionId,
                    inEffect,
                    encoded.payload(),
                    i == 0 ? codec.encodeCommand(command, format) : null,
                    previous,
                    ""));
            sealed.add(envelope);
            previous = envelope.hash();
        }
        return List.copyOf(sealed);
    }

    /** The id of a decision's event number {@code index}: the same each time. */
    static UUID eventId(UUID decisionId, int index) {
        return UUID.nameUUIDFromBytes((decisionId + "/" + index).getBytes(StandardCharsets.UTF_8));
    }

    private CompletionStage<Written> write(List<Envelope> envelopes, List<GroupEvent> events) {
        var first = envelopes.getFirst();
        return log.append(first.stream(), first.version() - 1, envelopes)
                .thenCompose(append -> answered(append, envelopes, events))
                .exceptionallyCompose(failure -> chainBroken(first, failure));
    }

    private CompletionStage<Written> answered(Append append, List<Envelope> envelopes, List<GroupEvent> events) {
        var first = envelopes.getFirst();
        return switch (append) {
            case Append.Appended a -> {
                envelopes.forEach(hashes::put);
                var recorded = new ArrayList<Recorded>(envelopes.size());
                for (int i = 0; i < envelopes.size(); i++) {
                    recorded.add(settings.saw(new Recorded(envelopes.get(i), events.get(i))));
                }
                yield CompletableFuture.completedStage(new Written.Appended(List.copyOf(recorded)));
            }
            case Append.Conflict(var actual) -> {
                sent.forget(first.cause());
                yield CompletableFuture.completedStage(new Written.Conflict(actual));
            }
            case Append.Unknown(var reason) -> readBack(envelopes, reason);
        };
    }

    /** What was known of the stream is forgotten, so that the next try reads it from the log. */
    private CompletionStage<Written> chainBroken(Envelope first, Throwable failure) {
        var cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
        if (cause instanceof BrokenChainException broken) {
            LOG.warn("{}; its hashes are read anew", broken.getMessage());
            hashes.clear();
            sent.forget(first.cause());
            return unknown(String.valueOf(broken.getMessage()));
        }
        return CompletableFuture.failedStage(cause);
    }

    private CompletionStage<Written> readBack(List<Envelope> envelopes, String reason) {
        var first = envelopes.getFirst();
        return log.read(first.stream(), first.version(), envelopes.size()).thenApply(outcome -> switch (outcome) {
            case Outcome.Done<List<Envelope>>(var found) -> {
                found.forEach(hashes::put);
                if (found.isEmpty()) {
                    yield new Written.Unknown(reason + "; read back: not there yet");
                }
                if (found.getFirst().id().equals(first.id())) {
                    LOG.info("{} version {} was appended after all", first.stream(), first.version());
                    yield new Written.Appended(found.stream().map(this::decode).toList());
                }
                sent.forget(first.cause());
                yield new Written.Conflict(found.getLast().version());
            }
            case Outcome.Refused<List<Envelope>>(var why) -> new Written.Unknown(reason + "; read back: " + why);
            case Outcome.Unknown<List<Envelope>>(var why) -> new Written.Unknown(reason + "; read back: " + why);
        });
    }

    private Recorded decode(Envelope envelope) {
        return settings.saw(codec.decode(envelope));
    }

    private static CompletionStage<Written> unknown(String reason) {
        return CompletableFuture.completedStage(new Written.Unknown(reason));
    }

    @Override
    public Subscription follow(String group, long fromVersion, Consumer<Recorded> listener, Consumer<String> stopped) {
        return log.tail(stream(group), fromVersion, envelope -> {
            Recorded recorded;
            try {
                recorded = decode(envelope);
            } catch (RuntimeException e) {
                stopped.accept(e.toString());
                throw e;
            }
            hashes.put(envelope);
            listener.accept(recorded);
        });
    }

    @Override
    public CompletionStage<Outcome<List<Recorded>>> read(String group, long fromVersion, int limit) {
        return log.read(stream(group), fromVersion, limit).thenApply(outcome -> switch (outcome) {
            case Outcome.Done<List<Envelope>>(var found) -> decoded(found);
            case Outcome.Refused<List<Envelope>>(var reason) -> Outcome.refused(reason);
            case Outcome.Unknown<List<Envelope>>(var reason) -> Outcome.unknown(reason);
        });
    }

    private Outcome<List<Recorded>> decoded(List<Envelope> found) {
        try {
            List<Recorded> events = found.stream().map(this::decode).toList();
            found.forEach(hashes::put);
            return Outcome.done(events);
        } catch (CodecException e) {
            return Outcome.refused(e.toString());
        }
    }

    @Override
    public void offer(Envelope committed) {
        log.offer(committed);
    }
}
