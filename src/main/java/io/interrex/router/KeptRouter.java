package io.interrex.router;

import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.Router;
import io.interrex.cluster.routing.RoutePlan;
import io.interrex.host.KeptProgram;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the clients of one group with a program, and keeps it true: once a second it compares what the program says with the
 * last plan, applies the plan again where they differ, and ends a program of its own that does not answer.
 */
public final class KeptRouter implements Router {
    private static final Logger LOG = LoggerFactory.getLogger(KeptRouter.class);
    private static final Duration WATCH_EVERY = Duration.ofSeconds(1);
    private static final int SILENT_WATCHES_MAX = 3;
    private static final int WAITING_PLANS_MAX = 64;

    /**
     * @param program as people call it
     * @param at where it answers
     */
    public record Identity(String program, String group, Set<String> members, String at) {

        public Identity {
            members = Set.copyOf(members);
        }

        /** For sentences: what is meant, and of which group. */
        String what() {
            return program + " of group " + group;
        }
    }

    /** Something that waits for its turn. */
    private record Turn<T>(CompletableFuture<Outcome<T>> outcome) {
        void abandon(String why) {
            outcome.complete(Outcome.unknown(why));
        }
    }

    private final Identity identity;
    private final RouterDriver driver;
    private final Consumer<String> reports;
    private final ScheduledThreadPoolExecutor worker;
    private final Set<Turn<?>> pending = ConcurrentHashMap.newKeySet();
    private final Object lock = new Object();

    private Set<String> members;
    private @Nullable KeptProgram process;
    private @Nullable RoutePlan wanted;
    private boolean closed;

    // Of the worker's thread.
    private int silentWatches;
    private @Nullable RoutePlan settled;
    private @Nullable List<MemberInfo> unused;
    private String trouble = "";

    /** @param reports gets one sentence for each thing that went wrong or right again, on any thread */
    public KeptRouter(Identity identity, RouterDriver driver, Consumer<String> reports) {
        this.identity = identity;
        this.members = identity.members();
        this.driver = driver;
        this.reports = sentence -> tell(reports, sentence);
        worker = new ScheduledThreadPoolExecutor(
                1,
                Thread.ofPlatform()
                        .daemon()
                        .name("route-" + identity.group() + "-", 0)
                        .factory());
    }

    /** A program of our own: it starts with nobody reachable, which is kept true until the first plan. */
    public void own(KeptProgram child) {
        synchronized (lock) {
            process = child;
            wanted = new RoutePlan(identity.group(), 0, null, new TreeSet<>());
        }
    }

    /** The program answers: from now on it is watched. */
    public void watchOn() {
        worker.scheduleWithFixedDelay(
                this::watch, WATCH_EVERY.toMillis(), WATCH_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Tells what went wrong, once, whoever is to be told. */
    public Consumer<String> reports() {
        return reports;
    }

    @Override
    public String name() {
        return identity.program().toLowerCase(Locale.ROOT) + " " + identity.group();
    }

    /** Process id of a program of our own that runs now, else null. */
    public @Nullable Long pid() {
        KeptProgram child = process();
        return child == null ? null : child.pid();
    }

    /** Does something on the thread on which plans are carried out, in its turn. */
    public <T> CompletionStage<Outcome<T>> inTurn(Supplier<Outcome<T>> work) {
        synchronized (lock) {
            if (closed) {
                return CompletableFuture.completedFuture(Outcome.refused(closedSentence()));
            }
            if (pending.size() >= WAITING_PLANS_MAX) {
                return CompletableFuture.completedFuture(
                        Outcome.refused("%d plans wait for %s at %s already; look at why it is slow"
                                .formatted(WAITING_PLANS_MAX, identity.program(), identity.at())));
            }
            var turn = new Turn<T>(new CompletableFuture<>());
            pending.add(turn);
            worker.execute(() -> turn.outcome().complete(Outcome.attempt(name(), work)));
            return turn.outcome().whenComplete((outcome, error) -> pending.remove(turn));
        }
    }

    /** Does something on that thread later, unless the router is closed by then. */
    public void later(Duration delay, Runnable work) {
        synchronized (lock) {
            if (!closed) {
                worker.schedule(work, delay.toNanos(), TimeUnit.NANOSECONDS);
            }
        }
    }

    @Override
    public CompletionStage<Outcome<Nothing>> apply(RoutePlan plan) {
        synchronized (lock) {
            String refusal = refusal(plan);
            if (refusal != null) {
                return CompletableFuture.completedFuture(Outcome.refused(refusal));
            }
            if (pending.size() < WAITING_PLANS_MAX) {
                wanted = plan;
            }
            return inTurn(() -> carryOut(plan));
        }
    }

    @Override
    public void use(Collection<MemberInfo> now) {
        List<MemberInfo> copy = List.copyOf(now);
        synchronized (lock) {
            if (!closed) {
                members = copy.stream().map(MemberInfo::name).collect(Collectors.toSet());
                worker.execute(() -> {
                    unused = copy;
                    useMembers();
                });
            }
        }
    }

    /** Where it fails the next look tries again: nobody else would. */
    private void useMembers() {
        List<MemberInfo> now = unused;
        if (now == null) {
            return;
        }
        settled = null;
        try {
            driver.use(now);
            unused = null;
        } catch (RuntimeException e) {
            LOG.error("{} did not get the members {}; tried again", identity.what(), now, e);
            report("%s did not get its members: %s; tried again".formatted(identity.what(), e.getMessage()));
        }
    }

    @Override
    public CompletionStage<Outcome<Sessions>> sessions() {
        return inTurn(driver::sessions);
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            worker.shutdownNow();
        }
        pending.forEach(
                turn -> turn.abandon("the router of group %s was closed meanwhile".formatted(identity.group())));
        KeptProgram child = process();
        if (child != null) {
            child.close();
        }
    }

    private String closedSentence() {
        return "the router of group %s is closed".formatted(identity.group());
    }

    private @Nullable String refusal(RoutePlan plan) {
        if (closed) {
            return closedSentence();
        }
        if (!plan.group().equals(identity.group())) {
            return "a plan of group %s for the router of group %s".formatted(plan.group(), identity.group());
        }
        var strangers = new TreeSet<>(plan.readers());
        if (plan.writer() != null) {
            strangers.add(plan.writer());
        }
        strangers.removeAll(members);
        if (!strangers.isEmpty()) {
            return "%s has no server for %s, which the group's log does not name".formatted(identity.what(), strangers);
        }
        RoutePlan last = wanted;
        if (last != null && plan.epoch() < last.epoch()) {
            return "a plan of epoch %d after one of epoch %d".formatted(plan.epoch(), last.epoch());
        }
        return null;
    }

    private @Nullable RoutePlan wanted() {
        synchronized (lock) {
            return wanted;
        }
    }

    private @Nullable KeptProgram process() {
        synchronized (lock) {
            return process;
        }
    }

    /** Whether the newest plan gives the writes to another than this one did. */
    public boolean movesWriter(@Nullable RoutePlan plan) {
        RoutePlan newest = wanted();
        return newest != null && (plan == null || !Objects.equals(newest.writer(), plan.writer()));
    }

    private Outcome<Nothing> carryOut(RoutePlan plan) {
        RoutePlan newest = wanted();
        if (newest != null && !plan.equals(newest)) {
            return Outcome.refused("overtaken by a newer plan, of epoch " + newest.epoch());
        }
        Outcome<Nothing> outcome = Outcome.attempt(name(), () -> driver.run(plan));
        settled = outcome instanceof Outcome.Done ? plan : null;
        return outcome;
    }

    /** Looks at the program now: it has just come up, and what is wrong with it is news even if it was said of the one before. */
    public void watchSoon() {
        synchronized (lock) {
            if (!closed) {
                worker.execute(() -> {
                    trouble = "";
                    watch();
                });
            }
        }
    }

    /** Goes on whatever happens: nobody else notices a program that has lost its plan. */
    private void watch() {
        try {
            compare();
        } catch (RuntimeException e) {
            LOG.error("a look at {} failed; the next one comes", identity.what(), e);
        }
    }

    private void compare() {
        useMembers();
        RoutePlan plan = wanted();
        String difference;
        try {
            difference = plan == null ? driver.missing() : driver.difference(plan);
            silentWatches = 0;
        } catch (IOException e) {
            silentWatches++;
            report("%s: %s".formatted(identity.what(), e.getMessage()));
            KeptProgram child = process();
            if (silentWatches >= SILENT_WATCHES_MAX && child != null) {
                silentWatches = 0;
                child.kill();
            }
            return;
        }
        if (plan != null && (difference != null || !plan.equals(settled))) {
            Outcome<Nothing> outcome = carryOut(plan);
            if (difference != null) {
                report("%s differed from the plan of epoch %d (%s); applied again: %s"
                        .formatted(identity.what(), plan.epoch(), difference, outcome));
            }
        } else {
            trouble = "";
        }
    }

    private void report(String sentence) {
        if (!sentence.equals(trouble)) {
            trouble = sentence;
            reports.accept(sentence);
        }
    }

    private static void tell(Consumer<String> reports, String sentence) {
        try {
            reports.accept(sentence);
        } catch (RuntimeException e) {
            LOG.error("nobody could be told: {}", sentence, e);
        }
    }
}
