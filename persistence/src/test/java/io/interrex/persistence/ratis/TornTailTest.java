package io.interrex.persistence.ratis;

import static io.interrex.persistence.Samples.after;
import static io.interrex.persistence.Samples.appendSurely;
import static io.interrex.persistence.Samples.eventually;
import static io.interrex.persistence.Samples.readAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.port.Envelope;
import io.interrex.persistence.Samples;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** One voter whose files are damaged between two runs, as a power failure or a bad disk would. */
class TornTailTest {

    private static final String STREAM = "group/main";

    private final RatisCluster cluster;

    TornTailTest() throws IOException {
        cluster = new RatisCluster(1, s -> s.withSnapshotEvery(1000));
    }

    @BeforeEach
    void start() throws IOException {
        cluster.start("a");
    }

    @AfterEach
    void stop() throws IOException {
        cluster.close();
    }

    @Test
    @DisplayName("half an entry at the end of the log is cut off; everything before it is there")
    void halfAnEntry() throws IOException {
        var events = write(5);
        damage(file -> file.setLength(file.length() - 30));
        cluster.start("a");
        assertEquals(versions(events.subList(0, 4)), versions(readAll(cluster.log("a"), STREAM)));
        appendSurely(cluster.log("a"), after(events.get(3), STREAM, 1, "goes on"));
    }

    @Test
    @DisplayName("garbage in the last entry, or after it, is cut off; everything before it is there")
    void garbage() throws IOException {
        var events = write(5);
        damage(file -> {
            file.seek(file.length() - 20);
            file.write(new byte[] {1, 2, 3, 4, 5});
        });
        cluster.start("a");
        assertEquals(versions(events.subList(0, 4)), versions(readAll(cluster.log("a"), STREAM)));
        appendSurely(cluster.log("a"), after(events.get(3), STREAM, 1, "goes on"));
        damage(file -> {
            file.seek(file.length());
            file.write(new byte[] {(byte) 200, 7, 3, 4, 5});
        });
        cluster.start("a");
        assertEquals(5, readAll(cluster.log("a"), STREAM).size());
    }

    @Test
    @DisplayName("the zeros that a log file ends in are no damage")
    void zeros() throws IOException {
        var events = write(5);
        damage(file -> file.setLength(file.length() + 5000));
        cluster.start("a");
        assertEquals(versions(events), versions(readAll(cluster.log("a"), STREAM)));
    }

    @Test
    @DisplayName("damage in a finished segment is refused: the voter does not start, and says why")
    void finishedSegment() throws IOException {
        write(5);
        Path segment = damage(file -> {
            file.seek(file.length() / 2);
            file.write(new byte[] {1, 2, 3, 4, 5});
        });
        Files.move(
                segment, segment.resolveSibling(segment.getFileName().toString().replace("inprogress_0", "0-6")));
        var e = assertThrows(IOException.class, () -> cluster.start("a"));
        assertTrue(String.valueOf(e.getMessage()).contains("does not start"), () -> String.valueOf(e.getMessage()));
    }

    @Test
    @DisplayName("a damaged snapshot is refused: the voter does not start, and says why")
    void damagedSnapshot() throws IOException {
        cluster.stop("a");
        var small = new RatisCluster(1, s -> s.withSnapshotEvery(3));
        try (small) {
            small.start("a");
            @Nullable Envelope last = null;
            for (int i = 0; i < 10; i++) {
                var next = after(last, STREAM, 1, "x");
                appendSurely(small.log("a"), next);
                last = next.getLast();
            }
            small.stop("a");
            var snapshot = newest(small.storage("a"), "snapshot.");
            try (var file = new RandomAccessFile(snapshot.toFile(), "rw")) {
                file.seek(file.length() / 2);
                file.write(new byte[] {1, 2, 3, 4, 5});
            }
            var e = assertThrows(IOException.class, () -> small.start("a"));
            assertTrue(String.valueOf(e.getMessage()).contains("damaged"), () -> String.valueOf(e.getMessage()));
        }
    }

    @Test
    @DisplayName("a vote that a full disk emptied is replaced by a term that was never voted in")
    void emptiedVote() throws IOException {
        var events = write(3);
        eventually(
                "the vote is kept",
                Duration.ofSeconds(10),
                () -> Files.exists(cluster.storage("a").resolve("vote")));
        cluster.stop("a");
        Files.writeString(newest(cluster.storage("a"), "raft-meta"), "");
        cluster.start("a");
        assertEquals(versions(events), versions(readAll(cluster.log("a"), STREAM)));
        appendSurely(cluster.log("a"), after(events.get(2), STREAM, 1, "goes on"));
        String detail = String.valueOf(Samples.await(cluster.log("a").health()));
        assertTrue(detail.matches(".*term 10\\d\\d.*"), detail);
        cluster.stop("a");
        Files.writeString(newest(cluster.storage("a"), "raft-meta"), "");
        Files.delete(cluster.storage("a").resolve("vote"));
        assertThrows(IOException.class, () -> cluster.start("a"));
    }

    private static List<Long> versions(List<Envelope> events) {
        return events.stream().map(Envelope::version).toList();
    }

    private List<Envelope> write(int count) {
        var events = after(null, STREAM, count, "x");
        for (var event : events) {
            appendSurely(cluster.log("a"), List.of(event));
        }
        return events;
    }

    private interface Damage {
        void to(RandomAccessFile file) throws IOException;
    }

    /** Stops the voter and damages its open segment, without the zeros that it may end in. */
    private Path damage(Damage damage) throws IOException {
        cluster.stop("a");
        Path segment = newest(cluster.storage("a"), "log_inprogress_");
        try (var file = new RandomAccessFile(segment.toFile(), "rw")) {
            byte[] bytes = Files.readAllBytes(segment);
            int end = bytes.length;
            while (bytes[end - 1] == 0) {
                end--;
            }
            file.setLength(end);
            damage.to(file);
        }
        return segment;
    }

    private static Path newest(Path directory, String prefix) throws IOException {
        try (var files = Files.walk(directory)) {
            return files.filter(f -> f.getFileName().toString().startsWith(prefix)
                            && !f.getFileName().toString().endsWith(".conf")
                            && !f.getFileName().toString().endsWith(".md5"))
                    .max(java.util.Comparator.comparing(f -> f.toFile().lastModified()))
                    .orElseThrow();
        }
    }
}
