package io.interrex.haproxy;

import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.Router;
import io.interrex.cluster.routing.RoutePlan;
import io.interrex.haproxy.HaproxySettings.Ownership;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the clients of one group with HAProxy, and keeps it true: once a second it compares what HAProxy says with the
 * last plan, applies the plan again where they differ, and ends a HAProxy of its own that does not answer.
 */
public final class HaproxyRouter implements Router {
    private static final Logger LOG = LoggerFactory.getLogger(HaproxyRouter.class);
    private static final Duration WATCH_EVERY = Duration.ofSeconds(1);
    private static final int SILENT_WATCHES_MAX = 3;
    private static final int WAITING_PLANS_MAX = 64;

    private final HaproxySettings settings;
    private final Set<String> members = new HashSet<>();
    private final PlanRunner runner;
    private final Consumer<String> reports;
    private final @Nullable HaproxyProcess process;
    private final ScheduledThreadPoolExecutor worker;
    private final Set<CompletableFuture<Outcome<Nothing>>> pending = ConcurrentHashMap.newKeySet();
    private final Object lock = new Object();

    private @Nullable RoutePlan wanted;
    private boolean closed;

    // Of the worker's thread.
    private int silentWatches;
    private @Nullable RoutePlan settled;
    private String trouble = "";

    private HaproxyRouter(HaproxySettings settings, Consumer<String> reports) {
        this.settings = settings;
        this.reports = sentence -> tell(reports, sentence);
        settings.members().forEach(member -> members.add(member.name()));
        var socket = new RuntimeSocket(settings.socket(), settings.callMax());
        runner = new PlanRunner(settings, socket);
        worker = new ScheduledThreadPoolExecutor(
                1,
                Thread.ofPlatform()
                        .daemon()
                        .name("route-" + settings.group() + "-", 0)
                        .factory());
        if (settings.ownership() == Ownership.ADOPTED) {
            process = null;
        } else {
            HaproxyProcess.requireNobodyAt(settings, socket);
            process = new HaproxyProcess(settings, socket, this.reports, this::watchSoon);
            wanted = new RoutePlan(settings.group(), 0, null, new TreeSet<>());
        }
    }

    /**
     * Returns when HAProxy answers, with everybody closed if it is a child. What an adopted one serves stays as it is
     * until the first plan.
     *
     * @param reports gets one sentence for each thing that went wrong or right again, on any thread
     * @throws HaproxyException with the remedy, if there is no HAProxy to work with
     */
    public static HaproxyRouter start(HaproxySettings settings, Consumer<String> reports) {
        if (settings.ownership() == Ownership.CHILD) {
            writeConfig(settings);
        }
        var router = new HaproxyRouter(settings, reports);
        try {
            if (router.process != null) {
                router.process.start();
            }
            router.runner.requireServers();
        } catch (HaproxyException e) {
            router.close();
            throw e;
        }
        router.worker.scheduleWithFixedDelay(
                router::watch, WATCH_EVERY.toMillis(), WATCH_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        return router;
    }

    /** The configuration file that a HAProxy to be adopted must run with. */
    public static String render(HaproxySettings settings) {
        return HaproxyConfig.render(settings);
    }

    @Override
    public String name() {
        return "haproxy " + settings.group();
    }

    /** Process id of a HAProxy of our own that runs now, else null. */
    public @Nullable Long pid() {
        return process == null ? null : process.pid();
    }

    @Override
    public CompletionStage<Outcome<Nothing>> apply(RoutePlan plan) {
        synchronized (lock) {
            String refusal = refusal(plan);
            if (refusal != null) {
                return CompletableFuture.completedFuture(Outcome.refused(refusal));
            }
            if (pending.size() >= WAITING_PLANS_MAX) {
                return CompletableFuture.completedFuture(
                        Outcome.refused("%d plans wait for HAProxy at %s already; look at why it is slow"
                                .formatted(WAITING_PLANS_MAX, settings.socket())));
            }
            wanted = plan;
            var applied = new CompletableFuture<Outcome<Nothing>>();
            pending.add(applied);
            worker.execute(() -> applied.complete(carryOut(plan)));
            return applied.whenComplete((outcome, error) -> pending.remove(applied));
        }
    }

    @Override
    public CompletionStage<Outcome<Sessions>> sessions() {
        synchronized (lock) {
            if (closed) {
                return CompletableFuture.completedFuture(
                        Outcome.refused("the router of group %s is closed".formatted(settings.group())));
            }
            return CompletableFuture.supplyAsync(runner::sessions, worker);
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            worker.shutdownNow();
        }
        pending.forEach(applied -> applied.complete(
                Outcome.unknown("the router of group %s was closed meanwhile".formatted(settings.group()))));
        if (process != null) {
            process.close();
        }
    }

    private @Nullable String refusal(RoutePlan plan) {
        if (closed) {
            return "the router of group %s is closed".formatted(settings.group());
        }
        if (!plan.group().equals(settings.group())) {
            return "a plan of group %s for the router of group %s".formatted(plan.group(), settings.group());
        }
        var strangers = new TreeSet<>(plan.readers());
        if (plan.writer() != null) {
            strangers.add(plan.writer());
        }
        strangers.removeAll(members);
        if (!strangers.isEmpty()) {
            return "HAProxy of group %s has no server for %s; add the member to the configuration and restart the node"
                    .formatted(settings.group(), strangers);
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

    private Outcome<Nothing> carryOut(RoutePlan plan) {
        RoutePlan newest = wanted();
        if (newest != null && !plan.equals(newest)) {
            return Outcome.refused("overtaken by a newer plan, of epoch " + newest.epoch());
        }
        Outcome<Nothing> outcome = Outcome.attempt(name(), () -> runner.run(plan));
        settled = outcome instanceof Outcome.Done ? plan : null;
        return outcome;
    }

    private void watchSoon() {
        synchronized (lock) {
            if (!closed) {
                worker.execute(this::watch);
            }
        }
    }

    /** Goes on whatever happens: nobody else notices a HAProxy that has lost its plan. */
    private void watch() {
        try {
            compare();
        } catch (RuntimeException e) {
            LOG.error("a look at HAProxy of group {} failed; the next one comes", settings.group(), e);
        }
    }

    private void compare() {
        RoutePlan plan = wanted();
        String difference;
        try {
            difference = plan == null ? runner.missingServers() : runner.difference(plan);
            silentWatches = 0;
        } catch (IOException e) {
            silentWatches++;
            report("HAProxy of group %s: %s".formatted(settings.group(), e.getMessage()));
            if (silentWatches >= SILENT_WATCHES_MAX && process != null) {
                silentWatches = 0;
                process.kill();
            }
            return;
        }
        if (plan != null && (difference != null || !plan.equals(settled))) {
            Outcome<Nothing> outcome = carryOut(plan);
            if (difference != null) {
                report("HAProxy of group %s differed from the plan of epoch %d (%s); applied again: %s"
                        .formatted(settings.group(), plan.epoch(), difference, outcome));
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

    private static void writeConfig(HaproxySettings settings) {
        try {
            var onlyUs = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
            if (!Files.isDirectory(settings.runtimeDir())) {
                Files.createDirectories(settings.runtimeDir(), onlyUs);
            }
            Files.setPosixFilePermissions(settings.runtimeDir(), onlyUs.value());
            Files.writeString(settings.runtimeDir().resolve(HaproxyConfig.FILE), HaproxyConfig.render(settings));
        } catch (IOException e) {
            throw new HaproxyException(
                    "cannot write HAProxy's configuration into %s: %s; the node's user must own this directory"
                            .formatted(settings.runtimeDir(), e.getMessage()),
                    e);
        }
    }
}
