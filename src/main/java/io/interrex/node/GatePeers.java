package io.interrex.node;

import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a gate whom to let pass: the hosts that were named last. One whose name does not resolve passes by the address that it had
 * before, and is asked for again; whoever is not named any more is out.
 */
final class GatePeers {

    private static final Logger LOG = LoggerFactory.getLogger(GatePeers.class);

    /** What a name means now. */
    @FunctionalInterface
    interface Resolver {
        InetAddress resolve(String host) throws UnknownHostException;
    }

    /** A name may take long to be resolved, and keeps nobody waiting. */
    private final Executor threads =
            work -> Thread.ofVirtual().name("gate-peers").start(work);

    private final Resolver resolver;
    private final Function<Collection<InetAddress>, CompletionStage<Outcome<Nothing>>> gate;
    private final Duration again;
    private final Map<String, InetAddress> known = new HashMap<>();
    private List<String> named = List.of();
    private long turn;
    private String told = "";

    /** @param again after so long what did not come true is tried again */
    GatePeers(
            Resolver resolver,
            Function<Collection<InetAddress>, CompletionStage<Outcome<Nothing>>> gate,
            Duration again) {
        this.resolver = resolver;
        this.gate = gate;
        this.again = again;
    }

    /** At a start every name has to resolve: no address is known from before. */
    synchronized Collection<InetAddress> first(Collection<String> hosts) throws UnknownHostException {
        var addresses = new ArrayList<InetAddress>();
        for (String host : hosts) {
            InetAddress address = resolver.resolve(host);
            known.put(host, address);
            addresses.add(address);
        }
        return addresses;
    }

    /** These pass from now on, and no others. */
    synchronized void use(Collection<String> hosts) {
        named = List.copyOf(hosts);
        turn++;
        long mine = turn;
        threads.execute(() -> run(mine));
    }

    private synchronized List<String> named() {
        return named;
    }

    private void run(long mine) {
        var found = new HashMap<String, InetAddress>();
        var unresolved = new TreeSet<String>();
        for (String host : named()) {
            try {
                found.put(host, resolver.resolve(host));
            } catch (UnknownHostException e) {
                unresolved.add(host);
            }
        }
        pass(mine, found, unresolved);
    }

    /** What was resolved for an earlier time does not come after a later. */
    private synchronized void pass(long mine, Map<String, InetAddress> found, Collection<String> unresolved) {
        if (mine != turn) {
            return;
        }
        known.putAll(found);
        known.keySet().retainAll(named);
        String missing = unresolved.isEmpty()
                ? ""
                : "the names %s do not resolve, and pass by the addresses that they had, if any".formatted(unresolved);
        List<InetAddress> passing = List.copyOf(
                new TreeSet<>(known.keySet()).stream().map(known::get).toList());
        attempt(passing).thenAccept(outcome -> ended(mine, missing, outcome));
    }

    private CompletionStage<Outcome<Nothing>> attempt(List<InetAddress> passing) {
        return CompletableFuture.completedFuture(passing).thenCompose(gate).exceptionally(e -> {
            Throwable cause = e instanceof CompletionException ? e.getCause() : e;
            return Outcome.unknown(String.valueOf(cause));
        });
    }

    private synchronized void ended(long mine, String missing, Outcome<Nothing> outcome) {
        if (mine != turn) {
            return;
        }
        String trouble = switch (outcome) {
            case Outcome.Done<Nothing> done -> missing;
            case Outcome.Refused<Nothing>(var why) -> "the gate goes on with the members from before: " + why;
            case Outcome.Unknown<Nothing>(var why) -> "whom the gate lets pass is not known: " + why;
        };
        if (trouble.isEmpty()) {
            LOG.info("the gate lets the members of now pass: {}", named);
        } else {
            if (!trouble.equals(told)) {
                LOG.error("{}; tried again every {} s", trouble, again.toSeconds());
            }
            CompletableFuture.delayedExecutor(again.toMillis(), TimeUnit.MILLISECONDS, threads)
                    .execute(() -> run(mine));
        }
        told = trouble;
    }
}
