package io.interrex.persistence.ratis;

import static io.interrex.persistence.Samples.await;
import static io.interrex.persistence.Samples.eventually;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.persistence.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A voter whose host died without a word and booted")
@Timeout(120)
final class SilentDeathTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final Path directory = Files.createTempDirectory("log-test-");
    private final Map<String, String> voters = new TreeMap<>();
    private final List<RatisEventLog> running = new ArrayList<>();
    private final DeadWire wire;

    SilentDeathTest() throws IOException {
        List<String> addresses = RatisCluster.freeAddresses(3);
        voters.put("a", addresses.get(0));
        voters.put("b", addresses.get(1));
        voters.put("c", addresses.get(2));
        wire = new DeadWire(Integer.parseInt(addresses.get(2).replaceFirst(".*:", "")));
    }

    /** The others reach c by the wire only. */
    private RatisEventLog start(String node) throws IOException {
        var known = new TreeMap<>(voters);
        if (!node.equals("c")) {
            known.put("c", wire.address());
        }
        var log = RatisEventLog.start(
                RatisSettings.voter(node, known, directory.resolve(node)).withReserve(0));
        running.add(log);
        return log;
    }

    @AfterEach
    void end() throws IOException {
        running.forEach(RatisEventLog::close);
        wire.close();
        RatisCluster.delete(directory);
    }

    private static boolean isWritable(RatisEventLog log) {
        return await(log.health()) instanceof Outcome.Done<io.interrex.cluster.port.EventLog.Health>(var health)
                && health.writable();
    }

    @Test
    @DisplayName("has a log that can be written soon after the others know that it is back, and not before")
    void returns() throws Exception {
        RatisEventLog a = start("a");
        RatisEventLog b = start("b");
        RatisEventLog c = start("c");
        Samples.appendSurely(a, Samples.after(null, "warm", 1, "x"));
        eventually("a leads", SOON, () -> await(a.transferLeadership("a")).equals(Outcome.done(Nothing.NOTHING)));
        eventually("c follows", SOON, () -> isWritable(c));

        wire.die();
        c.close();
        running.remove(c);
        RatisEventLog again = start("c");
        long untilNs = System.nanoTime() + Duration.ofSeconds(3).toNanos();
        while (System.nanoTime() < untilNs) {
            assertFalse(isWritable(again), "the connections of before still work: this proves nothing");
            java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
        }
        a.reconnect("c");
        b.reconnect("c");
        eventually("c follows again", Duration.ofSeconds(10), () -> isWritable(again));
    }
}
