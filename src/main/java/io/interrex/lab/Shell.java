package io.interrex.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Runs small tools of the system with a limit of time, and waits for conditions. */
final class Shell {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private Shell() {}

    /** Runs a tool to its end and returns what it printed. */
    static String run(String input, List<String> argv) {
        Process process;
        try {
            process = new ProcessBuilder(argv).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new LabException("the laboratory needs \"" + argv.getFirst() + "\": " + e.getMessage(), e);
        }
        CompletableFuture<String> printed =
                CompletableFuture.supplyAsync(() -> all(process), Thread::startVirtualThread);
        try {
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String output = printed.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS).strip();
            if (process.waitFor() != 0) {
                throw new LabException(String.join(" ", argv) + ": " + output);
            }
            return output;
        } catch (IOException | ExecutionException e) {
            throw new LabException(String.join(" ", argv) + " failed: " + e.getMessage(), e);
        } catch (TimeoutException e) {
            throw new LabException(String.join(" ", argv) + " did not end within " + LIMIT.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while running " + String.join(" ", argv), e);
        } finally {
            process.destroyForcibly();
        }
    }

    static String run(String... argv) {
        return run("", List.of(argv));
    }

    private static String all(Process process) {
        try (var stdout = process.getInputStream()) {
            return new String(stdout.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether {@code condition} came true within {@code limit}. */
    static boolean await(Duration limit, BooleanSupplier condition) {
        long endNs = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - endNs > 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        return true;
    }
}
