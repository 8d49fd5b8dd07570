package io.interrex.gate;

import io.interrex.cluster.port.Gate;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gate that the kernel enforces: it runs every operation of {@link Gate} on one thread of its own, in the order of the
 * calls, and answers each within a limit (unknown after it; the operation may still happen). It looks by itself whether the rules are still there:
 * at once when the kernel says that somebody else changed rules ({@link RulesetWatch}), every second until it does so or where it does not.
 *
 * <p>Closing this object ends the thread and leaves the rules in the kernel as they are, so that the next process of this
 * member adopts them.
 */
public final class KernelGate implements Gate {

    private static final Logger LOG = LoggerFactory.getLogger(KernelGate.class);

    /** An operation takes about a millisecond; the kernel may be busy with somebody else's transaction. */
    private static final Duration LIMIT = Duration.ofMillis(500);

    private static final int WAITING_MAX = 32;
    private static final long LOOK_EVERY_MS = 1000;
    /** While the kernel tells of changes, a look without one is for what nobody thought of. */
    private static final long LOOK_ANYWAY_NS = TimeUnit.SECONDS.toNanos(10);
    /** Between two looks at most, where others change their own rules all the time: a look costs about a millisecond. */
    private static final long LOOK_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(100);
    /** The first lease round of a start must not wait for the watch's classes. */
    private static final Duration WATCH_AFTER = Duration.ofSeconds(5);

    private final KernelGateCore core;
    private final ScheduledThreadPoolExecutor thread;
    private final AtomicBoolean lookComes = new AtomicBoolean();
    private @Nullable RulesetWatch watch;
    private boolean ending;
    private volatile long lookedNs = System.nanoTime();

    private KernelGate(KernelGateCore core, String member, Duration watchAfter) {
        this.core = core;
        this.thread = new ScheduledThreadPoolExecutor(
                1, task -> Thread.ofPlatform().daemon().name("gate-" + member).unstarted(task));
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        thread.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
        thread.scheduleWithFixedDelay(this::lookIfDue, LOOK_EVERY_MS, LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
        thread.schedule(() -> startWatch(member), watchAfter.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void startWatch(String member) {
        String name;
        try {
            name = Files.readString(Path.of("/proc/thread-self/comm")).strip();
        } catch (IOException e) {
            LOG.warn("Rules of the gate of member {} are looked at once a second only: {}", member, e.toString());
            return;
        }
        RulesetWatch started = new RulesetWatch(name, this::lookSoon);
        synchronized (this) {
            if (ending) {
                return;
            }
            watch = started;
        }
        Thread.ofPlatform()
                .daemon()
                .name("gate-watch-" + member)
                .uncaughtExceptionHandler((failed, e) -> LOG.warn(
                        "Rules of the gate of member {} are looked at once a second from here on; the watch ended",
                        member,
                        e))
                .start(started::run);
    }

    /** Whether the kernel tells of changes by others now. */
    synchronized boolean isWatching() {
        return watch != null && watch.listening();
    }

    private void lookIfDue() {
        if (!isWatching() || System.nanoTime() - lookedNs > LOOK_ANYWAY_NS) {
            look();
        }
    }

    private void lookSoon() {
        if (!lookComes.compareAndSet(false, true)) {
            return;
        }
        long waitNs = Math.max(0, lookedNs + LOOK_PAUSE_NS - System.nanoTime());
        synchronized (this) {
            if (!ending) {
                thread.schedule(this::look, waitNs, TimeUnit.NANOSECONDS);
            }
        }
    }

    private void look() {
        lookComes.set(false);
        lookedNs = System.nanoTime();
        core.watch();
    }

    /**
     * Finds out whether this process can have a kernel gate. Changes no rules.
     *
     * @param member name of the member; its table is {@code inet interrex_<member>}
     * @param port TCP port of its PostgreSQL
     * @param peers addresses that always pass: the hosts of the other members and voters, never of clients or routers
     * @param replication the member's own address for its peers, null: they pass to its clients' address
     * @return refused, with cause and remedy, where there is no libnftables, no CAP_NET_ADMIN or no nf_tables in the kernel
     */
    public static Outcome<KernelGate> open(
            String member, int port, Collection<InetAddress> peers, @Nullable InetAddress replication) {
        return open(member, port, peers, replication, WATCH_AFTER);
    }

    static Outcome<KernelGate> open(
            String member,
            int port,
            Collection<InetAddress> peers,
            @Nullable InetAddress replication,
            Duration watchAfter) {
        GateTable table = new GateTable(member, port, replication);
        Nftables nft;
        try {
            nft = new Nftables();
        } catch (IllegalArgumentException e) {
            return Outcome.refused("no kernel gate for member " + member + ": libnftables.so.1 cannot be loaded ("
                    + e.getMessage() + "); install the package libnftables1 or nftables");
        }
        Nftables.Result probe = nft.run("list tables");
        if (!probe.succeeded()) {
            nft.close();
            return Outcome.refused("no kernel gate for member " + member + ": " + KernelGateCore.explain(probe));
        }
        return Outcome.done(new KernelGate(new KernelGateCore(table, nft, List.copyOf(peers)), member, watchAfter));
    }

    /** The closed rules as text for {@code nft -f}, to be loaded at the boot of the host, before the network is up. */
    public static String closedRules(
            String member, int port, Collection<InetAddress> peers, @Nullable InetAddress replication) {
        return new GateTable(member, port, replication).install(peers);
    }

    /** Loads the closed rules. A gate of that name that is open stays so until its time runs out, or somebody renews it. */
    public static Outcome<Nothing> loadClosed(
            String member, int port, Collection<InetAddress> peers, @Nullable InetAddress replication) {
        Outcome<KernelGate> opened = open(member, port, peers, replication);
        if (!(opened instanceof Outcome.Done<KernelGate>(var gate))) {
            return opened.map(none -> Nothing.NOTHING);
        }
        try {
            return gate.install().toCompletableFuture().join().map(state -> Nothing.NOTHING);
        } finally {
            gate.close();
        }
    }

    @Override
    public CompletionStage<Outcome<State>> install() {
        return onThread("install", core::install);
    }

    /** These addresses pass always from now on, and no others. */
    public CompletionStage<Outcome<Nothing>> pass(Collection<InetAddress> peers) {
        List<InetAddress> now = List.copyOf(peers);
        return onThread("pass", () -> core.pass(now));
    }

    @Override
    public CompletionStage<Outcome<Nothing>> stage(long n, Duration ttl) {
        long runsOutNs = System.nanoTime() + ttl.toNanos();
        return onThread("stage", () -> core.stage(n, runsOutNs));
    }

    @Override
    public CompletionStage<Outcome<Nothing>> activate(long n) {
        return onThread("activate", () -> core.activate(n));
    }

    @Override
    public CompletionStage<Outcome<Nothing>> openForRead(Duration ttl) {
        long runsOutNs = System.nanoTime() + ttl.toNanos();
        return onThread("openForRead", () -> core.openForRead(runsOutNs));
    }

    @Override
    public CompletionStage<Outcome<Nothing>> close(String reason) {
        return onThread("close", core::shut);
    }

    @Override
    public CompletionStage<Outcome<State>> state() {
        return onThread("state", core::state);
    }

    @Override
    public boolean isKernel() {
        return true;
    }

    @Override
    public synchronized void close() {
        if (!ending) {
            ending = true;
            if (watch != null) {
                watch.end();
            }
            thread.execute(core::release);
            thread.shutdown();
        }
    }

    private <T> CompletionStage<Outcome<T>> onThread(String operation, Supplier<Outcome<T>> body) {
        if (thread.getQueue().size() > WAITING_MAX) {
            return CompletableFuture.completedFuture(
                    Outcome.refused("the gate has " + WAITING_MAX + " operations waiting; the kernel does not answer"));
        }
        CompletableFuture<Outcome<T>> answer = new CompletableFuture<>();
        try {
            thread.execute(() -> complete(answer, operation, body));
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(Outcome.refused("the gate object is closed"));
        }
        return answer.completeOnTimeout(
                Outcome.unknown("gate operation " + operation + " had no answer from the kernel within "
                        + LIMIT.toMillis() + " ms"),
                LIMIT.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private static <T> void complete(
            CompletableFuture<Outcome<T>> answer, String operation, Supplier<Outcome<T>> body) {
        try {
            answer.complete(body.get());
        } catch (RuntimeException | Error e) {
            answer.complete(Outcome.unknown("gate operation " + operation + " failed: " + e));
        }
    }
}
