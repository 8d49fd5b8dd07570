package io.interrex.lab;

import io.interrex.lab.OverlappingWriter.Listener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine;

/** Writes to every member directly, past all routers, and knows who accepted, when, and whether two did at once. */
public final class DirectProber implements AutoCloseable {
    private static final Duration PAUSE_MAX = Duration.ofMillis(500);

    private final AcceptedWrites accepted = new AcceptedWrites(PAUSE_MAX.toNanos());
    private final Map<String, String> lastFailures = new ConcurrentHashMap<>();
    private final AtomicLong nextId = new AtomicLong();
    private final List<OverlappingWriter> writers = new ArrayList<>();

    private DirectProber(Map<String, ProbeTarget> members, ProbeSettings settings) {
        members.forEach((member, target) ->
                writers.add(new OverlappingWriter(member, target, settings, nextId::getAndIncrement, new Listener() {
                    @Override
                    public void acknowledged(long id, long sentNanos) {
                        synchronized (accepted) {
                            accepted.add(member, sentNanos, System.nanoTime());
                        }
                    }

                    @Override
                    public void failed(String why) {
                        lastFailures.put(member, why);
                    }
                })));
    }

    /** The table must exist: a {@link WriteProbe} makes it. */
    public static DirectProber start(Map<String, ProbeTarget> members, ProbeSettings settings) {
        var prober = new DirectProber(members, settings);
        prober.writers.forEach(OverlappingWriter::start);
        return prober;
    }

    public AcceptedWrites accepted() {
        return accepted;
    }

    /** Why each member did not accept the last time that it did not. */
    public Map<String, String> lastFailures() {
        return new TreeMap<>(lastFailures);
    }

    @Override
    public void close() {
        writers.forEach(OverlappingWriter::close);
    }

    /** {@code --help} says what it takes; commands come on standard input, answers are lines of JSON. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new DirectProberCommand()).execute(arguments));
    }
}
