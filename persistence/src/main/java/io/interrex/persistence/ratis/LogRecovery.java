package io.interrex.persistence.ratis;

import io.interrex.cluster.port.Envelope;
import io.interrex.cluster.port.EventLog.Append;
import io.interrex.persistence.codec.CodecException;
import io.interrex.persistence.codec.EnvelopeBytes;
import io.interrex.persistence.ratis.Wire.Request;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.util.SizeInBytes;

/**
 * Reads what a voter that does not run has of the log, without a majority and without changing it, and copies it into the log of
 * another generation. Takes every entry that is whole, committed or not: whatever was acknowledged and reached this voter is
 * among them. Damage stops it, but for the unfinished end of the segment that was open.
 */
public final class LogRecovery implements AutoCloseable {

    /** As large as a message of Raft may be. */
    private static final SizeInBytes ENTRY_MAX = SizeInBytes.valueOf("8MB");

    private static final Pattern SNAPSHOT = Pattern.compile("snapshot\\.\\d+_(\\d+)");
    private static final int BATCH = 64;

    private final StreamStore store;
    private final SortedMap<String, Long> lastVersions = new TreeMap<>();

    private LogRecovery(StreamStore store) {
        this.store = store;
        store.names().forEach(name -> lastVersions.put(name, store.lastVersion(name)));
    }

    /**
     * @param storage of a voter
     * @param cluster as its settings name the log
     * @throws IOException where the voter runs, its log is damaged, or there is none
     */
    public static LogRecovery read(Path storage, String cluster) throws IOException {
        Path group = storage.resolve("raft")
                .resolve(RaftPlan.groupId(cluster).getUuid().toString());
        if (!Files.isDirectory(group.resolve("current"))) {
            throw new IOException("there is no log of " + cluster + " in " + storage);
        }
        requireStopped(group.resolve("in_use.lock"));
        var store = new StreamStore();
        try {
            long last = loadSnapshot(store, group.resolve("sm"));
            for (LogSegmentPath segment : segments(group.resolve("current"))) {
                last = apply(store, segment, last);
            }
            return new LogRecovery(store);
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /**
     * Which voter's seat the disk has.
     *
     * @param storage of a voter
     * @param name of a voter that has its first disk
     */
    public static String voter(Path storage, String name) throws IOException {
        return LogPeer.voter(LogPeer.of(name, storage));
    }

    private static void requireStopped(Path lock) throws IOException {
        if (!Files.exists(lock)) {
            return;
        }
        try (var channel = FileChannel.open(lock, StandardOpenOption.WRITE);
                var held = channel.tryLock()) {
            if (held == null) {
                throw new IOException("the node runs, it has locked " + lock);
            }
        } catch (OverlappingFileLockException e) {
            throw new IOException("the node runs, it has locked " + lock, e);
        }
    }

    /** Returns the index of the last entry that is in the newest snapshot, −1 without one. */
    private static long loadSnapshot(StreamStore store, Path directory) throws IOException {
        Path newest = null;
        long newestIndex = -1;
        if (Files.isDirectory(directory)) {
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    var name = SNAPSHOT.matcher(String.valueOf(file.getFileName()));
                    long index = name.matches() ? Long.parseLong(name.group(1)) : -1;
                    if (index > newestIndex) {
                        newestIndex = index;
                        newest = file;
                    }
                }
            }
        }
        store.load(newest);
        return newestIndex;
    }

    private static List<LogSegmentPath> segments(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(LogSegmentPath::matchLogSegment)
                    .filter(Objects::nonNull)
                    .sorted(Comparator.comparing(LogSegmentPath::getStartEnd))
                    .toList();
        }
    }

    private static long apply(StreamStore store, LogSegmentPath segment, long appliedBefore) throws IOException {
        boolean open = String.valueOf(segment.getPath().getFileName()).startsWith("log_inprogress_");
        var entries = new ArrayList<LogEntryProto>();
        LogSegment.readSegmentFile(
                segment.getPath().toFile(),
                segment.getStartEnd(),
                ENTRY_MAX,
                open ? CorruptionPolicy.WARN_AND_RETURN : CorruptionPolicy.EXCEPTION,
                null,
                entries::add);
        long applied = appliedBefore;
        for (LogEntryProto entry : entries) {
            if (entry.getIndex() <= applied) {
                continue;
            }
            if (entry.getIndex() != applied + 1) {
                throw new IOException("the log lacks the entries from " + (applied + 1) + " to before "
                        + entry.getIndex() + " in " + segment.getPath());
            }
            applied = entry.getIndex();
            if (entry.hasStateMachineLogEntry()) {
                apply(store, entry);
            }
        }
        return applied;
    }

    /** As the replica would have, refusals included. */
    private static void apply(StreamStore store, LogEntryProto entry) throws IOException {
        try {
            if (Wire.request(entry.getStateMachineLogEntry().getLogData()) instanceof Request.Append append) {
                store.apply(append);
            }
        } catch (CodecException e) {
            throw new IOException("entry " + entry.getIndex() + " of the log cannot be read", e);
        }
    }

    /** The last version of each stream. */
    public SortedMap<String, Long> lastVersions() {
        return lastVersions;
    }

    /** The events of a stream from a version on; at least one where there is one. */
    public List<Envelope> events(String stream, long fromVersion) {
        return store.read(stream, fromVersion, BATCH).events().stream()
                .map(EnvelopeBytes::decode)
                .toList();
    }

    /** Copies all of it into an empty log, or goes on where that was begun. Throws {@link IOException} where it did not end well. */
    public void copyInto(RatisEventLog target, int bytesMax) throws IOException {
        for (Map.Entry<String, Long> last : lastVersions.entrySet()) {
            String stream = last.getKey();
            long copied = 0;
            for (List<Envelope> batch = batch(stream, 1, bytesMax);
                    !batch.isEmpty();
                    batch = batch(stream, copied + 1, bytesMax)) {
                Append answer = target.append(stream, copied, batch)
                        .toCompletableFuture()
                        .join();
                long there = switch (answer) {
                    case Append.Appended(var version) -> version;
                    case Append.Conflict(var version) -> version;
                    case Append.Unknown u -> 0;
                };
                // a conflict: copied before in other portions. The chain of hashes tells where it was another history
                if (there <= copied || answer instanceof Append.Conflict && there >= last.getValue()) {
                    throw new IOException("%s after version %d was not copied: %s".formatted(stream, copied, answer));
                }
                copied = there;
            }
        }
    }

    private List<Envelope> batch(String stream, long fromVersion, int bytesMax) {
        var batch = new ArrayList<Envelope>();
        int bytes = 0;
        for (Envelope event : events(stream, fromVersion)) {
            bytes += EnvelopeBytes.encode(event).length;
            if (bytes > bytesMax && !batch.isEmpty()) {
                return batch;
            }
            batch.add(event);
        }
        return batch;
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
