package io.interrex.lab;

import io.interrex.lab.OverlappingWriter.Listener;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import picocli.CommandLine;

/** Writes as an application would, through a router, and knows how long nobody could and what was lost. */
public final class WriteProbe implements AutoCloseable {
    private final ProbeSettings settings;
    private final AckLog acks = new AckLog(System.nanoTime());
    private final AtomicLong nextId = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final OverlappingWriter writer;
    private final Duration tellFrom;
    private final Consumer<Outage> onOutage;
    private volatile String lastFailure = "";

    private WriteProbe(ProbeTarget router, ProbeSettings settings, Duration tellFrom, Consumer<Outage> onOutage) {
        this.settings = settings;
        this.tellFrom = tellFrom;
        this.onOutage = onOutage;
        writer = new OverlappingWriter("", router, settings, nextId::getAndIncrement, new Listener() {
            @Override
            public void acknowledged(long id, long sentNanos) {
                record(id);
            }

            @Override
            public void failed(String why) {
                failures.incrementAndGet();
                lastFailure = why;
            }
        });
    }

    /**
     * Makes the table where it is missing, waiting for a primary up to {@code createMax}, and begins.
     *
     * @param tellFrom outages at least as long are told when they are over
     */
    public static WriteProbe start(
            ProbeTarget router,
            ProbeSettings settings,
            Duration createMax,
            Duration tellFrom,
            Consumer<Outage> onOutage) {
        ProbeTable.create(router, createMax);
        var probe = new WriteProbe(router, settings, tellFrom, onOutage);
        probe.writer.start();
        return probe;
    }

    /**
     * What happened so far.
     *
     * @param sent writes that were begun, acknowledged or not
     * @param failures sessions that ended badly, most of them before a write
     * @param lastFailure in the driver's words; empty: none
     */
    public record Counts(long sent, long acknowledged, long failures, String lastFailure) {}

    public Counts counts() {
        return new Counts(nextId.get(), acks.count(), failures.get(), lastFailure);
    }

    /** The longest time without an acknowledged write that touches this window of {@link System#nanoTime}. */
    public Outage longestOutage(long fromNanos, long toNanos) {
        return acks.longest(fromNanos, toNanos, System.nanoTime());
    }

    /** Whether that many further writes are acknowledged within {@code max}. */
    public boolean awaitAcknowledged(long further, Duration max) throws InterruptedException {
        long wanted = acks.count() + further;
        long deadlineNanos = System.nanoTime() + max.toNanos();
        synchronized (acks) {
            while (acks.count() < wanted) {
                long leftMs = (deadlineNanos - System.nanoTime()) / 1_000_000;
                if (leftMs <= 0) {
                    return false;
                }
                acks.wait(leftMs);
            }
        }
        return true;
    }

    /** Looks for every write acknowledged so far, in {@code primary}, trying for up to {@code max}. */
    public Verification verify(ProbeTarget primary, Duration max) {
        return ProbeTable.verify(primary, settings.run(), acks.ids(), max);
    }

    @Override
    public void close() {
        writer.close();
    }

    private void record(long id) {
        Outage pause;
        synchronized (acks) {
            pause = acks.add(id, System.nanoTime());
            acks.notifyAll();
        }
        if (pause.duration().compareTo(tellFrom) >= 0) {
            onOutage.accept(pause);
        }
    }

    /** {@code --help} says what it takes; commands come on standard input, answers are lines of JSON. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new WriteProbeCommand()).execute(arguments));
    }
}
