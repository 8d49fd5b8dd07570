package io.interrex.postgresql;

import io.interrex.persistence.hard.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Keeps the WAL that only this member had, one directory per divergence, so that a person can look for what was never
 * acknowledged. Bounded: the oldest divergence goes first, and one that alone is too large is kept from its beginning on.
 */
final class WalArchive {

    static final long SIZE_MAX_BYTES = 2L << 30;

    private final Path root;
    private final long sizeMaxBytes;

    /** @param sizeMaxBytes of all divergences together */
    WalArchive(Path root, long sizeMaxBytes) {
        this.root = root;
        this.sizeMaxBytes = sizeMaxBytes;
    }

    /**
     * Copies segments, oldest first, into a directory of that name. At most half of what the file system has left is used.
     *
     * @return how many of them were kept
     */
    int keep(String name, List<Path> segments) throws IOException {
        DurableFiles.createPrivateDirectory(root);
        Path target = root.resolve(name);
        DurableFiles.deleteTree(target);
        long wanted = 0;
        for (Path segment : segments) {
            wanted += Files.size(segment);
        }
        long kept = makeRoom(wanted);
        long room = Math.min(sizeMaxBytes - kept, root.toFile().getUsableSpace() / 2);
        DurableFiles.createPrivateDirectory(target);
        int count = 0;
        for (Path segment : segments) {
            room -= Files.size(segment);
            if (room < 0) {
                break;
            }
            Path copy = target.resolve(segment.getFileName());
            Files.copy(segment, copy, StandardCopyOption.REPLACE_EXISTING);
            DurableFiles.ownLikeDirectory(copy);
            count++;
        }
        WholeFile.syncDirectoryOf(target.resolve("any"));
        return count;
    }

    /** Deletes the oldest until the wanted bytes fit; what the others take. */
    private long makeRoom(long wantedBytes) throws IOException {
        List<Path> oldestFirst = new ArrayList<>();
        try (var entries = Files.newDirectoryStream(root, Files::isDirectory)) {
            entries.forEach(oldestFirst::add);
        }
        oldestFirst.sort(
                Comparator.comparingLong(directory -> directory.toFile().lastModified()));
        long taken = 0;
        for (Path directory : oldestFirst) {
            taken += sizeOf(directory);
        }
        for (Path directory : oldestFirst) {
            if (taken + wantedBytes <= sizeMaxBytes) {
                break;
            }
            taken -= sizeOf(directory);
            DurableFiles.deleteTree(directory);
        }
        return taken;
    }

    private static long sizeOf(Path directory) throws IOException {
        long size = 0;
        try (var files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                size += Files.size(file);
            }
        }
        return size;
    }
}
