package io.interrex.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Collects the decisions of the group, each once and in order, from whichever node answers. */
final class EventFeed implements AutoCloseable {

    private static final long ASK_EVERY_MS = 250;

    private final Installation installation;
    private final Consumer<Happening> listener;
    private final List<Happening> all = new ArrayList<>();
    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("events").factory());
    private int turn;

    private EventFeed(Installation installation, Consumer<Happening> listener) {
        this.installation = installation;
        this.listener = listener;
    }

    static EventFeed start(Installation installation, Consumer<Happening> listener) {
        var feed = new EventFeed(installation, listener);
        feed.worker.scheduleWithFixedDelay(feed::ask, 0, ASK_EVERY_MS, TimeUnit.MILLISECONDS);
        return feed;
    }

    /** The nodes take turns, because one that was cut off knows nothing new. */
    private void ask() {
        List<String> hosts = installation.reachable();
        if (!hosts.isEmpty()) {
            String host = hosts.get(Math.floorMod(turn++, hosts.size()));
            take(installation.api().events(installation.lab().address(host), version() + 1));
        }
    }

    private void take(List<Happening> events) {
        for (Happening event : events) {
            synchronized (all) {
                all.add(event);
            }
            listener.accept(event);
        }
    }

    long version() {
        synchronized (all) {
            return all.isEmpty() ? 0 : all.getLast().version();
        }
    }

    List<Happening> since(long version) {
        synchronized (all) {
            return all.stream().filter(event -> event.version() > version).toList();
        }
    }

    /** Waits until everything up to that version was collected. */
    void awaitVersion(long version, Duration limit) {
        Waiting.until(
                "that the events up to version " + version + " are read",
                limit,
                () -> version() >= version ? java.util.Optional.of(version) : java.util.Optional.empty(),
                () -> "the last one is " + version());
    }

    @Override
    public void close() {
        worker.shutdownNow();
    }
}
