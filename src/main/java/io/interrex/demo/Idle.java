package io.interrex.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Measures what a node costs that has nothing to do, and how long its start takes. PostgreSQL and HAProxy are not counted. */
final class Idle {

    private static final Duration SAMPLE = Duration.ofSeconds(20);
    private static final Duration SETTLE = Duration.ofSeconds(10);
    private static final Duration READY_MAX = Duration.ofSeconds(60);
    private static final double TICKS_PER_SECOND = 100;

    private Idle() {}

    /** @param cpuPercent of one core */
    record Cost(Figures rssMiB, Figures cpuPercent) {}

    static Cost measure(Installation installation) {
        Waiting.pass(SETTLE);
        var before = new ArrayList<Double>();
        List<Long> pids = Installation.MEMBERS.stream()
                .flatMap(host -> installation.node(host).stream())
                .map(Process::pid)
                .toList();
        pids.forEach(pid -> before.add(cpuSeconds(pid)));
        long startNs = System.nanoTime();
        Waiting.pass(SAMPLE);
        double seconds = (System.nanoTime() - startNs) / 1e9;
        var rss = new ArrayList<Double>();
        var cpu = new ArrayList<Double>();
        for (int i = 0; i < pids.size(); i++) {
            rss.add(rssMiB(pids.get(i)));
            cpu.add(100 * (cpuSeconds(pids.get(i)) - before.get(i)) / seconds);
        }
        return new Cost(Figures.of(rss), Figures.of(cpu));
    }

    /** Stops each node in order, starts it again, and takes the time until it says that it is ready. */
    static Figures startToReadiness(Installation installation) {
        var seconds = new ArrayList<Double>();
        for (String host : Installation.MEMBERS) {
            installation.stop(host);
            long startNs = System.nanoTime();
            installation.start(host);
            String address = installation.lab().address(host);
            Waiting.until(
                    "that node " + host + " is ready",
                    READY_MAX,
                    () -> installation.api().isReady(address) ? Optional.of(host) : Optional.empty(),
                    () -> installation.api().readiness(address));
            seconds.add((System.nanoTime() - startNs) / 1e9);
            installation.awaitWhole(READY_MAX);
        }
        return Figures.of(seconds);
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
