package io.interrex.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.config.ConfigFile;
import io.interrex.config.ConfigProblems;
import io.interrex.config.NodeConfig;
import io.interrex.guard.ClosingDelay;
import io.interrex.testkit.GuardBinary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Without the kernel's gate, at the start of a node: T(1+ρ) + g ≤ H(1−ρ) with the g of this host")
final class ClosingCheckTest {

    private static final String FAST = "profile = fast\n";
    private static final String CONFIG = """
            nodes { a { host = 127.0.0.11 } }
            groups.main { synchronous = false, members { a { data = "%s/pg" } } }
            directories { state = "%s/state", run = "%s/run", secrets = "%s/secrets", log = "%s/log" }
            gate.kernel = off
            """;

    @TempDir
    private Path directory = Path.of("");

    private NodeConfig config(String more) throws IOException, ConfigProblems {
        Path file = directory.resolve("interrex.conf");
        Files.writeString(file, CONFIG.replace("%s", directory.toString()) + more);
        return NodeConfig.of(ConfigFile.load(file), "a");
    }

    /** Takes these measurements one after the other, and tells which limits it was given. */
    private List<Duration> require(String more, long... slowestUs) throws Exception {
        var limits = new ArrayList<Duration>();
        new ClosingCheck(config(more), limit -> {
                    limits.add(limit);
                    return new ClosingDelay(Duration.ofNanos(slowestUs[limits.size() - 1] * 1000), 5);
                })
                .require();
        return limits;
    }

    @Test
    @DisplayName("g = 174 ms is what profile fast leaves: it starts, and measures once")
    void fits() throws Exception {
        assertEquals(List.of(Duration.ofMillis(174)), require(FAST, 87_000));
    }

    @Test
    @DisplayName("a start is busy: one of three measurements that fits is enough")
    void quietest() throws Exception {
        assertEquals(3, require(FAST, 400_000, 87_001, 86_000).size());
    }

    @Test
    @DisplayName("a slow host is refused T, with the measured g, the allowed one and what to change")
    void slow() {
        var problems = assertThrows(ConfigProblems.class, () -> require(FAST, 400_000, 87_001, 90_000));
        String line = problems.problems().getFirst().line();
        assertTrue(line.contains("timings.lease-for"), line);
        assertTrue(line.contains("g = 174002 us on this host, as measured (twice the slowest of 5 deaths)"), line);
        assertTrue(line.contains("T(1+ρ) + g ≤ H(1−ρ) allows 174000 us"), line);
        assertTrue(line.contains("raise timings.promise-for"), line);
        assertTrue(line.contains("CAP_NET_ADMIN"), line);
    }

    @Test
    @DisplayName("the same host starts with profile default")
    void slowWithDefault() throws Exception {
        assertEquals(1, require("profile = default\n", 400_000).size());
    }

    @Test
    @DisplayName("a member is not opened where a real kill takes longer than the file leaves room for")
    void real() throws Exception {
        NodeConfig node = config(FAST + "timings { lease-for = 1372 ms, closing-max = 0.2 ms }\n");
        var group = node.memberGroups().getFirst();
        Path guard = Path.of(GuardBinary.commandIn(directory).getLast());
        var problems = assertThrows(
                ConfigProblems.class, () -> LocalMember.open(node, group, group.member("a"), directory, guard));
        String line = problems.problems().getFirst().line();
        assertTrue(line.contains("timings.lease-for") && line.contains("allows 280 us"), line);
        assertTrue(Files.notExists(directory.resolve("run/main")), "no guard of the member was started");
    }
}
