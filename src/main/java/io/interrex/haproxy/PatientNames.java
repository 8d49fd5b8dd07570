package io.interrex.haproxy;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Resolves names without keeping plans waiting: a lookup that takes long goes on, and its answer is for who asks again. One thread. */
final class PatientNames {

    private static final long WAIT_MS = 100;

    /** What a name means now. */
    @FunctionalInterface
    interface Lookup {
        InetAddress of(String host) throws UnknownHostException;
    }

    private final Lookup lookup;
    private final Map<String, CompletableFuture<String>> lookups = new HashMap<>();

    PatientNames(Lookup lookup) {
        this.lookup = lookup;
    }

    /** @throws UnknownHostException where it does not resolve, or has not yet */
    String address(String host) throws UnknownHostException {
        CompletableFuture<String> begun = lookups.computeIfAbsent(host, this::begun);
        try {
            String address = begun.get(WAIT_MS, TimeUnit.MILLISECONDS);
            lookups.remove(host);
            return address;
        } catch (ExecutionException e) {
            lookups.remove(host);
            throw unknown(host, e);
        } catch (TimeoutException e) {
            throw unknown(host, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unknown(host, e);
        }
    }

    private static UnknownHostException unknown(String host, Exception cause) {
        var unknown = new UnknownHostException(host);
        unknown.initCause(cause);
        return unknown;
    }

    private CompletableFuture<String> begun(String host) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return lookup.of(host).getHostAddress();
                    } catch (UnknownHostException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                work -> Thread.ofVirtual().name("name-" + host).start(work));
    }
}
