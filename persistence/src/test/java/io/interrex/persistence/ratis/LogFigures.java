package io.interrex.persistence.ratis;

import io.interrex.persistence.Samples;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Measures the log on this machine: three voters as processes, 1 KB appends one after the other. Run its main method from
 * the module's test class path; it prints one figure a line.
 */
final class LogFigures {

    private LogFigures() {}

    public static void main(String[] args) throws Exception {
        int appends = args.length > 0 ? Integer.parseInt(args[0]) : 500;
        try (var voters = VoterProcesses.started(2048)) {
            long started = System.nanoTime();
            try (var client = voters.client()) {
                Samples.appendSurely(client, Samples.after(null, "warm", 1, "x"));
                System.out.printf("first append after starting three JVMs: %d ms%n", ms(System.nanoTime() - started));
                latencies(client, appends);
                for (var node : voters.names()) {
                    System.out.printf(
                            "%s: %s%n",
                            node,
                            voters.output(node)
                                    .lines()
                                    .filter(l -> l.startsWith("started"))
                                    .findFirst()
                                    .orElse(""));
                    System.out.printf(
                            "%s: resident %d MiB, of it shared %s, threads %s%n",
                            node,
                            residentKib(voters, node) >> 10,
                            status(voters, node, "RssFile"),
                            status(voters, node, "Threads"));
                }
                idle(voters);
                for (int i = 0; i < 3; i++) {
                    gap(voters, client);
                }
            }
        }
    }

    private static void latencies(RatisEventLog client, int appends) {
        var writer = new Writer(client);
        writer.more(appends);
        writer.stop();
        var took = writer.tookNs().stream().skip(writer.count() / 4).sorted().toList();
        System.out.printf(
                "append: p50 %.1f ms, p99 %.1f ms, max %.1f ms (%d)%n",
                at(took, 0.5), at(took, 0.99), at(took, 1), took.size());
    }

    private static void gap(VoterProcesses voters, RatisEventLog client) throws Exception {
        try (var writer = new Writer(client)) {
            writer.more(100);
            writer.forgetGap();
            var leader = client.leaderHint();
            voters.kill(leader);
            writer.more(50);
            System.out.printf(
                    "leader killed (-9): gap %d ms%n", writer.longestGap().toMillis());
            long starts = starts(voters, leader);
            voters.start(leader);
            Samples.eventually(leader + " is back", Duration.ofSeconds(30), () -> starts(voters, leader) > starts);
            writer.more(200);
        }
    }

    private static long starts(VoterProcesses voters, String node) {
        try {
            return voters.output(node)
                    .lines()
                    .filter(l -> l.startsWith("started"))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void idle(VoterProcesses voters) throws Exception {
        long before = cpuMs(voters);
        long started = System.nanoTime();
        var until = started + Duration.ofSeconds(10).toNanos();
        Samples.eventually("10 s", Duration.ofSeconds(11), () -> System.nanoTime() > until);
        System.out.printf(
                "idle: %.1f %% of a core per voter%n",
                100.0 * (cpuMs(voters) - before) / 3 / ms(System.nanoTime() - started));
    }

    private static long cpuMs(VoterProcesses voters) {
        return voters.names().stream()
                .mapToLong(node -> ProcessHandle.of(voters.pid(node))
                        .flatMap(p -> p.info().totalCpuDuration())
                        .map(Duration::toMillis)
                        .orElse(0L))
                .sum();
    }

    private static long residentKib(VoterProcesses voters, String node) throws IOException {
        return Long.parseLong(status(voters, node, "VmRSS").replaceAll("\\D", ""));
    }

    private static String status(VoterProcesses voters, String node, String key) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + voters.pid(node) + "/status")).stream()
                .filter(line -> line.startsWith(key + ":"))
                .map(line -> line.substring(key.length() + 1).trim())
                .findFirst()
                .orElse("0");
    }

    private static double at(List<Long> sorted, double quantile) {
        return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(quantile * sorted.size()))) / 1e6;
    }

    private static long ms(long ns) {
        return ns / 1_000_000;
    }
}
