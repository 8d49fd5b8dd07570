package io.interrex.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.charter.VoterCharter;
import io.interrex.cluster.charter.VoterCharter.Seat;
import io.interrex.cluster.charter.VoterRecovery;
import io.interrex.cluster.lease.VoterHard;
import io.interrex.cluster.member.MemberHard;
import io.interrex.cluster.port.Outcome;
import io.interrex.config.ConfigFile;
import io.interrex.config.NodeConfig;
import io.interrex.persistence.hard.FileHardStore;
import io.interrex.persistence.ratis.RatisEventLog;
import io.interrex.persistence.ratis.RatisSettings;
import io.interrex.testkit.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Given node a, of generation 1 with the voters a, b and c; its voter promised epoch 7, its member epoch 8; it has no log. */
@DisplayName("A person who lets another generation of voters begin")
final class RecoveryTest {

    private static final String CONFIG = """
            cluster.generation = %d
            nodes { a { host = 127.0.0.91 }, b { host = 127.0.0.92 }, c { host = 127.0.0.93 } }
            groups.main { synchronous = false, members { a { data = "%s/pg" } } }
            directories.state = "%s/state"
            """;

    @TempDir
    private Path directory = Path.of("");

    private FileHardStore store() throws IOException {
        return new FileHardStore(directory.resolve("state/promises"));
    }

    private Recovery look(int generation) throws Exception {
        Path file = directory.resolve("interrex.conf");
        Files.writeString(file, CONFIG.formatted(generation, directory, directory));
        return Recovery.look(NodeConfig.of(ConfigFile.load(file), "a"));
    }

    @BeforeEach
    void given() throws Exception {
        UUID disk = new UUID(4, 5);
        store().saveCharter(
                        new VoterCharter(1, List.of("a", "b", "c"), disk, false, List.of(new Seat("a", disk)), true));
        store().saveVoter(new VoterHard(Map.of("main", 7L), 1400));
        store().saveMember("main", new MemberHard(8, 6, 5, MemberHard.Role.STANDBY, 8, 3));
    }

    private static String refused(org.junit.jupiter.api.function.Executable act) {
        return String.valueOf(assertThrows(Recovery.Refused.class, act).getMessage());
    }

    private VoterCharter charter() throws IOException {
        Outcome<VoterCharter> read = store().loadCharter();
        return read instanceof Outcome.Done<VoterCharter>(var charter) ? charter : VoterCharter.NONE;
    }

    @Test
    @DisplayName("is told the highest epoch that voter or member promised, and that there is no log")
    void told() throws Exception {
        Recovery recovery = look(2);
        assertEquals(9, recovery.nextEpoch());
        assertTrue(
                recovery.told().contains("The highest epoch that it knows or has promised is 8."),
                () -> recovery.told().toString());
        assertTrue(recovery.told().getLast().startsWith("It has no copy of the event log"));
    }

    @Test
    @DisplayName("cannot let it begin where there is no log, or the file says no next generation")
    void noLog() throws Exception {
        assertTrue(refused(() -> look(2).begin(9, "root", "burnt")).startsWith("node a has no log of generation 1"));
        assertTrue(refused(() -> look(1).begin(9, "root", "burnt")).contains("write cluster.generation = 2"));
        assertTrue(refused(() -> look(3).begin(9, "root", "burnt")).contains("write cluster.generation = 2"));
        assertEquals(1, charter().generation());
    }

    @Test
    @DisplayName("lets a whole node join only a generation that begins above every epoch that it knows")
    void join() throws Exception {
        assertTrue(refused(() -> look(2).join(8)).contains("this node knows of epoch 8"));
        assertTrue(refused(() -> look(1).join(9)).contains("this node is of generation 1"));
        assertEquals(1, charter().generation());
        look(2).join(9);
        assertEquals(2, charter().generation());
        assertEquals(List.of(), charter().roster());
    }

    @Test
    @DisplayName("may raise the epoch of a generation that has not begun, and cannot lower it")
    void again() throws Exception {
        store().saveCharter(VoterCharter.survivor(2, List.of("a", "b", "c"), new UUID(4, 6)));
        store().saveRecovery(new VoterRecovery(2, 9, List.of("b", "c"), "root", "burnt", "it ended"));
        assertTrue(refused(() -> look(2).begin(9, "root", "burnt")).contains("epoch 9 is too low"));
        look(2).begin(20, "root", "burnt");
        assertEquals(
                Outcome.done(new VoterRecovery(2, 20, List.of("b", "c"), "root", "burnt", "it ended")),
                store().loadRecovery());
        assertEquals(new UUID(4, 6), charter().disk());
    }

    @Test
    @DisplayName("gives up the seats of the others, and not the one that this disk took under another name")
    void seated() throws Exception {
        UUID disk = new UUID(4, 5);
        store().saveCharter(
                        new VoterCharter(1, List.of("b", "c", "x"), disk, false, List.of(new Seat("x", disk)), true));
        Path storage = directory.resolve("state/log");
        try (var log =
                RatisEventLog.start(RatisSettings.voter("x", Map.of("x", "127.0.0.1:" + FreePort.find()), storage)
                        .withCluster("interrex")
                        .withReserve(0))) {
            LogBeginningTest.createGroup(log);
        }
        Files.writeString(storage.resolve("peer"), "x~" + disk);
        look(2).begin(9, "root", "burnt");
        Outcome<VoterRecovery> saved = store().loadRecovery();
        assertEquals(
                List.of("b", "c"),
                saved instanceof Outcome.Done<VoterRecovery>(var recovery) ? recovery.lost() : saved);
    }

    @Test
    @DisplayName("is refused on a node that runs, and on one that has nothing")
    void elsewhere() throws Exception {
        try (var running = new java.net.ServerSocket(7401, 1, java.net.InetAddress.getByName("127.0.0.91"))) {
            assertTrue(refused(() -> look(2)).contains("stop the node"), running::toString);
        }
        try (var files = Files.walk(directory.resolve("state"))) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        assertTrue(refused(() -> look(2)).contains("has nothing in"));
    }
}
