package io.interrex.config;

import io.interrex.host.ProgramPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Finds the programs of others on this host. */
final class Programs {

    private static final Pattern NUMBER = Pattern.compile("^\\D*(\\d{1,3})");
    private static final long ANSWER_WITHIN_S = 10;

    private Programs() {}

    /**
     * @param asked a directory, or {@code auto}
     * @param major the version of an existing data directory, which wins over a newer one
     */
    static Optional<Path> postgresBin(String asked, Optional<Integer> major) {
        if (!asked.equals("auto")) {
            return Optional.of(Path.of(asked)).filter(bin -> Files.isExecutable(bin.resolve("postgres")));
        }
        List<Path> found = new ArrayList<>();
        found.addAll(children(Path.of("/usr/lib/postgresql")));
        found.addAll(children(Path.of("/usr")).stream()
                .filter(path -> path.getFileName().toString().startsWith("pgsql-"))
                .toList());
        Comparator<Path> byVersion = Comparator.comparingInt(
                path -> leadingNumber(path.getFileName().toString()).orElse(0));
        return found.stream()
                .filter(path -> Files.isExecutable(path.resolve("bin/postgres")))
                .filter(path -> major.isEmpty()
                        || leadingNumber(path.getFileName().toString()).equals(major))
                .max(byVersion)
                .map(path -> path.resolve("bin"))
                .or(() -> ProgramPath.find("postgres").map(Path::getParent));
    }

    /** What {@code postgres --version} says; empty where that has no number. */
    static Optional<Integer> postgresMajor(Path program) throws IOException {
        Process process = new ProcessBuilder(program.toString(), "--version")
                .redirectErrorStream(true)
                .start();
        try {
            process.getOutputStream().close();
            if (!process.waitFor(ANSWER_WITHIN_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("no answer within " + ANSWER_WITHIN_S + " s");
            }
            String text = new String(process.getInputStream().readNBytes(200), StandardCharsets.UTF_8);
            if (process.exitValue() != 0) {
                throw new IOException("it ended with code " + process.exitValue() + ": " + text.strip());
            }
            return leadingNumber(text);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** The first number in a text: 15 of {@code postgres (PostgreSQL) 15.4} and of {@code pgsql-15}. */
    static Optional<Integer> leadingNumber(String text) {
        var number = NUMBER.matcher(text);
        return number.find() ? Optional.of(Integer.valueOf(number.group(1))) : Optional.empty();
    }

    private static List<Path> children(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (var entries = Files.list(directory)) {
            return entries.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(directory + " cannot be listed", e);
        }
    }
}
