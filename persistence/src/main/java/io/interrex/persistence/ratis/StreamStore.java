package io.interrex.persistence.ratis;

import io.interrex.cluster.port.Envelope;
import io.interrex.persistence.codec.CodecException;
import io.interrex.persistence.codec.EnvelopeBytes;
import io.interrex.persistence.ratis.Wire.Reply;
import io.interrex.persistence.ratis.Wire.Request;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One replica's copy of all streams. It decides about an append by the copy alone, so every replica decides the same.
 * Events up to the last snapshot are read from its file, of which only the offsets are held; those after it are in memory
 * (and in the Raft log).
 */
final class StreamStore implements Closeable {

    private static final int REPLY_BYTES_MAX = 1 << 20;

    private static final class Stream {
        private long[] offsets = new long[8];
        private int onFile;
        private final List<byte[]> pending = new ArrayList<>();
        private String lastHash = EnvelopeBytes.NO_HASH;

        long last() {
            return (long) onFile + pending.size();
        }

        void addOffset(long offset) {
            if (onFile == offsets.length) {
                offsets = Arrays.copyOf(offsets, onFile + (onFile >> 1) + 8);
            }
            offsets[onFile++] = offset;
        }
    }

    private final Map<String, Stream> streams = new HashMap<>();
    private List<Pending> pending = new ArrayList<>();
    private long pendingBytes;
    private @Nullable FileChannel file;
    private long fileRecords;

    private record Pending(Stream stream, byte[] bytes) {}

    synchronized Reply apply(Request.Append append) {
        List<Envelope> events;
        try {
            events = append.events().stream().map(EnvelopeBytes::decode).toList();
        } catch (CodecException e) {
            return new Reply.Invalid(String.valueOf(e.getMessage()));
        }
        String wrong = brokenRule(append, events);
        if (wrong != null) {
            return new Reply.Invalid(wrong);
        }
        var stream = streams.computeIfAbsent(append.stream(), s -> new Stream());
        long end = append.expectedVersion() + events.size();
        if (stream.last() == append.expectedVersion()) {
            if (!events.getFirst().previousHash().equals(stream.lastHash)) {
                return new Reply.BrokenChain(append.stream() + " version " + (append.expectedVersion() + 1)
                        + " does not continue the hash chain: the writer knows another history");
            }
            for (byte[] bytes : append.events()) {
                stream.pending.add(bytes);
                pending.add(new Pending(stream, bytes));
                pendingBytes += bytes.length;
            }
            stream.lastHash = events.getLast().hash();
            return new Reply.Appended(end);
        }
        if (stream.last() >= end && sameIds(stream, append.expectedVersion(), events)) {
            return new Reply.Appended(end);
        }
        return new Reply.Conflict(stream.last());
    }

    private static @Nullable String brokenRule(Request.Append append, List<Envelope> events) {
        if (events.isEmpty()) {
            return "an append has at least one event";
        }
        if (append.expectedVersion() < 0 || append.expectedVersion() > Integer.MAX_VALUE - events.size()) {
            return "no stream is at version " + append.expectedVersion();
        }
        for (int i = 0; i < events.size(); i++) {
            var event = events.get(i);
            if (!event.stream().equals(append.stream())) {
                return "an event of " + event.stream() + " in an append to " + append.stream();
            }
            if (event.version() != append.expectedVersion() + 1 + i) {
                return "event " + event.id() + " has version " + event.version() + ", its place is "
                        + (append.expectedVersion() + 1 + i);
            }
            if (i > 0 && !event.previousHash().equals(events.get(i - 1).hash())) {
                return "event " + event.id() + " does not continue the hash chain of its own append";
            }
        }
        return null;
    }

    private boolean sameIds(Stream stream, long expectedVersion, List<Envelope> events) {
        for (int i = 0; i < events.size(); i++) {
            var stored = EnvelopeBytes.decode(bytes(stream, expectedVersion + 1 + i));
            if (!stored.id().equals(events.get(i).id())) {
                return false;
            }
        }
        return true;
    }

    synchronized Reply.Events read(String name, long fromVersion, int limit) {
        var stream = streams.get(name);
        if (stream == null) {
            return new Reply.Events(0, List.of());
        }
        var events = new ArrayList<byte[]>();
        long size = 0;
        for (long v = Math.max(1, fromVersion); v <= stream.last() && events.size() < limit; v++) {
            byte[] bytes = bytes(stream, v);
            size += bytes.length;
            if (size > REPLY_BYTES_MAX && !events.isEmpty()) {
                break;
            }
            events.add(bytes);
        }
        return new Reply.Events(stream.last(), events);
    }

    synchronized long lastVersion(String name) {
        var stream = streams.get(name);
        return stream == null ? 0 : stream.last();
    }

    synchronized long pendingBytes() {
        return pendingBytes;
    }

    synchronized List<String> names() {
        return List.copyOf(streams.keySet());
    }

    private byte[] bytes(Stream stream, long version) {
        int index = Math.toIntExact(version - 1);
        if (index >= stream.onFile) {
            return stream.pending.get(index - stream.onFile);
        }
        var snapshot = file;
        if (snapshot == null) {
            throw new IllegalStateException("events on file without a snapshot");
        }
        try {
            return SnapshotFile.read(snapshot, stream.offsets[index]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes all events to {@code target}; then {@link #adopt} makes it the file that is read. Only the applying thread calls both. */
    List<Long> writeTo(Path target) throws IOException {
        List<byte[]> added;
        synchronized (this) {
            added = pending.stream().map(Pending::bytes).toList();
        }
        var offsets = new ArrayList<Long>(added.size());
        SnapshotFile.write(target, file, fileRecords, added, offsets);
        return offsets;
    }

    synchronized void adopt(Path snapshot, List<Long> offsets) throws IOException {
        var opened = FileChannel.open(snapshot, StandardOpenOption.READ);
        for (int i = 0; i < offsets.size(); i++) {
            var stream = pending.get(i).stream();
            stream.addOffset(offsets.get(i));
            stream.pending.removeFirst();
        }
        fileRecords += offsets.size();
        pending = new ArrayList<>(pending.subList(offsets.size(), pending.size()));
        pendingBytes = pending.stream().mapToLong(p -> p.bytes().length).sum();
        closeFile();
        file = opened;
    }

    /** Forgets everything and reads {@code snapshot}; null: starts empty. */
    synchronized void load(@Nullable Path snapshot) throws IOException {
        streams.clear();
        pending = new ArrayList<>();
        pendingBytes = 0;
        fileRecords = 0;
        closeFile();
        if (snapshot == null) {
            return;
        }
        fileRecords = SnapshotFile.scan(snapshot, (offset, bytes) -> {
            var event = decoded(snapshot, offset, bytes);
            var stream = streams.computeIfAbsent(event.stream(), s -> new Stream());
            if (event.version() != stream.last() + 1 || !event.previousHash().equals(stream.lastHash)) {
                throw new IOException("snapshot " + snapshot.getFileName() + " of the event log breaks the chain of "
                        + event.stream() + " at version " + event.version());
            }
            stream.addOffset(offset);
            stream.lastHash = event.hash();
        });
        file = FileChannel.open(snapshot, StandardOpenOption.READ);
    }

    private static Envelope decoded(Path snapshot, long offset, byte[] bytes) throws IOException {
        try {
            return EnvelopeBytes.decode(bytes);
        } catch (CodecException e) {
            throw new IOException(
                    "snapshot " + snapshot.getFileName() + " of the event log holds no event at " + offset, e);
        }
    }

    private void closeFile() throws IOException {
        var old = file;
        file = null;
        if (old != null) {
            old.close();
        }
    }

    @Override
    public synchronized void close() throws IOException {
        closeFile();
    }
}
