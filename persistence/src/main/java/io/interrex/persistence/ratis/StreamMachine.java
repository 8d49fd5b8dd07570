package io.interrex.persistence.ratis;

import io.interrex.persistence.codec.CodecException;
import io.interrex.persistence.ratis.Wire.Reply;
import io.interrex.persistence.ratis.Wire.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.MD5FileUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replicated state machine: applies committed appends to a {@link StreamStore}, answers reads from it, and turns it into
 * snapshots that are complete on disk before Raft forgets the entries that they stand for.
 */
final class StreamMachine extends BaseStateMachine {

    private static final Logger LOG = LoggerFactory.getLogger(StreamMachine.class);

    private final SimpleStateMachineStorage storage = new SimpleStateMachineStorage();
    private final StreamStore store;
    private final Waiters waiters = new Waiters();
    private final Consumer<String> onAppended;
    private final Consumer<Throwable> onLogFailed;

    /** Ratis answers reads of a group of one before its log was applied; with more voters it waits by itself. */
    private final CompletableFuture<Boolean> readable;

    /**
     * @param alone this is the only voter
     * @param onAppended told the stream that grew; must return at once
     * @param onLogFailed told why this replica can no longer write
     */
    StreamMachine(StreamStore store, boolean alone, Consumer<String> onAppended, Consumer<Throwable> onLogFailed) {
        this.store = store;
        this.readable = alone ? new CompletableFuture<>() : CompletableFuture.completedFuture(true);
        this.onAppended = onAppended;
        this.onLogFailed = onLogFailed;
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage raftStorage) throws IOException {
        super.initialize(server, groupId, raftStorage);
        getLifeCycle()
                .startAndTransition(
                        () -> {
                            storage.init(raftStorage);
                            load();
                        },
                        IOException.class);
    }

    @Override
    public void pause() {
        getLifeCycle().transition(LifeCycle.State.PAUSING);
        getLifeCycle().transition(LifeCycle.State.PAUSED);
    }

    /** After a snapshot of the leader was installed: its files come without a force to disk. */
    @Override
    public void reinitialize() throws IOException {
        storage.loadLatestSnapshot();
        var snapshot = storage.getLatestSnapshot();
        if (snapshot != null) {
            force(snapshot.getFile().getPath());
        }
        load();
        getLifeCycle().transition(LifeCycle.State.STARTING);
        getLifeCycle().transition(LifeCycle.State.RUNNING);
        store.names().forEach(this::announce);
    }

    private void load() throws IOException {
        var snapshot = storage.loadLatestSnapshot();
        store.load(snapshot == null ? null : snapshot.getFile().getPath());
        if (snapshot != null) {
            setLastAppliedTermIndex(snapshot.getTermIndex());
        }
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return storage;
    }

    @Override
    public TransactionContext startTransaction(RaftClientRequest request) throws IOException {
        var transaction = super.startTransaction(request);
        try {
            if (!(Wire.request(request.getMessage().getContent()) instanceof Request.Append)) {
                transaction.setException(new IOException("only an append goes through the log"));
            }
        } catch (CodecException e) {
            transaction.setException(e);
        }
        return transaction;
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        var entry = transaction.getLogEntry();
        Reply reply = apply(entry);
        updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
        return CompletableFuture.completedFuture(Message.valueOf(Wire.encode(reply)));
    }

    private Reply apply(LogEntryProto entry) {
        Request request;
        try {
            request = Wire.request(entry.getStateMachineLogEntry().getLogData());
        } catch (CodecException e) {
            return new Reply.Invalid(String.valueOf(e.getMessage()));
        }
        return switch (request) {
            case Request.Append append -> {
                var reply = store.apply(append);
                if (reply instanceof Reply.Appended) {
                    announce(append.stream());
                }
                yield reply;
            }
            case Request.Read read -> new Reply.Invalid("a read of " + read.stream() + " in the log");
        };
    }

    private void announce(String stream) {
        waiters.wake(stream);
        onAppended.accept(stream);
    }

    @Override
    public CompletableFuture<Message> query(Message message) {
        Request request;
        try {
            request = Wire.request(message.getContent());
        } catch (CodecException e) {
            return CompletableFuture.failedFuture(e);
        }
        return switch (request) {
            case Request.Append append ->
                CompletableFuture.failedFuture(
                        new CodecException("an append to " + append.stream() + " sent as a query"));
            case Request.Read read ->
                readable.thenCompose(r -> read(read)).thenApply(reply -> Message.valueOf(Wire.encode(reply)));
        };
    }

    @Override
    public CompletableFuture<Message> queryStale(Message message, long minIndex) {
        return query(message);
    }

    private CompletableFuture<Reply> read(Request.Read read) {
        if (read.waitMs() <= 0) {
            return CompletableFuture.completedFuture(store.read(read.stream(), read.fromVersion(), read.limit()));
        }
        return waiters.await(read.stream(), () -> store.lastVersion(read.stream()) >= read.fromVersion(), read.waitMs())
                .thenApply(woken -> store.read(read.stream(), read.fromVersion(), read.limit()));
    }

    @Override
    public long takeSnapshot() throws IOException {
        TermIndex applied = getLastAppliedTermIndex();
        if (applied.getIndex() < 0) {
            return RaftLog.INVALID_LOG_INDEX;
        }
        var latest = storage.getLatestSnapshot();
        if (latest != null && latest.getIndex() == applied.getIndex()) {
            return applied.getIndex();
        }
        Path target =
                storage.getSnapshotFile(applied.getTerm(), applied.getIndex()).toPath();
        Path unfinished = target.resolveSibling("unfinished");
        List<Long> offsets;
        try {
            offsets = store.writeTo(unfinished);
        } catch (IOException e) {
            Files.deleteIfExists(unfinished);
            throw e;
        }
        Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
        var md5 = MD5FileUtil.computeAndSaveMd5ForFile(target.toFile());
        force(target.getParent());
        store.adopt(target, offsets);
        storage.updateLatestSnapshot(
                new SingleFileSnapshotInfo(new FileInfo(target, md5), applied.getTerm(), applied.getIndex()));
        return applied.getIndex();
    }

    private static void force(@Nullable Path fileOrDirectory) throws IOException {
        if (fileOrDirectory == null) {
            return;
        }
        try (var channel = FileChannel.open(fileOrDirectory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public void notifyLeaderReady() {
        readable.complete(true);
    }

    @Override
    public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto failedEntry) {
        onLogFailed.accept(cause);
    }

    @Override
    public void close() {
        try {
            store.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the event log's snapshot could not be closed", e);
        }
        LOG.debug("state machine closed");
    }
}
