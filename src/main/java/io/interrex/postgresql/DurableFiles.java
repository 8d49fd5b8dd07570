package io.interrex.postgresql;

import io.interrex.persistence.hard.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Files that are on disk, whole, when the method returns: written aside, synced, renamed, the directory synced. */
final class DurableFiles {

    static final Set<PosixFilePermission> SECRET = PosixFilePermissions.fromString("rw-------");
    static final Set<PosixFilePermission> PRIVATE_DIRECTORY = PosixFilePermissions.fromString("rwx------");

    private DurableFiles() {}

    static void write(Path file, String text, Set<PosixFilePermission> permissions) throws IOException {
        WholeFile.write(
                file,
                text.getBytes(StandardCharsets.UTF_8),
                DurableFiles::ownLikeDirectory,
                PosixFilePermissions.asFileAttribute(permissions));
    }

    /** As {@link #write}, for a file that an earlier write made durable where it holds that text already. */
    static void writeIfDifferent(Path file, String text, Set<PosixFilePermission> permissions) throws IOException {
        if (!text.equals(readIfThere(file))) {
            write(file, text, permissions);
        }
    }

    static void delete(Path file) throws IOException {
        if (Files.deleteIfExists(file)) {
            WholeFile.syncDirectoryOf(file);
        }
    }

    static void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        WholeFile.syncDirectoryOf(to);
    }

    static void syncDirectoryOf(Path file) throws IOException {
        WholeFile.syncDirectoryOf(file);
    }

    static void createPrivateDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(PRIVATE_DIRECTORY));
            ownLikeDirectory(directory);
            WholeFile.syncDirectoryOf(directory);
        }
    }

    /** The text of a file, null where there is none. */
    static @Nullable String readIfThere(Path file) throws IOException {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
        WholeFile.syncDirectoryOf(root);
    }

    /**
     * An operator's command run as root must not leave files that the server's user cannot read: they belong to whom the
     * directory belongs.
     */
    static void ownLikeDirectory(Path path) throws IOException {
        var wanted = Files.getOwner(directoryOf(path));
        if (!Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).equals(wanted)) {
            Files.setOwner(path, wanted);
        }
    }

    private static Path directoryOf(Path path) throws IOException {
        Path parent = path.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IOException("no directory holds " + path);
        }
        return parent;
    }
}
