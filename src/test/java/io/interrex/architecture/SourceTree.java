package io.interrex.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Reads the text files of a checkout, without what the build made. Paths are relative to the root, with forward slashes. */
record SourceTree(Path root) {
    private static final Set<String> MADE_BY_TOOLS =
            Set.of("target", ".git", ".idea", ".vscode", ".interrex", "node_modules");

    /** One file, by its path below the root. */
    record Source(String path, String text) {
        List<String> lines() {
            return text.lines().toList();
        }

        /** The line number of the character at {@code offset}, counted from 1. */
        long lineOf(int offset) {
            return 1 + text.substring(0, offset).chars().filter(c -> c == '\n').count();
        }
    }

    /** The checkout that the tests run in: the nearest folder upwards that has all modules. */
    static SourceTree ofThisCheckout() {
        Path directory = Path.of("").toAbsolutePath();
        while (directory != null && !Files.isDirectory(directory.resolve("cluster"))) {
            directory = directory.getParent();
        }
        if (directory == null) {
            throw new IllegalStateException("No folder above " + Path.of("").toAbsolutePath() + " holds the modules");
        }
        return new SourceTree(directory);
    }

    List<String> topLevel() {
        try (Stream<Path> entries = Files.list(root)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Source> files(String... endings) {
        List<Path> found = new ArrayList<>();
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    boolean made = MADE_BY_TOOLS.contains(String.valueOf(directory.getFileName()));
                    return made && !directory.equals(root) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (Stream.of(endings).anyMatch(file.toString()::endsWith)) {
                        found.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found.stream().sorted(Comparator.naturalOrder()).map(this::read).toList();
    }

    private Source read(Path file) {
        try {
            String path = root.relativize(file).toString().replace('\\', '/');
            return new Source(path, Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
