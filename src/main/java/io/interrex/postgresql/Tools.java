package io.interrex.postgresql;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Runs PostgreSQL's command-line tools, each with a deadline; at most the end of what they print is kept. */
final class Tools {

    private static final int KEPT_CHARACTERS = 64 * 1024;

    private final ProcessLauncher launcher;
    private volatile @Nullable Process running;

    Tools(ProcessLauncher launcher) {
        this.launcher = launcher;
    }

    /** What a tool printed, both streams together. */
    record Output(int exit, String text) {
        String lastLines(int count) {
            var lines = text.lines().filter(line -> !line.isBlank()).toList();
            return String.join("; ", lines.subList(Math.max(0, lines.size() - count), lines.size()));
        }
    }

    Output run(List<String> argv, Duration limit) throws Trouble {
        return run(argv, Map.of(), "", limit);
    }

    Output run(List<String> argv, Map<String, String> environment, String input, Duration limit) throws Trouble {
        return run(argv, environment, input, limit, line -> false);
    }

    /** @param taken says of a line whether it was for the caller's own use, and is not kept */
    Output run(
            List<String> argv, Map<String, String> environment, String input, Duration limit, Predicate<String> taken)
            throws Trouble {
        String name = argv.getFirst();
        try {
            var builder = new ProcessBuilder(argv).redirectErrorStream(true);
            builder.directory(new java.io.File("/"));
            builder.environment().keySet().removeIf(key -> key.startsWith("PG"));
            builder.environment().putAll(environment);
            builder.environment().put("LC_ALL", "C");
            Process process = launcher.start(builder);
            running = process;
            try {
                return collect(process, input, limit, taken);
            } finally {
                running = null;
                end(process);
            }
        } catch (IOException e) {
            throw Trouble.refused(name + " cannot be run: " + e.getMessage()
                    + ". Install PostgreSQL's server package or name its directory of programs in the configuration");
        }
    }

    /** From any thread: ends the tool that runs now. */
    void abort() {
        Process process = running;
        if (process != null) {
            end(process);
        }
    }

    private static Output collect(Process process, String input, Duration limit, Predicate<String> taken)
            throws IOException, Trouble {
        var text = new StringBuilder();
        Thread reader = Thread.ofVirtual().start(() -> read(process, text, taken));
        try {
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw Trouble.unknown(commandOf(process) + " did not end within " + limit.toSeconds() + " s");
            }
            reader.join(Duration.ofSeconds(2));
        } catch (InterruptedException e) {
            throw Trouble.interrupted(commandOf(process));
        }
        synchronized (text) {
            return new Output(process.exitValue(), text.toString());
        }
    }

    private static void read(Process process, StringBuilder text, Predicate<String> taken) {
        try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (taken.test(line)) {
                    continue;
                }
                synchronized (text) {
                    text.append(line).append('\n');
                    if (text.length() > KEPT_CHARACTERS) {
                        text.delete(0, text.length() - KEPT_CHARACTERS);
                    }
                }
            }
        } catch (IOException e) {
            synchronized (text) {
                text.append("(output ends: ").append(e.getMessage()).append(")\n");
            }
        }
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static String commandOf(Process process) {
        return process.info().command().orElse("the tool with process id " + process.pid());
    }
}
