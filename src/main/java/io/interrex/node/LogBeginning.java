package io.interrex.node;

import io.interrex.cluster.charter.VoterCharter;
import io.interrex.cluster.charter.VoterRecovery;
import io.interrex.cluster.group.Decision;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupDecider;
import io.interrex.cluster.group.GroupEvolution;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.port.Envelope;
import io.interrex.cluster.port.EventLog.Append;
import io.interrex.cluster.port.GroupJournal.Recorded;
import io.interrex.cluster.port.GroupJournal.Written;
import io.interrex.cluster.port.Outcome;
import io.interrex.persistence.LogGroupJournal;
import io.interrex.persistence.codec.EnvelopeBytes;
import io.interrex.persistence.ratis.LogRecovery;
import io.interrex.persistence.ratis.RatisEventLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the log of a later generation begin: the survivor copies what it has of the one before, says in every group that the voters
 * were recovered, and marks the log as begun; nobody, the survivor included, reads or writes a group before that mark. Each step may be
 * done again, so that it may be interrupted anywhere.
 */
final class LogBeginning {

    private static final Logger LOG = LoggerFactory.getLogger(LogBeginning.class);
    private static final long RETRY_NS = 200_000_000;
    private static final int READ_MAX = 500;
    private static final int COPY_BYTES_MAX = 256 << 10;

    private final RatisEventLog log;
    private final LogGroupJournal journal;
    private final int generation;
    private final String node;
    private final List<String> voters;
    private final @Nullable Source source;

    /**
     * What the survivor begins with.
     *
     * @param before its replica of the generation before
     * @param name of that log
     */
    record Source(Path before, String name, VoterRecovery recovery) {}

    /** @param source null on every other node: it waits for the mark */
    LogBeginning(
            RatisEventLog log, LogGroupJournal journal, VoterCharter charter, String node, @Nullable Source source) {
        this.log = log;
        this.journal = journal;
        this.generation = charter.generation();
        this.voters = charter.voters();
        this.node = node;
        this.source = source;
    }

    /** Returns when the log has begun; until then it tries, unless the thread is interrupted. */
    void await() {
        String told = "";
        while (!Thread.currentThread().isInterrupted()) {
            try {
                if (hasBegun()) {
                    return;
                }
                if (source != null) {
                    begin(source);
                    return;
                }
            } catch (IOException | RuntimeException e) {
                if (!String.valueOf(e.getMessage()).equals(told)) {
                    told = String.valueOf(e.getMessage());
                    LOG.warn("the log of generation {} has not begun yet: {}", generation, told);
                }
            }
            LockSupport.parkNanos(RETRY_NS);
        }
    }

    private String mark() {
        return "generation/" + generation;
    }

    private boolean hasBegun() throws IOException {
        return !done(log.read(mark(), 1, 1).toCompletableFuture().join()).isEmpty();
    }

    private void begin(Source from) throws IOException {
        try (LogRecovery recovered = LogRecovery.read(from.before(), from.name())) {
            recovered.copyInto(log, COPY_BYTES_MAX);
            for (String stream : recovered.lastVersions().keySet()) {
                if (stream.startsWith(LogGroupJournal.stream(""))) {
                    recover(stream.substring(LogGroupJournal.stream("").length()), from.recovery());
                }
            }
        }
        var answer =
                log.append(mark(), 0, List.of(begun())).toCompletableFuture().join();
        if (!(answer instanceof Append.Appended)) {
            throw new IOException("the log was not marked as begun: " + answer);
        }
        LOG.info("the log of generation {} begins with what this node has of the one before", generation);
    }

    /** Always the same one: it may be appended again. */
    private Envelope begun() {
        UUID id = UUID.nameUUIDFromBytes((mark() + "/begun").getBytes(StandardCharsets.UTF_8));
        return EnvelopeBytes.seal(new Envelope(
                mark(), 1, id, 0, 0, 0, node, "GenerationBegun", 1, id, "", "{}", null, EnvelopeBytes.NO_HASH, ""));
    }

    private void recover(String group, VoterRecovery decided) throws IOException {
        GroupState state = null;
        long version = 0;
        List<Recorded> read;
        do {
            read = done(journal.read(group, version + 1, READ_MAX)
                    .toCompletableFuture()
                    .join());
            for (Recorded recorded : read) {
                state = GroupEvolution.evolve(state, recorded.event());
                version = recorded.envelope().version();
            }
        } while (!read.isEmpty());
        if (state == null || state.voterConfig() >= generation) {
            return;
        }
        var command = new GroupCommand.RecoverVoters(
                new GroupCommand.Stamp(node, System.currentTimeMillis()),
                generation,
                voters,
                decided.lost(),
                decided.epoch() - 1,
                decided.actor(),
                decided.reason(),
                decided.known());
        Decision decision = GroupDecider.decide(state, command);
        UUID id = UUID.nameUUIDFromBytes((mark() + "/" + group).getBytes(StandardCharsets.UTF_8));
        Written written = journal.append(group, version, id, state.upkeep().format(), command, decision.events())
                .toCompletableFuture()
                .join();
        if (!(written instanceof Written.Appended)) {
            throw new IOException("group " + group + " was not told of its voters: " + written);
        }
    }

    private static <T> T done(Outcome<T> outcome) throws IOException {
        return switch (outcome) {
            case Outcome.Done<T>(var value) -> value;
            case Outcome.Refused<T>(var reason) -> throw new IOException(reason);
            case Outcome.Unknown<T>(var reason) -> throw new IOException(reason);
        };
    }
}
