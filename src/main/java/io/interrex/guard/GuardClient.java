package io.interrex.guard;

import io.interrex.cluster.port.Guard;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Speaks with the guard of one member; adopts it after a restart of this process, and starts a new one when it died.
 *
 * <p>A round is staged here and only its commit travels, as a deadline on {@link System#nanoTime}, which on Linux is the
 * guard's CLOCK_MONOTONIC (checked at every connection). So nothing that delays the message makes the deadline later.
 * Rejected: a time to live that the guard counts from receipt, because receipt comes after sending.
 */
public final class GuardClient implements Guard {
    private static final Logger LOG = LoggerFactory.getLogger(GuardClient.class);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(1);
    private static final int EVENTS_MAX = 1024;

    private record Round(long n, long untilNs) {}

    private final Path serverLog;
    private final GuardSession session;
    private final AtomicReference<@Nullable Round> staged = new AtomicReference<>();
    private final CopyOnWriteArrayList<Consumer<Event>> listeners = new CopyOnWriteArrayList<>();
    private final ThreadPoolExecutor teller;
    private volatile boolean accepted = true;

    private GuardClient(GuardLauncher launcher, Path serverLog, Duration connectLimit) {
        this.serverLog = serverLog.toAbsolutePath();
        teller = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(EVENTS_MAX),
                Thread.ofPlatform().daemon().name("guard-events").factory());
        session = new GuardSession(launcher, connectLimit, this::tell);
    }

    /**
     * Adopts the living guard of the launcher's run directory, or starts one, and waits until it has said hello.
     *
     * @param serverLog where the server's standard output and error go until it logs elsewhere
     */
    public static GuardClient open(GuardLauncher launcher, Path serverLog, Duration connectLimit)
            throws IOException, InterruptedException {
        var client = new GuardClient(launcher, serverLog, connectLimit);
        try {
            client.session.open();
            return client;
        } catch (IOException | InterruptedException e) {
            client.close();
            throw e;
        }
    }

    @Override
    public CompletionStage<Outcome<Long>> start(
            List<String> argv, Map<String, String> environment, Path workingDirectory) {
        var words = new StringBuilder("START ")
                .append(Words.encode(workingDirectory.toAbsolutePath().toString()))
                .append(' ')
                .append(Words.encode(serverLog.toString()));
        var all = new HashMap<>(GuardLauncher.inherited());
        all.putAll(environment);
        all.forEach((name, value) -> words.append(' ').append(Words.encode(name + "=" + value)));
        argv.forEach(argument -> words.append(' ').append(Words.encode(argument)));
        var answer = session.ask(words.toString(), false).thenApply(outcome -> read(outcome, this::started));
        return within(answer, ANSWER_LIMIT);
    }

    private long started(Map<String, String> fields) throws IOException {
        long pid = Words.number(fields, "pid");
        session.serverStarted(pid);
        return pid;
    }

    @Override
    public void stage(long n, Duration ttl) {
        staged.set(new Round(n, System.nanoTime() + ttl.toNanos()));
    }

    @Override
    public CompletionStage<Outcome<Nothing>> commit(long n) {
        Round round = staged.get();
        if (round == null || round.n != n || round.untilNs - System.nanoTime() <= 0) {
            return CompletableFuture.completedStage(
                    Outcome.refused("Round " + n + " is not staged for the guard, or its time has run out"));
        }
        String words = "ARM " + n + " " + round.untilNs + " " + session.clockOffsetNs();
        var beat = ask(words, false, ANSWER_LIMIT, fields -> Nothing.NOTHING);
        return beat.whenComplete((outcome, failure) -> noteBeat(outcome));
    }

    /** One line in the log when the guard begins to refuse or miss rounds, one when it takes them again. */
    private void noteBeat(@Nullable Outcome<Nothing> beat) {
        boolean taken = beat instanceof Outcome.Done;
        if (taken != accepted) {
            accepted = taken;
            LOG.warn("The guard {} rounds: {}", taken ? "takes" : "does not take", beat);
        }
    }

    @Override
    public CompletionStage<Outcome<Nothing>> disarm() {
        staged.set(null);
        return ask("DISARM", false, ANSWER_LIMIT, fields -> Nothing.NOTHING);
    }

    @Override
    public CompletionStage<Outcome<Nothing>> stopFast(Duration limit) {
        return ask("FAST", true, limit, fields -> Words.exitStatus(Words.number(fields, "last_status")))
                .thenCompose(outcome -> switch (outcome) {
                    case Outcome.Done<Integer>(Integer status) when status == 0 -> outcomeOf(Nothing.NOTHING);
                    case Outcome.Done<Integer>(Integer status) ->
                        unknown("The server ended with status " + status + ", not by a clean stop: see " + serverLog);
                    case Outcome.Refused<Integer>(var why) -> doneIfEmpty(why);
                    case Outcome.Unknown<Integer>(var why) -> unknown(why);
                });
    }

    /** A stop of what does not run is done. */
    private CompletionStage<Outcome<Nothing>> doneIfEmpty(String why) {
        return status().thenApply(outcome -> outcome instanceof Outcome.Done<Status>(var status) && !status.alive()
                ? Outcome.done(Nothing.NOTHING)
                : Outcome.refused(why));
    }

    private static <T> CompletionStage<Outcome<T>> outcomeOf(T value) {
        return CompletableFuture.completedStage(Outcome.done(value));
    }

    private static <T> CompletionStage<Outcome<T>> unknown(String why) {
        return CompletableFuture.completedStage(Outcome.unknown(why));
    }

    @Override
    public CompletionStage<Outcome<Death>> kill(Duration limit) {
        staged.set(null);
        return ask("KILL", true, limit, GuardEvents::deathOf);
    }

    @Override
    public CompletionStage<Outcome<Death>> sweep(Path dataDirectory, Duration limit) {
        String words = "SWEEP " + Words.encode(dataDirectory.toAbsolutePath().toString());
        return ask(words, true, limit, GuardEvents::deathOf);
    }

    @Override
    public CompletionStage<Outcome<Nothing>> reload() {
        return ask("RELOAD", false, ANSWER_LIMIT, fields -> Nothing.NOTHING);
    }

    @Override
    public CompletionStage<Outcome<Status>> status() {
        return ask("STATUS", false, ANSWER_LIMIT, GuardClient::statusOf);
    }

    private static Status statusOf(Map<String, String> fields) throws IOException {
        long pid = Words.number(fields, "pid");
        boolean ended = Words.number(fields, "last_pid") > 0;
        return new Status(
                !"empty".equals(fields.get("state")),
                pid == 0 ? null : pid,
                "armed".equals(fields.get("mode")),
                Duration.ofMillis(Words.number(fields, "remaining_ms")),
                (int) Words.number(fields, "procs"),
                ended ? Words.exitStatus(Words.number(fields, "last_status")) : null);
    }

    @Override
    public void listen(Consumer<Event> listener) {
        listeners.add(listener);
    }

    /** Leaves; the guard and its server live on, for as long as the deadline in force says. */
    @Override
    public void close() {
        session.close();
        teller.shutdown();
    }

    private void tell(Event event) {
        try {
            teller.execute(() -> listeners.forEach(listener -> listener.accept(event)));
        } catch (RejectedExecutionException e) {
            if (!teller.isShutdown()) {
                LOG.error("Too many events wait; {} is lost: the agent hangs, ask for the status", event, e);
            }
        }
    }

    private interface Reading<T> {
        T from(Map<String, String> fields) throws IOException;
    }

    private <T> CompletionStage<Outcome<T>> ask(String words, boolean untilDead, Duration limit, Reading<T> reading) {
        return within(session.ask(words, untilDead).thenApply(outcome -> read(outcome, reading)), limit);
    }

    private static <T> CompletionStage<Outcome<T>> within(CompletableFuture<Outcome<T>> answer, Duration limit) {
        return answer.completeOnTimeout(
                Outcome.unknown("The guard did not finish within " + limit.toMillis() + " ms; ask for the status"),
                limit.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    private static <T> Outcome<T> read(Outcome<Map<String, String>> outcome, Reading<T> reading) {
        return switch (outcome) {
            case Outcome.Done<Map<String, String>>(var fields) -> {
                try {
                    yield Outcome.done(reading.from(fields));
                } catch (IOException e) {
                    yield Outcome.unknown(e.toString());
                }
            }
            case Outcome.Refused<Map<String, String>>(var why) -> Outcome.refused(why);
            case Outcome.Unknown<Map<String, String>>(var why) -> Outcome.unknown(why);
        };
    }
}
