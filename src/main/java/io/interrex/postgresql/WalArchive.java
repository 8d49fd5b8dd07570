package io.interrex.postgresql;

import io.interrex.persistence.hard.WholeFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Keeps the WAL that only this member had, one directory per divergence, so that a person can look for what was never
 * acknowledged. Bounded: the oldest divergence goes first, and one that alone is too large is kept from its beginning on. A
 * directory has its name only when all of it is on disk; what an interrupted attempt left is deleted by the next.
 */
final class WalArchive {

    private static final String UNFINISHED = ".unfinished";

    private final Path root;
    private final KeptWalLimits limits;

    WalArchive(Path root, KeptWalLimits limits) {
        this.root = root;
        this.limits = limits;
    }

    /**
     * @param segments how many of those asked for were kept, from the first on
     * @param removed older divergences that had to go
     */
    record Kept(Path directory, int segments, List<String> removed) {}

    /** Writes into the directory what is to be read beside the segments; gets how many there are. */
    @FunctionalInterface
    interface Description {
        void write(Path directory, int kept) throws IOException;
    }

    /** What was kept under that name before, whole. */
    Optional<Path> find(String name) {
        return Optional.of(root.resolve(name)).filter(Files::isDirectory);
    }

    /**
     * Copies segments, oldest first, into a directory of that name. At most half of what the file system has left is used.
     *
     * @param reserveBytes that somebody else needs of the file system
     */
    Kept keep(String name, List<Path> segments, long reserveBytes, Description description) throws IOException {
        DurableFiles.createPrivateDirectory(root);
        Path part = root.resolve(name + UNFINISHED);
        deleteUnfinished();
        DurableFiles.deleteTree(root.resolve(name));
        long wanted = 0;
        for (Path segment : segments) {
            wanted += Files.size(segment);
        }
        var removed = new ArrayList<String>();
        long taken = makeRoom(wanted, removed);
        long usable = root.toFile().getUsableSpace();
        long room = Math.min(limits.bytesMax() - taken, Math.min(usable / 2, usable - reserveBytes));
        DurableFiles.createPrivateDirectory(part);
        int count = 0;
        for (Path segment : segments) {
            room -= Files.size(segment);
            if (room < 0) {
                break;
            }
            copy(segment, part.resolve(segment.getFileName()));
            count++;
        }
        description.write(part, count);
        WholeFile.syncDirectoryOf(part.resolve("any"));
        DurableFiles.rename(part, root.resolve(name));
        return new Kept(root.resolve(name), count, List.copyOf(removed));
    }

    /** On disk when it returns: what it is a copy of is about to be overwritten. */
    static void copy(Path from, Path to) throws IOException {
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        DurableFiles.ownLikeDirectory(to);
        try (var channel = FileChannel.open(to, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private void deleteUnfinished() throws IOException {
        for (Path directory : directories()) {
            if (directory.getFileName().toString().endsWith(UNFINISHED)) {
                DurableFiles.deleteTree(directory);
            }
        }
    }

    /** Deletes the oldest until the wanted bytes fit, and one more divergence; what the others take. */
    private long makeRoom(long wantedBytes, List<String> removed) throws IOException {
        List<Path> oldestFirst = directories();
        oldestFirst.sort(
                Comparator.comparingLong(directory -> directory.toFile().lastModified()));
        long taken = 0;
        for (Path directory : oldestFirst) {
            taken += sizeOf(directory);
        }
        int left = oldestFirst.size();
        for (Path directory : oldestFirst) {
            if (taken + wantedBytes <= limits.bytesMax() && left < limits.countMax()) {
                break;
            }
            taken -= sizeOf(directory);
            left--;
            DurableFiles.deleteTree(directory);
            removed.add(directory.getFileName().toString());
        }
        return taken;
    }

    private List<Path> directories() throws IOException {
        var all = new ArrayList<Path>();
        try (var entries = Files.newDirectoryStream(root, Files::isDirectory)) {
            entries.forEach(all::add);
        }
        return all;
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
