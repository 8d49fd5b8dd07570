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

    /** Leaves a server room to be started, and no more. */
    void fill() {
        fill(LEFT_BYTES);
    }

    /** Leaves nothing. */
    void fillWhole() {
        fill(0);
    }

    private void fill(long leftBytes) {
        try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer block = ByteBuffer.allocate(1 << 20);
            for (long room = room(); room > leftBytes; room = room()) {
                write(channel, block.clear().limit((int) Math.min(block.capacity(), room - leftBytes)));
            }
        } catch (IOException e) {
            throw new DemoException(directory + " cannot be filled: " + e, e);
        }
    }

    /** The server writes, too: what had room a moment ago may have none. */
    private void write(FileChannel channel, ByteBuffer block) throws IOException {
        try {
            channel.write(block);
        } catch (IOException e) {
            if (room() > 0) {
                throw e;
            }
        }
    }

    void remove() {
        try {
            Files.deleteIfExists(file());
        } catch (IOException e) {
            throw new DemoException(file() + " cannot be removed: " + e, e);
        }
    }

    private long room() throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    private Path file() {
        return directory.resolve("ballast");
    }
}
