package io.interrex.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Measures what a node costs that has nothing to do, and how long its start takes. PostgreSQL and HAProxy are not counted. */
final class Idle {

    /** Longer than the JVM compiles what a start and a failover used; that is a cost of those. */
    private static final Duration SETTLE = Duration.ofSeconds(60);

    private static final Duration SAMPLE = Duration.ofSeconds(20);
    private static final int SAMPLES = 3;
    private static final int RESTARTS = 3;
    private static final Duration READY_MAX = Duration.ofSeconds(60);
    private static final double TICKS_PER_SECOND = 100;
    private static final Pattern FIRST_ROUND = Pattern.compile("the first lease round left (\\d+) ms after the start");

    private Idle() {}

    /**
     * What one node costs.
     *
     * @param role of its member, and whether its voter leads the event log
     * @param cpuPercent of one core
     */
    record Cost(String role, Figures rssMiB, Figures cpuPercent) {}

    /**
     * Restarts of the primary's node.
     *
     * @param firstRoundMs from the start of the process to the first round that went to a voter
     * @param failovers of the restarts, those that another node answered
     */
    record Restarts(int count, Figures firstRoundMs, long failovers) {}

    private record Sampled(String role, long pid, List<Double> rssMiB, List<Double> cpuPercent) {}

    static List<Cost> measure(Installation installation) {
        Sight sight = installation.awaitWhole(READY_MAX);
        List<Sampled> nodes = Installation.MEMBERS.stream()
                .flatMap(host -> installation.node(host).stream()
                        .map(process ->
                                new Sampled(sight.role(host), process.pid(), new ArrayList<>(), new ArrayList<>())))
                .toList();
        Waiting.pass(SETTLE);
        for (int i = 0; i < SAMPLES; i++) {
            sample(nodes);
        }
        return nodes.stream()
                .map(node -> new Cost(node.role(), Figures.of(node.rssMiB()), Figures.of(node.cpuPercent())))
                .toList();
    }

    private static void sample(List<Sampled> nodes) {
        List<Double> before = nodes.stream().map(node -> cpuSeconds(node.pid())).toList();
        long startNs = System.nanoTime();
        Waiting.pass(SAMPLE);
        double seconds = (System.nanoTime() - startNs) / 1e9;
        for (int i = 0; i < nodes.size(); i++) {
            Sampled node = nodes.get(i);
            node.rssMiB().add(rssMiB(node.pid()));
            node.cpuPercent().add(100 * (cpuSeconds(node.pid()) - before.get(i)) / seconds);
        }
    }

    /** Stops each node in order, starts it again, and takes the time until it says that it is ready. */
    static Figures startToReadiness(Installation installation) {
        var seconds = new ArrayList<Double>();
        for (String host : Installation.MEMBERS) {
            seconds.add(restart(installation, host));
        }
        return Figures.of(seconds);
    }

    /** Ends and starts the primary's node some times, as for an upgrade. */
    static Restarts ofThePrimary(Installation installation) {
        var firstRounds = new ArrayList<Double>();
        long failovers = 0;
        for (int i = 0; i < RESTARTS; i++) {
            Sight before = installation.awaitWhole(READY_MAX);
            int printed =
                    Places.read(installation.places().output(before.primary())).length();
            restart(installation, before.primary());
            String news =
                    Places.read(installation.places().output(before.primary())).substring(printed);
            firstRoundMs(news).ifPresent(ms -> firstRounds.add((double) ms));
            failovers += installation.awaitWhole(READY_MAX).epoch() > before.epoch() ? 1 : 0;
        }
        return new Restarts(RESTARTS, Figures.of(firstRounds), failovers);
    }

    /** Seconds from the start to readiness. */
    private static double restart(Installation installation, String host) {
        installation.stop(host);
        long startNs = System.nanoTime();
        installation.start(host);
        String address = installation.lab().address(host);
        Waiting.until(
                "that node " + host + " is ready",
                READY_MAX,
                () -> installation.api().isReady(address) ? Optional.of(host) : Optional.empty(),
                () -> installation.api().readiness(address));
        double seconds = (System.nanoTime() - startNs) / 1e9;
        installation.awaitWhole(READY_MAX);
        return seconds;
    }

    /** What a node's log says of its first round; empty where it sent none. */
    static OptionalLong firstRoundMs(String log) {
        Matcher found = FIRST_ROUND.matcher(log);
        return found.find() ? OptionalLong.of(Long.parseLong(found.group(1))) : OptionalLong.empty();
    }

    private static double rssMiB(long pid) {
        return read(pid, "status")
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                .sum();
    }

    /** Fields 14 and 15 of /proc/PID/stat, proc(5): user and system time in ticks. */
    private static double cpuSeconds(long pid) {
        String stat = read(pid, "stat");
        List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
        return (Double.parseDouble(fields.get(11)) + Double.parseDouble(fields.get(12))) / TICKS_PER_SECOND;
    }

    private static String read(long pid, String file) {
        try {
            return Files.readString(Path.of("/proc", String.valueOf(pid), file));
        } catch (IOException e) {
            throw new DemoException("process " + pid + " ended while it was measured: " + e, e);
        }
    }
}
