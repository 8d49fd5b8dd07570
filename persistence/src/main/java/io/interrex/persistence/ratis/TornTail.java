package io.interrex.persistence.ratis;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts the unfinished end off the Raft log before Ratis reads it. Only the segment that was open when the process died can
 * have such an end: what was acknowledged was forced to disk before, what was not may be half there. Damage in a finished
 * segment is never cut; Ratis refuses to start on it.
 *
 * <p>Rejected: Ratis's own policy to warn and go on, because it also drops acknowledged entries of finished segments.
 */
final class TornTail {

    private static final Logger LOG = LoggerFactory.getLogger(TornTail.class);
    private static final int HEADER_BYTES = 8;
    private static final int CHECKSUM_BYTES = 4;

    private TornTail() {}

    /** Returns how many bytes were cut off; 0: the log ended cleanly. */
    static long cut(Path raftDirectory) throws IOException {
        if (!Files.isDirectory(raftDirectory)) {
            return 0;
        }
        long cut = 0;
        try (var files = Files.walk(raftDirectory, 3)) {
            for (var file : files.filter(TornTail::isOpenSegment).toList()) {
                cut += cutFile(file);
            }
        }
        return cut;
    }

    private static boolean isOpenSegment(Path file) {
        return String.valueOf(file.getFileName()).startsWith("log_inprogress_") && Files.isRegularFile(file);
    }

    private static long cutFile(Path file) throws IOException {
        var bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        int end = endOfEntries(bytes);
        if (isPadding(bytes, end)) {
            return 0;
        }
        long cut = bytes.capacity() - end;
        LOG.warn(
                "the Raft log {} ends in {} bytes of an unfinished entry after byte {}: they were never acknowledged"
                        + " and are cut off",
                file,
                cut,
                end);
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(end);
            channel.force(true);
        }
        return cut;
    }

    /** Position after the last entry that is whole. */
    private static int endOfEntries(ByteBuffer bytes) {
        if (bytes.capacity() < HEADER_BYTES) {
            return bytes.capacity();
        }
        int end = HEADER_BYTES;
        bytes.position(end);
        while (bytes.hasRemaining() && bytes.get(end) != 0) {
            int length = varint(bytes);
            int body = bytes.position();
            if (length < 0 || length > bytes.capacity() - body - CHECKSUM_BYTES) {
                return end;
            }
            var crc = new CRC32C();
            crc.update(bytes.array(), end, body + length - end);
            if ((int) crc.getValue() != bytes.getInt(body + length)) {
                return end;
            }
            end = body + length + CHECKSUM_BYTES;
            bytes.position(end);
        }
        return end;
    }

    /** A protobuf length; −1 where it is none. */
    private static int varint(ByteBuffer bytes) {
        int value = 0;
        for (int shift = 0; shift < 32 && bytes.hasRemaining(); shift += 7) {
            byte b = bytes.get();
            value |= (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        return -1;
    }

    private static boolean isPadding(ByteBuffer bytes, int from) {
        for (int i = from; i < bytes.capacity(); i++) {
            if (bytes.get(i) != 0) {
                return false;
            }
        }
        return true;
    }
}
