package io.interrex.haproxy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps HAProxy running as a child of this process: starts it again when it died, with growing pauses.
 *
 * <p>One thread starts it and waits for it, for as long as it lives: the kernel's parent-death signal (prctl(2),
 * PR_SET_PDEATHSIG) follows the thread that forked, not the process.
 */
final class HaproxyProcess implements AutoCloseable {
    private static final Duration UP_MAX = Duration.ofSeconds(5);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final int LAST_WORDS_MAX = 12;

    private final List<String> command;
    private final String what;
    private final RuntimeSocket socket;
    private final Consumer<String> reports;
    private final Runnable onUp;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CompletableFuture<Void> firstUp = new CompletableFuture<>();
    private final Thread owner;
    private volatile @Nullable Process current;

    /** @param onUp called, on the owning thread, each time that HAProxy answers for the first time after a start */
    HaproxyProcess(HaproxySettings settings, RuntimeSocket socket, Consumer<String> reports, Runnable onUp) {
        this.socket = socket;
        this.reports = reports;
        this.onUp = onUp;
        what = "HAProxy of group " + settings.group();
        Path binary = HaproxyPrograms.find(
                settings.binary(),
                "install it (Debian: apt-get install haproxy), or name its path in routers.NAME.bin");
        Path setpriv = HaproxyPrograms.find("setpriv", "install util-linux: HAProxy must die with its node");
        Path config = settings.runtimeDir().resolve(HaproxyConfig.FILE);
        HaproxyPrograms.validate(binary, config);
        command = List.of(
                setpriv.toString(), "--pdeathsig", "KILL", "--", binary.toString(), "-db", "-f", config.toString());
        owner = Thread.ofPlatform().daemon().name("haproxy-" + settings.group()).unstarted(this::own);
    }

    /** Returns when HAProxy answers on its socket. */
    void start() {
        owner.start();
        try {
            firstUp.get(UP_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            close();
            throw new HaproxyException(
                    "%s did not come up within %d ms: %s; if a port is in use, find its owner with 'ss -ltnp'"
                            .formatted(what, UP_MAX.toMillis(), e.getMessage()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            throw new HaproxyException(what + ": interrupted while starting", e);
        }
    }

    /** Ends a HAProxy that no longer answers; it is started again like one that died. */
    void kill() {
        Process process = current;
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @Nullable
    Long pid() {
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
            var builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().clear();
            process = builder.start();
            process.getOutputStream().close();
        } catch (IOException e) {
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
            up = isUp();
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

    private boolean isUp() {
        try {
            return !ServerState.parse(socket.ask("show servers state")).isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    private static void drain(Process process, Deque<String> lastWords) {
        try (var output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
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

    /** A HAProxy that still answers here is not ours: it would serve the same ports by plans that we do not know. */
    static void requireNobodyAt(HaproxySettings settings, RuntimeSocket socket) {
        if (!Files.exists(settings.socket())) {
            return;
        }
        try {
            socket.ask("show info");
        } catch (IOException e) {
            return;
        }
        throw new HaproxyException(
                "another HAProxy answers at %s; stop it, or choose another runtime directory, or adopt it"
                        .formatted(settings.socket()));
    }
}
