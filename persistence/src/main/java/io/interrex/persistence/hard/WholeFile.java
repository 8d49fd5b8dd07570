package io.interrex.persistence.hard;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;

/**
 * Writes a file that is on disk, whole, when the method returns, or is as it was: written aside, synced, renamed over the
 * old one, the directory synced. A power loss at any moment leaves one or the other.
 */
public final class WholeFile {

    private WholeFile() {}

    /** What has to be done to the new file before anybody can see it. */
    @FunctionalInterface
    public interface Preparation {
        void prepare(Path aside) throws IOException;
    }

    public static void write(Path file, byte[] bytes) throws IOException {
        write(file, bytes, aside -> {});
    }

    /** @param attributes that the file has from its first moment on, such as permissions */
    public static void write(Path file, byte[] bytes, Preparation preparation, FileAttribute<?>... attributes)
            throws IOException {
        Path aside = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(aside);
        Files.createFile(aside, attributes);
        try (var channel = FileChannel.open(aside, StandardOpenOption.WRITE)) {
            var buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
        preparation.prepare(aside);
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncDirectoryOf(file);
    }

    /** Makes the name of a file, or that it is gone, survive a power loss. */
    public static void syncDirectoryOf(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IOException("no directory holds " + file);
        }
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
