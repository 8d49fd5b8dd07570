package io.interrex.notify;

import io.interrex.cluster.port.Outcome;
import io.interrex.host.GateRight;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs a program once, within a time and a size of output. Exit code 0 is done, another one refused; a program that had
 * to be killed is unknown, because nobody can say how far it came.
 */
final class BoundedCommand {
    private static final int OUTPUT_BYTES_MAX = 4 << 10;
    private static final Duration REST_MAX = Duration.ofMillis(200);

    private final List<String> command;
    private final Map<String, String> environment;
    private final Duration runMax;

    BoundedCommand(List<String> command, Map<String, String> environment, Duration runMax) {
        this.command = command;
        this.environment = environment;
        this.runMax = runMax;
    }

    /** Value: the beginning of what it printed. */
    Outcome<String> run(byte[] input) {
        Process process;
        try {
            var builder = new ProcessBuilder(GateRight.kept(command)).redirectErrorStream(true);
            builder.environment().putAll(environment);
            process = builder.start();
        } catch (IOException e) {
            return Outcome.refused("the command %s cannot be started: %s; check its path and permissions"
                    .formatted(command.getFirst(), e.getMessage()));
        }
        var output = new ByteArrayOutputStream();
        Thread writer = Thread.ofVirtual().start(() -> write(process.getOutputStream(), input, output));
        Thread reader = Thread.ofVirtual().start(() -> read(process.getInputStream(), output));
        try {
            if (!process.waitFor(runMax.toMillis(), TimeUnit.MILLISECONDS)) {
                return Outcome.unknown("the command %s did not end within %d ms and was killed; it printed: %s"
                        .formatted(command.getFirst(), runMax.toMillis(), text(output)));
            }
            reader.join(REST_MAX);
            int code = process.exitValue();
            return code == 0
                    ? Outcome.done(text(output))
                    : Outcome.refused("the command %s ended with exit code %d; it printed: %s"
                            .formatted(command.getFirst(), code, text(output)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Outcome.unknown(
                    "the command %s was killed because the notifier was closed".formatted(command.getFirst()));
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            writer.interrupt();
            reader.interrupt();
        }
    }

    /** A program need not read its input: a pipe that it closed is no failure of the program. */
    private static void write(OutputStream to, byte[] input, ByteArrayOutputStream output) {
        try (to) {
            to.write(input);
        } catch (IOException e) {
            append(output, "(input not read: %s) ".formatted(e.getMessage()).getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Reads on past the limit, so that the program never waits for a full pipe. */
    private static void read(InputStream from, ByteArrayOutputStream output) {
        byte[] chunk = new byte[1024];
        try (from) {
            for (int count = from.read(chunk); count >= 0; count = from.read(chunk)) {
                append(output, Arrays.copyOf(chunk, count));
            }
        } catch (IOException e) {
            append(output, "(output broke off: %s)".formatted(e.getMessage()).getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void append(ByteArrayOutputStream output, byte[] bytes) {
        synchronized (output) {
            output.write(bytes, 0, Math.min(bytes.length, OUTPUT_BYTES_MAX - output.size()));
        }
    }

    private static String text(ByteArrayOutputStream output) {
        synchronized (output) {
            String text = output.toString(StandardCharsets.UTF_8).strip().replaceAll("\\s*\\R\\s*", " | ");
            return text.isEmpty() ? "(nothing)" : text;
        }
    }
}
