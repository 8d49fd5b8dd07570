package io.interrex.lab;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process that answers each line with a line. */
public final class Remote implements AutoCloseable {

    private static final long ANSWER_LIMIT_S = 20;

    private final Process process;
    private final BufferedReader out;
    private final BufferedWriter in;

    public Remote(ProcessBuilder builder) throws IOException {
        process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        in = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    }

    public String ask(String line) throws IOException {
        in.write(line + "\n");
        in.flush();
        return answer();
    }

    public String answer() {
        return CompletableFuture.supplyAsync(() -> {
                    try {
                        return String.valueOf(out.readLine());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .orTimeout(ANSWER_LIMIT_S, TimeUnit.SECONDS)
                .join();
    }

    /** The process that was started; the programs in front of it replaced themselves by exec. */
    public ProcessHandle handle() {
        return process.toHandle();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        process.onExit().join();
        in.close();
        out.close();
    }

    /**
     * Command line of a main class, from copies below {@code directory} that every user may read: the laboratory's user
     * need not be able to read the checkout.
     */
    public static List<String> java(Path directory, Class<?> main, String... args) throws IOException {
        return java(directory, main, List.of(), args);
    }

    /** As above, for a program that needs classes from where {@code others} come from. */
    public static List<String> java(Path directory, Class<?> main, List<Class<?>> others, String... args)
            throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Set<Path> sources = new LinkedHashSet<>();
        sources.add(source(main));
        for (Class<?> other : others) {
            sources.add(source(other));
        }
        List<String> classPath = new ArrayList<>();
        for (Path from : sources) {
            Path to = directory.resolve("classes" + Integer.toHexString(from.hashCode()));
            if (Files.notExists(to)) {
                copy(from, to);
            }
            classPath.add(to.toString());
        }
        List<String> argv = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "-cp",
                String.join(":", classPath),
                main.getName()));
        argv.addAll(List.of(args));
        return argv;
    }

    private static Path source(Class<?> type) throws IOException {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }
}
