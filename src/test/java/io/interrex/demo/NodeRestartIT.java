package io.interrex.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A node that is stopped and started again, as for an upgrade")
@Timeout(400)
class NodeRestartIT {

    private static final Path HOME = Path.of(System.getProperty("interrex.home", "target/dist"));
    private static final Duration WHOLE = Duration.ofSeconds(150);

    @Test
    @DisplayName("ends at once, and its PostgreSQL goes on without anybody noticing, the primary's too")
    void restart() {
        Path base =
                Path.of("/tmp", "interrex-restart-" + ProcessHandle.current().pid());
        try (Installation all = Installation.prepare(new DemoSettings(base, HOME, "default", "auto", false))) {
            all.startAll();
            Sight before = all.awaitWhole(WHOLE);
            String primary = before.primary();
            long postmaster = postmaster(all, primary);

            long stopped = System.nanoTime();
            all.stop(primary, Duration.ofSeconds(5));
            long tookMs = (System.nanoTime() - stopped) / 1_000_000;
            all.start(primary);

            Sight after = Waiting.until(
                    "that the restarted node has its lease again",
                    WHOLE,
                    () -> all.api()
                            .status(all.lab().address(primary))
                            .filter(sight -> sight.primary().equals(primary) && sight.isWritable()),
                    all::shortfall);
            assertEquals(before.epoch(), after.epoch(), () -> all.lastWords(primary));
            assertEquals(postmaster, postmaster(all, primary), () -> all.lastWords(primary));
            assertTrue(tookMs < 1_000, "the node took " + tookMs + " ms to end:\n" + all.lastWords(primary));
        }
    }

    private static long postmaster(Installation all, String host) {
        try (Stream<Path> files = Files.walk(all.places().host(host), 4)) {
            Optional<Path> file =
                    files.filter(path -> path.endsWith("postmaster.pid")).findFirst();
            return Long.parseLong(
                    Files.readAllLines(file.orElseThrow()).getFirst().strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
