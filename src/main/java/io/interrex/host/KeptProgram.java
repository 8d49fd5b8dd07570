package io.interrex.host;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a program running as a child of this process: starts it again when it died, with growing pauses.
 *
 * <p>One thread starts it and waits for it, for as long as it lives: the kernel's parent-death signal (prctl(2),
 * PR_SET_PDEATHSIG) follows the thread that forked, not the process.
 */
public final class KeptProgram implements AutoCloseable {
    private static final Duration UP_MAX = Duration.ofSeconds(5);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final int LAST_WORDS_MAX = 12;

    private final String what;
    private final List<String> command;
    private final Runnable beforeStart;
    private final Predicate<String> isNoise;
    private final BooleanSupplier isUp;
    private final Consumer<String> reports;
    private final Runnable onUp;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CompletableFuture<Void> firstUp = new CompletableFuture<>();
    private final Thread owner;
    private volatile @Nullable Process current;

    /** It did not answer in time after its first start; says why, with the program's last words. */
    public static final class NotUp extends Exception {
        private static final long serialVersionUID = 1L;

        NotUp(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * @param what it is, for people
     * @param setpriv util-linux's, so that the program dies with this process
     * @param command with its arguments; its environment is empty
     * @param beforeStart called, on the owning thread, before each start
     * @param isNoise lines of its output that say nothing about its end
     * @param isUp asked every 10 ms after a start until it answers
     * @param onUp called, on the owning thread, each time that it answers for the first time after a start
     */
    public KeptProgram(
            String what,
            Path setpriv,
            List<String> command,
            Runnable beforeStart,
            Predicate<String> isNoise,
            BooleanSupplier isUp,
            Consumer<String> reports,
            Runnable onUp) {
        this.what = what;
        this.beforeStart = beforeStart;
        this.isNoise = isNoise;
        this.isUp = isUp;
        this.reports = reports;
        this.onUp = onUp;
        var line = new ArrayList<>(List.of(setpriv.toString(), "--pdeathsig", "KILL"));
        line.addAll(GateRight.without());
        line.add("--");
        line.addAll(command);
        this.command = List.copyOf(line);
        owner = Thread.ofPlatform()
                .daemon()
                .name(what.toLowerCase(Locale.ROOT).replace(' ', '-'))
                .unstarted(this::own);
    }

    /** Returns when the program answers. */
    public void start() throws NotUp {
        owner.start();
        try {
            firstUp.get(UP_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw notUp(
                    String.valueOf(
                            e.getCause() == null ? e.getMessage() : e.getCause().getMessage()),
                    e);
        } catch (TimeoutException e) {
            throw notUp("it runs and does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            throw new NotUp(what + ": interrupted while starting", e);
        }
    }

    private NotUp notUp(String why, Exception cause) {
        close();
        return new NotUp(
                "%s did not come up within %d ms: %s; if a port is in use, find its owner with 'ss -ltnp'"
                        .formatted(what, UP_MAX.toMillis(), why),
                cause);
    }

    /** Ends a program that no longer answers; it is started again like one that died. */
    public void kill() {
        Process process = current;
        if (process != null) {
            process.destroyForcibly();
        }
    }

    /** Of the process that runs now, else null. */
    public @Nullable Long pid() {
        Process process = current;
        return process != null && process.isAlive() ? process.pid() : null;
    }

    @Override
    public void close() {
        closing.countDown();
        Process process = current;
        if (process != null) {
            process.destroy();
            try {
                if (!process.waitFor(1, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor(1, TimeUnit.SECONDS);
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }

    private void own() {
        Duration pause = FIRST_PAUSE;
        try {
            while (closing.getCount() > 0) {
                long startedNanos = System.nanoTime();
                String end = runOnce();
                if (closing.getCount() == 0) {
                    return;
                }
                if (firstUp.completeExceptionally(new IOException(end))) {
                    return;
                }
                boolean lasted = System.nanoTime() - startedNanos > LONGEST_PAUSE.toNanos();
                pause = lasted ? FIRST_PAUSE : pause;
                reports.accept("%s %s; starting it again in %d ms".formatted(what, end, pause.toMillis()));
                if (closing.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            }
        } catch (InterruptedException e) {
            kill();
        }
    }

    /** Starts it once and waits until it ended; gives how it ended. */
    private String runOnce() throws InterruptedException {
        Process process;
        try {
            beforeStart.run();
            var builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().clear();
            process = builder.start();
            process.getOutputStream().close();
        } catch (IOException | UncheckedIOException e) {
            return "could not be started: " + e.getMessage();
        }
        current = process;
        if (closing.getCount() == 0) {
            process.destroyForcibly();
        }
        Deque<String> lastWords = new ArrayDeque<>();
        Thread drain = Thread.ofVirtual().start(() -> drain(process, lastWords));
        boolean up = false;
        while (!up && !process.waitFor(10, TimeUnit.MILLISECONDS)) {
            up = isUp.getAsBoolean();
        }
        if (up) {
            onUp.run();
            firstUp.complete(null);
        }
        int code = process.waitFor();
        drain.join(Duration.ofMillis(500));
        synchronized (lastWords) {
            return "ended with exit code %d, last words: %s".formatted(code, String.join(" | ", lastWords));
        }
    }

    private void drain(Process process, Deque<String> lastWords) {
        try (var output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (isNoise.test(line)) {
                    continue;
                }
                synchronized (lastWords) {
                    lastWords.addLast(line);
                    if (lastWords.size() > LAST_WORDS_MAX) {
                        lastWords.removeFirst();
                    }
                }
            }
        } catch (IOException e) {
            synchronized (lastWords) {
                lastWords.addLast("(its output broke off: " + e.getMessage() + ")");
            }
        }
    }
}
