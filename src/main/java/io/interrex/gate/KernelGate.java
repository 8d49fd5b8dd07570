package io.interrex.gate;

import io.interrex.cluster.port.Gate;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The gate that the kernel enforces: it runs every operation of {@link Gate} on one thread of its own, in the order of the
 * calls, and answers each within a limit (unknown after it; the operation may still happen). Every second it looks by itself whether the rules
 * are still there.
 *
 * <p>Closing this object ends the thread and leaves the rules in the kernel as they are, so that the next process of this
 * member adopts them.
 */
public final class KernelGate implements Gate {

    /** An operation takes about a millisecond; the kernel may be busy with somebody else's transaction. */
    private static final Duration LIMIT = Duration.ofMillis(500);

    private static final int WAITING_MAX = 32;
    private static final long WATCH_EVERY_MS = 1000;

    private final KernelGateCore core;
    private final ScheduledThreadPoolExecutor thread;

    private KernelGate(KernelGateCore core, String member) {
        this.core = core;
        this.thread = new ScheduledThreadPoolExecutor(
                1, task -> Thread.ofPlatform().daemon().name("gate-" + member).unstarted(task));
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        thread.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
        thread.scheduleWithFixedDelay(core::watch, WATCH_EVERY_MS, WATCH_EVERY_MS, TimeUnit.MILLISECONDS);
    }

    /**
     * Finds out whether this process can have a kernel gate. Changes no rules.
     *
     * @param member name of the member; its table is {@code inet interrex_<member>}
     * @param port TCP port of its PostgreSQL
     * @param peers addresses that always pass: the hosts of the other members and voters, never of clients or routers
     * @return refused, with cause and remedy, where there is no libnftables, no CAP_NET_ADMIN or no nf_tables in the kernel
     */
    public static Outcome<KernelGate> open(String member, int port, Collection<InetAddress> peers) {
        GateTable table = new GateTable(member, port);
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
        return Outcome.done(new KernelGate(new KernelGateCore(table, nft, List.copyOf(peers)), member));
    }

    /** The closed rules as text for {@code nft -f}, to be loaded at the boot of the host, before the network is up. */
    public static String closedRules(String member, int port, Collection<InetAddress> peers) {
        return new GateTable(member, port).install(peers);
    }

    /** Loads the closed rules. A gate of that name that is open stays so until its time runs out, or somebody renews it. */
    public static Outcome<Nothing> loadClosed(String member, int port, Collection<InetAddress> peers) {
        Outcome<KernelGate> opened = open(member, port, peers);
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
    public void close() {
        if (!thread.isShutdown()) {
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
