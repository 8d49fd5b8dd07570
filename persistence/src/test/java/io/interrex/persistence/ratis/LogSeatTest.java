package io.interrex.persistence.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.interrex.cluster.port.Envelope;
import io.interrex.cluster.port.EventLog.Append;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.persistence.Samples;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Given the log of a, b and c, of which c is another disk than before")
class LogSeatTest {

    private static final String STREAM = "group/main";

    private final List<Envelope> written = new ArrayList<>();

    private List<Envelope> next() {
        return Samples.after(written.isEmpty() ? null : written.getLast(), STREAM, 1, "x");
    }

    private void write(RatisEventLog log) {
        List<Envelope> events = next();
        Samples.appendSurely(log, events);
        written.addAll(events);
    }

    /** With another election a moment later it is tried again: whoever changes the voters does so. */
    private static void join(RatisEventLog log, Path storage, UUID disk) {
        Samples.eventually("the disk takes part", Duration.ofSeconds(30), () -> {
            try {
                log.join(storage, disk);
                return true;
            } catch (IOException e) {
                System.out.println("tried again: " + e.getMessage());
                return false;
            }
        });
    }

    @Test
    @DisplayName(
            "the empty disk takes the seat, also when asked again, and carries the log with one other, before and after a restart;"
                    + " the old disk at the same address carries nothing with one other")
    void seat() throws Exception {
        try (var cluster = RatisCluster.started(3, settings -> settings)) {
            write(cluster.log("a"));
            cluster.stop("c");
            write(cluster.log("a"));
            Path storage = cluster.storage("c").resolveSibling("c-new");
            UUID disk = UUID.randomUUID();
            try (var empty = RatisEventLog.start(RatisSettings.client("c", cluster.voters()))) {
                assertThrows(IOException.class, () -> empty.join(storage, disk));
                RatisEventLog.reserve(storage, "c", disk);
                join(empty, storage, disk);
                join(empty, storage, disk);
                write(empty);
                Samples.eventually(
                        "the empty disk has all of it",
                        Duration.ofSeconds(10),
                        () -> Samples.await(empty.health()).toString().contains("FOLLOWER")
                                && Samples.readAll(empty, STREAM).size() == 3);
                leads(cluster.log("a"));
                cluster.stop("b");
                write(empty);
                write(cluster.log("a"));
            }
            try (var again = RatisEventLog.start(
                    RatisSettings.voter("c", cluster.voters(), storage).withReserve(0))) {
                write(again);
                assertEquals(written, Samples.readAll(again, STREAM));
            }
            oldDisk(cluster, storage);
        }
    }

    @Test
    @DisplayName("at another address it is reached as the leader by who was told where it is, and by who was not")
    void elsewhere() throws Exception {
        try (var cluster = RatisCluster.started(3, settings -> settings)) {
            write(cluster.log("a"));
            cluster.stop("c");
            Path storage = cluster.storage("c").resolveSibling("c-new");
            UUID disk = UUID.randomUUID();
            Map<String, String> now = new TreeMap<>(cluster.voters());
            now.put("c", RatisCluster.freeAddresses(1).getFirst());
            RatisEventLog.reserve(storage, "c", disk);
            try (var elsewhere = RatisEventLog.start(RatisSettings.client("c", now));
                    var client = RatisEventLog.start(RatisSettings.client("x", cluster.voters()))) {
                join(elsewhere, storage, disk);
                cluster.log("a").use(now);
                leads(cluster.log("a"));
                write(cluster.log("b"));
                write(client);
                assertEquals(written, Samples.readAll(client, STREAM));
                assertThrows(
                        IllegalArgumentException.class,
                        () -> client.use(Map.of("a", "127.0.0.1:1")),
                        "other voters take more than that");
            }
        }
    }

    /** The others reach it by the voter's name. */
    private void leads(RatisEventLog other) {
        Samples.eventually(
                "the empty disk leads",
                Duration.ofSeconds(10),
                () -> Samples.await(other.transferLeadership("c")) instanceof Outcome.Done<Nothing>
                        && other.leaderHint().equals("c"));
        write(other);
    }

    /** What the leader sends to the new disk comes to the old one, which listens at the same address, and is refused. */
    private void isSentNothing(RatisCluster cluster) throws Exception {
        var seen = new CountDownLatch(written.size());
        var copied = cluster.start("c").tail(STREAM, 1, event -> seen.countDown());
        write(cluster.log("a"));
        assertFalse(seen.await(3, TimeUnit.SECONDS), "the old disk has what was written after it was gone");
        copied.close();
        cluster.stop("c");
    }

    private void oldDisk(RatisCluster cluster, Path storage) throws Exception {
        cluster.start("c");
        List<Envelope> events = next();
        Append answer = Samples.await(cluster.log("a").append(STREAM, written.size(), events));
        assertInstanceOf(Append.Unknown.class, answer, "the old disk of c must not count");
        cluster.stop("c");
        cluster.start("b");
        Samples.eventually(
                "the log goes on",
                Duration.ofSeconds(20),
                () -> Samples.await(cluster.log("a").append(STREAM, written.size(), events))
                        instanceof Append.Appended);
        written.addAll(events);
        isSentNothing(cluster);
        try (var right = RatisEventLog.start(
                RatisSettings.voter("c", cluster.voters(), storage).withReserve(0))) {
            Samples.eventually(
                    "all three have the same",
                    Duration.ofSeconds(20),
                    () -> Samples.readAll(right, STREAM).equals(Samples.readAll(cluster.log("b"), STREAM)));
        }
    }
}
