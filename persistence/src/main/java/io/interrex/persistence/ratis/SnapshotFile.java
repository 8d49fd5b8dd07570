package io.interrex.persistence.ratis;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The file of one snapshot: a header, one record per event in the order in which they were applied ({@code length, CRC-32C,
 * bytes}), and an end mark with the number of records. A newer snapshot begins with all records of the older one, so an
 * event keeps its offset.
 */
final class SnapshotFile {

    private static final long MAGIC = 0x494e_5445_5252_4558L;
    private static final int FORMAT = 1;
    private static final int HEADER_BYTES = 12;
    private static final int RECORD_HEADER_BYTES = 8;
    private static final int END = -1;
    private static final int END_BYTES = 12;

    interface Visitor {
        void event(long offset, byte[] bytes) throws IOException;
    }

    private SnapshotFile() {}

    /**
     * Writes {@code target} as the records of {@code base} followed by {@code added}, and forces it to disk.
     *
     * @param base null for the first snapshot
     * @param offsets receives the offset of each added event
     */
    static void write(Path target, @Nullable FileChannel base, long baseRecords, List<byte[]> added, List<Long> offsets)
            throws IOException {
        try (var out = FileChannel.open(
                target, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            if (base == null) {
                writeFully(
                        out,
                        ByteBuffer.allocate(HEADER_BYTES)
                                .putLong(MAGIC)
                                .putInt(FORMAT)
                                .flip());
            } else {
                long length = base.size() - END_BYTES;
                for (long at = 0; at < length; ) {
                    at += base.transferTo(at, length - at, out);
                }
            }
            for (byte[] event : added) {
                offsets.add(out.position());
                writeFully(
                        out,
                        ByteBuffer.allocate(RECORD_HEADER_BYTES + event.length)
                                .putInt(event.length)
                                .putInt(checksum(event))
                                .put(event)
                                .flip());
            }
            writeFully(
                    out,
                    ByteBuffer.allocate(END_BYTES)
                            .putInt(END)
                            .putLong(baseRecords + added.size())
                            .flip());
            out.force(true);
        }
    }

    /** Visits every record; returns their number. Throws {@link IOException} for a damaged file. */
    static long scan(Path file, Visitor visitor) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ);
                var in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel), 1 << 16))) {
            if (in.readLong() != MAGIC || in.readInt() != FORMAT) {
                throw damaged(file, "its header is unknown");
            }
            long offset = HEADER_BYTES;
            for (long records = 0; ; records++) {
                int length = in.readInt();
                if (length == END) {
                    if (in.readLong() != records || offset + END_BYTES != channel.size()) {
                        throw damaged(file, "it has " + records + " events, its end mark says otherwise");
                    }
                    return records;
                }
                if (length < 0 || length > channel.size() - offset) {
                    throw damaged(file, "the record at " + offset + " has an impossible length");
                }
                int checksum = in.readInt();
                byte[] event = in.readNBytes(length);
                if (event.length != length || checksum(event) != checksum) {
                    throw damaged(file, "the checksum of the record at " + offset + " is wrong");
                }
                visitor.event(offset, event);
                offset += RECORD_HEADER_BYTES + length;
            }
        } catch (EOFException e) {
            throw damaged(file, "it ends too early");
        }
    }

    static byte[] read(FileChannel file, long offset) throws IOException {
        var header = readFully(file, offset, RECORD_HEADER_BYTES);
        int length = header.getInt();
        int checksum = header.getInt();
        if (length < 0 || length > file.size() - offset) {
            throw new IOException("the event at offset " + offset + " of the snapshot has an impossible length");
        }
        byte[] event = readFully(file, offset + RECORD_HEADER_BYTES, length).array();
        if (checksum(event) != checksum) {
            throw new IOException("the event at offset " + offset + " of the snapshot is damaged on disk");
        }
        return event;
    }

    private static ByteBuffer readFully(FileChannel file, long offset, int length) throws IOException {
        var buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, offset + buffer.position()) < 0) {
                throw new EOFException("the snapshot ends before offset " + (offset + length));
            }
        }
        return buffer.flip();
    }

    private static void writeFully(FileChannel out, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            out.write(buffer);
        }
    }

    private static int checksum(byte[] bytes) {
        var crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    private static IOException damaged(Path file, String why) {
        return new IOException("snapshot " + file.getFileName() + " of the event log is damaged: " + why
                + ". Do not delete it: move this voter's log directory away and add the voter anew");
    }
}
