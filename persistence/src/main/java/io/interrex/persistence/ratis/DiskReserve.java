package io.interrex.persistence.ratis;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Space on the log's disk that is taken in good times and given back when the disk is full, so that a replica can go on
 * following until a person has made room. The file is written, not only sized: a sparse file reserves nothing.
 */
final class DiskReserve {

    private static final int CHUNK_BYTES = 1 << 20;

    private final Path file;
    private final long bytes;

    DiskReserve(Path directory, long bytes) {
        this.file = directory.resolve("reserve");
        this.bytes = bytes;
    }

    long bytes() {
        return bytes;
    }

    boolean isHeld() throws IOException {
        return bytes == 0 || (Files.exists(file) && Files.size(file) == bytes);
    }

    /** Takes the space; throws {@link IOException}, and takes nothing, where there is not enough. */
    void take() throws IOException {
        if (isHeld()) {
            return;
        }
        Path unfinished = file.resolveSibling("reserve.unfinished");
        try (var channel = FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            var zeros = ByteBuffer.allocate(CHUNK_BYTES);
            for (long left = bytes; left > 0; left -= zeros.position()) {
                zeros.position(0).limit((int) Math.min(left, CHUNK_BYTES));
                channel.write(zeros);
            }
            channel.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(unfinished);
            throw e;
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Gives the space back; true if there was any. */
    boolean release() throws IOException {
        return Files.deleteIfExists(file);
    }

    long usableBytes() throws IOException {
        Path directory = file.getParent();
        return Files.getFileStore(directory == null ? file : directory).getUsableSpace();
    }
}
