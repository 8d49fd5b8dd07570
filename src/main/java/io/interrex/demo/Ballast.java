package io.interrex.demo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Fills a server's disk until it is nearly full, as a file of somebody else's would. */
record Ballast(Path directory) {

    /** Its twentieth, the level at which a primary hands over by the default policy, is more than three segments of WAL. */
    static final long DISK_BYTES = 1280L << 20;

    /** Below that level, and enough for a server to be started. */
    private static final long LEFT_BYTES = 56L << 20;

    void fill() {
        try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer block = ByteBuffer.allocate(1 << 20);
            while (Files.getFileStore(directory).getUsableSpace() > LEFT_BYTES) {
                channel.write(block.clear());
            }
        } catch (IOException e) {
            throw new DemoException(directory + " cannot be filled: " + e, e);
        }
    }

    void remove() {
        try {
            Files.deleteIfExists(file());
        } catch (IOException e) {
            throw new DemoException(file() + " cannot be removed: " + e, e);
        }
    }

    private Path file() {
        return directory.resolve("ballast");
    }
}
