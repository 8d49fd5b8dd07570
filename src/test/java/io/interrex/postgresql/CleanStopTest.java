package io.interrex.postgresql;

import static io.interrex.testkit.TempMembers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.testkit.TempMembers;
import io.interrex.testkit.TempMembers.Member;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a shutdown checkpoint ends is what a switchover hands over: without it the old primary never lets go. */
@DisplayName("A clean stop")
class CleanStopTest {

    private static final int SEGMENT_BYTES = 16 << 20;

    @Test
    @DisplayName("finds its checkpoint beside WAL files that were made in advance and hold zeros")
    void zeros() throws Exception {
        try (var members = new TempMembers("a")) {
            Member a = members.member("a");
            value(a.database().initialise());
            value(a.database().startAsPrimary(SyncSet.NONE));
            for (int number = 0x50; number < 0x90; number++) {
                Path file = a.settings().data().resolve("pg_wal").resolve("0000000100000000%08X".formatted(number));
                try (var zeros = new RandomAccessFile(file.toFile(), "rw")) {
                    zeros.setLength(SEGMENT_BYTES);
                }
            }
            Lsn end = value(a.database().stopClean(Duration.ofSeconds(10)));
            assertTrue(end.isAtLeast(new Lsn(SEGMENT_BYTES)), () -> "it ends at " + end);
        }
    }

    @ParameterizedTest(name = "timeline {0}, {1}, segments of {2} MiB => {3}")
    @CsvSource({
        "1, 0/1000028, 16, 000000010000000000000001",
        "35, 0/5DD50A0, 16, 000000230000000000000005",
        "1, 0/FFFFFFF8, 16, 0000000100000000000000FF",
        "2, 1/0, 16, 000000020000000100000000",
        "2, 1/40000000, 1024, 000000020000000100000001",
        "1, 0/300000, 1, 000000010000000000000003",
    })
    @DisplayName("names the file that holds a position as PostgreSQL does")
    void segment(int timeline, String at, int mib, String file) {
        assertEquals(file, CleanStop.segment(timeline, Lsn.parse(at), mib << 20));
    }
}
