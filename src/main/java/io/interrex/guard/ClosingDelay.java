package io.interrex.guard;

import io.interrex.cluster.port.Guard;
import io.interrex.cluster.port.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures how long after a deadline the guard's processes are dead on this host: a guard of its own, beside those of the members, kills a
 * small tree of real processes some times.
 *
 * <p>It counts from the deadline until this process has read that none is left, so timers, signals, the kernel and the message are
 * in it. A server's tree is larger; but each of its processes is harmless from the moment at which SIGKILL is pending, which comes much
 * earlier than the death that is measured here.
 *
 * @param slowest of the deaths
 * @param deaths how many
 */
public record ClosingDelay(Duration slowest, int deaths) {

    private static final Logger LOG = LoggerFactory.getLogger(ClosingDelay.class);
    /** What this host may be slower by at another time. */
    private static final int SAFETY_FACTOR = 2;

    /** Before them one is not counted: it shows how slowly this process loads its classes. */
    private static final int DEATHS = 4;

    private static final Duration LIVES_FOR = Duration.ofMillis(20);
    /** A tree that could not be started before its deadline is tried again with more time, up to this. */
    private static final Duration LIVES_FOR_MAX = Duration.ofSeconds(1);

    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(2);
    /** Four that wait and one that computes. */
    private static final List<String> TREE =
            List.of("/bin/sh", "-c", "for n in 1 2 3 4; do /bin/sleep 60 & done; while :; do :; done");

    /** g: the slowest of the deaths and what has to be added to it for safety. */
    public Duration closingTime() {
        return slowest.multipliedBy(SAFETY_FACTOR);
    }

    /**
     * Takes about 0.2 s where deaths are quick. One measurement at a time, since two would measure each other.
     *
     * @param guardBinary the packaged guard
     * @param run a directory for the guard that is started and ended here; no other guard's
     * @param limit a tree that outlives its deadline by so long ends the measurement, and counts as that slow
     */
    public static synchronized ClosingDelay measure(List<String> guardBinary, Path run, Duration limit)
            throws IOException, InterruptedException {
        var launcher = new GuardLauncher(guardBinary, run);
        BlockingQueue<Long> deaths = new LinkedBlockingQueue<>();
        var guard = GuardClient.open(launcher, run.resolve("out"), ANSWER_LIMIT);
        try {
            guard.listen(event -> {
                // a deadline that passed before there was a tree kills nobody
                if (event instanceof Guard.Event.Expired(var death) && death.killed() > 0) {
                    deaths.add(System.nanoTime());
                }
            });
            return measure(guard, run, deaths, limit);
        } finally {
            guard.close();
            exit(launcher);
        }
    }

    private static ClosingDelay measure(GuardClient guard, Path run, BlockingQueue<Long> deaths, Duration limit)
            throws IOException, InterruptedException {
        long slowestNs = 0;
        Duration livesFor = LIVES_FOR;
        for (int n = 1, dead = -1; dead < DEATHS; n++) {
            long deadlineNs = System.nanoTime() + livesFor.toNanos();
            guard.stage(n, livesFor);
            String hindrance = started(guard, n, run);
            if (!hindrance.isEmpty()) {
                livesFor = livesFor.multipliedBy(2);
                if (livesFor.compareTo(LIVES_FOR_MAX) > 0) {
                    throw new IOException("the guard's time cannot be measured: " + hindrance);
                }
                continue;
            }
            Long diedNs = deaths.poll(deadlineNs + limit.toNanos() - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (diedNs == null) {
                LOG.warn(
                        "The tree that shows the guard's time outlived its limit: {}",
                        result(guard.kill(ANSWER_LIMIT)));
                return new ClosingDelay(limit, Math.max(dead, 0) + 1);
            }
            slowestNs = dead < 0 ? 0 : Math.max(slowestNs, diedNs - deadlineNs);
            dead++;
        }
        return new ClosingDelay(Duration.ofNanos(slowestNs), DEATHS);
    }

    /** Empty: a tree lives for which the deadline is in force. */
    private static String started(GuardClient guard, int n, Path run) throws IOException, InterruptedException {
        Outcome<?> armed = result(guard.commit(n));
        if (!(armed instanceof Outcome.Done)) {
            return armed.toString();
        }
        Outcome<?> started = result(guard.start(TREE, Map.of(), run));
        return started instanceof Outcome.Done ? "" : started.toString();
    }

    private static <T> Outcome<T> result(CompletionStage<Outcome<T>> stage) throws IOException, InterruptedException {
        try {
            return stage.toCompletableFuture().get(ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the guard's time cannot be measured: " + e, e);
        }
    }

    /** A guard whose processes do not die stays, and is found by the next measurement. */
    private static void exit(GuardLauncher launcher) throws IOException {
        try (var channel = launcher.adopt()) {
            channel.write(ByteBuffer.wrap("1 EXIT\n".getBytes(StandardCharsets.US_ASCII)));
        }
    }
}
