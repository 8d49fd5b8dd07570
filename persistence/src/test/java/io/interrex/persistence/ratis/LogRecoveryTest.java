package io.interrex.persistence.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.port.Envelope;
import io.interrex.persistence.Samples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("What a voter has of the log when it does not run")
class LogRecoveryTest {

    private static final String STREAM = "group/main";

    @TempDir
    Path directory = Path.of("");

    private static List<Envelope> events(LogRecovery recovery) {
        var all = new java.util.ArrayList<Envelope>();
        List<Envelope> read;
        do {
            read = recovery.events(STREAM, all.size() + 1);
            all.addAll(read);
        } while (!read.isEmpty());
        return all;
    }

    private static List<Envelope> written(RatisEventLog log, int count) {
        List<Envelope> events = Samples.after(null, STREAM, count, "x".repeat(300));
        for (Envelope event : events) {
            Samples.appendSurely(log, List.of(event));
        }
        return events;
    }

    private RatisEventLog next() throws IOException {
        return RatisEventLog.start(RatisSettings.voter(
                        "z", Map.of("z", RatisCluster.freeAddresses(1).getFirst()), directory.resolve("next"))
                .withCluster("interrex/generation-2")
                .withReserve(0));
    }

    @Test
    @DisplayName("is read whole, snapshots and segments, and begins another log, event by event the same")
    void copied() throws Exception {
        List<Envelope> events;
        try (var cluster = RatisCluster.started(1, settings -> settings.withSnapshotEvery(50))) {
            events = written(cluster.log("a"), 170);
            cluster.stop("a");
            try (var recovery = LogRecovery.read(cluster.storage("a"), "interrex");
                    var next = next()) {
                assertEquals(Map.of(STREAM, 170L), recovery.lastVersions());
                assertEquals(events, events(recovery));
                // interrupted once, and done again
                Samples.appendSurely(next, events.subList(0, 64));
                recovery.copyInto(next, 20_000);
                recovery.copyInto(next, 20_000);
                assertEquals(events, Samples.readAll(next, STREAM));
            }
            // the old log is as it was
            assertEquals(events, Samples.readAll(cluster.start("a"), STREAM));
        }
    }

    @Test
    @DisplayName("holds every acknowledged event, where it is one of the two of three that acknowledged it")
    void acknowledged() throws Exception {
        try (var cluster = RatisCluster.started(3, settings -> settings)) {
            List<Envelope> before = written(cluster.log("a"), 5);
            cluster.stop("c");
            List<Envelope> after = Samples.after(before.getLast(), STREAM, 5, "without c");
            after.forEach(event -> Samples.appendSurely(cluster.log("a"), List.of(event)));
            cluster.stop("a");
            cluster.stop("b");
            for (String voter : List.of("a", "b")) {
                try (var recovery = LogRecovery.read(cluster.storage(voter), "interrex")) {
                    assertEquals(Stream.concat(before.stream(), after.stream()).toList(), events(recovery));
                }
            }
        }
    }

    @Test
    @DisplayName("is not read while the voter runs, nor where there is none")
    void refused() throws Exception {
        try (var cluster = RatisCluster.started(1, settings -> settings)) {
            written(cluster.log("a"), 3);
            Path storage = cluster.storage("a");
            var running = assertThrows(IOException.class, () -> LogRecovery.read(storage, "interrex"));
            assertTrue(
                    String.valueOf(running.getMessage()).startsWith("the node runs, it has locked"),
                    running::getMessage);
            assertThrows(IOException.class, () -> LogRecovery.read(storage, "other"));
        }
    }
}
