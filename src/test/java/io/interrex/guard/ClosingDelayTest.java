package io.interrex.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.testkit.GuardBinary;
import io.interrex.testkit.Unprivileged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

@DisplayName("The guard's closing time, measured on this host")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ClosingDelayTest {

    private static final Logger LOG = LoggerFactory.getLogger(ClosingDelayTest.class);
    /** What profile default leaves for g. */
    private static final Duration LIMIT = Duration.ofMillis(890);

    @TempDir
    Path home;

    @Test
    @DisplayName("is the slowest of four deaths of real trees, doubled; the guard that was measured is gone afterwards")
    void measures() throws Exception {
        Unprivileged.own(home);
        Path run = home.resolve("-");
        for (int n = 0; n < 3; n++) {
            long begunNs = System.nanoTime();
            ClosingDelay measured = ClosingDelay.measure(GuardBinary.commandIn(home), run, LIMIT);
            LOG.info("{}, in {} ms", measured, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNs));
            assertEquals(4, measured.deaths());
            assertTrue(measured.slowest().isPositive() && measured.slowest().compareTo(LIMIT) < 0, measured::toString);
            assertEquals(measured.slowest().multipliedBy(2), measured.closingTime());
        }
        long killed = Files.readAllLines(run.resolve("guard.log")).stream()
                .filter(line -> line.contains("DEAD cause=expired killed=5 "))
                .count();
        assertTrue(killed >= 6, "trees of a shell and its four descendants died, most of them whole: " + killed);
        assertGone(run);
    }

    @Test
    @DisplayName("counts as the limit where a tree outlives its deadline by that")
    void slow() throws Exception {
        Unprivileged.own(home);
        Duration none = Duration.ofNanos(1);
        Path run = home.resolve("-");
        assertEquals(new ClosingDelay(none, 1), ClosingDelay.measure(GuardBinary.commandIn(home), run, none));
        assertGone(run);
    }

    private static void assertGone(Path run) throws IOException {
        long pid = Long.parseLong(Files.readString(run.resolve("guard.lock")).strip());
        GuardRig.awaitTrue(() -> ProcessHandle.of(pid).isEmpty());
    }
}
