package io.interrex.persistence.ratis;

import static io.interrex.persistence.Samples.after;
import static io.interrex.persistence.Samples.appendSurely;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.interrex.cluster.port.Envelope;
import io.interrex.persistence.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the kernel was asked for: seen with strace, not believed. */
class FsyncTest {

    private static final int APPENDS = 25;

    @Test
    @DisplayName("each acknowledged append was forced to disk (fdatasync) on a majority of the voters before")
    void everyAppendIsForcedToDisk() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "strace is not installed");
        Path traces = Files.createTempDirectory("log-strace-");
        try (var voters = new VoterProcesses(2048)) {
            for (var node : voters.names()) {
                voters.start(
                        node,
                        List.of(
                                "strace",
                                "-f",
                                "-y",
                                "-e",
                                "trace=fdatasync,fsync",
                                "-o",
                                traces.resolve(node).toString()));
            }
            try (var client = voters.client()) {
                appendSurely(client, after(null, "warm", 1, "x"));
                var before = syncs(voters, traces);
                @Nullable Envelope last = null;
                for (int i = 0; i < APPENDS; i++) {
                    var next = after(last, "group/main", 1, "x");
                    appendSurely(client, next);
                    last = next.getLast();
                }
                Samples.eventually("forced on a majority", Duration.ofSeconds(5), () -> {
                    var after = syncs(voters, traces);
                    return after.entrySet().stream()
                                    .filter(e -> e.getValue() - before.getOrDefault(e.getKey(), 0L) >= APPENDS)
                                    .count()
                            >= 2;
                });
                System.out.println(
                        "forced to disk before " + before + ", after " + APPENDS + " appends " + syncs(voters, traces));
                assertTrue(client.leaderHint().length() == 1);
            }
        } finally {
            RatisCluster.delete(traces);
        }
    }

    private static Map<String, Long> syncs(VoterProcesses voters, Path traces) {
        var counts = new TreeMap<String, Long>();
        for (var node : voters.names()) {
            try (var lines = Files.lines(traces.resolve(node))) {
                counts.put(
                        node,
                        lines.filter(line -> line.contains("log_inprogress") && line.contains("sync("))
                                .count());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
        return counts;
    }
}
