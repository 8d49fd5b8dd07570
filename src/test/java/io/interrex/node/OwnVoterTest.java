package io.interrex.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.charter.VoterCharter;
import io.interrex.cluster.charter.VoterCharter.Seat;
import io.interrex.cluster.charter.VoterSeats;
import io.interrex.cluster.lease.VoterHard;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.config.ConfigFile;
import io.interrex.config.ConfigProblems;
import io.interrex.config.NodeConfig;
import io.interrex.persistence.hard.FileHardStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A voter's disk, at the start of its node")
final class OwnVoterTest {

    private static final String CONFIG = """
            cluster.generation = %d
            nodes { a { host = 127.0.0.11 }, b { host = 127.0.0.12 }, c { host = 127.0.0.13 } %s }
            groups.main { synchronous = false, members { a { data = "%s/pg" } } }
            directories.state = "%s/state"
            """;
    private static final UUID DISK = new UUID(4, 5);
    private static final VoterCharter BOUND = new VoterCharter(
            1,
            List.of("a", "b", "c"),
            DISK,
            false,
            List.of(new Seat("a", DISK), new Seat("b", new UUID(4, 6)), new Seat("c", new UUID(4, 7))),
            true);

    @TempDir
    private Path directory = Path.of("");

    private FileHardStore store() throws IOException {
        return new FileHardStore(directory.resolve("state/promises"));
    }

    private OwnVoter open(int generation, String more) throws IOException, ConfigProblems {
        Path file = directory.resolve("interrex.conf");
        Files.writeString(file, CONFIG.formatted(generation, more, directory, directory));
        return OwnVoter.open(NodeConfig.of(ConfigFile.load(file), "a"), store());
    }

    private String refused(int generation, String more) {
        var problems = assertThrows(ConfigProblems.class, () -> open(generation, more));
        return problems.problems().getFirst().line();
    }

    private void takesPart() throws IOException {
        store().saveCharter(BOUND);
        store().saveVoter(new VoterHard(Map.of("main", 7L), 1400));
        Files.createDirectories(directory.resolve("state/log"));
        Files.writeString(directory.resolve("state/log/disk"), DISK.toString());
    }

    @Test
    @DisplayName("gets its charter before anything else, and starts again with the same configuration")
    void first() throws Exception {
        open(1, "");
        Outcome<VoterCharter> written = store().loadCharter();
        assertTrue(
                written instanceof Outcome.Done<VoterCharter>(var charter)
                        && charter.voters().equals(List.of("a", "b", "c"))
                        && charter.generation() == 1,
                written::toString);
        open(1, ", x { host = 127.0.0.14, voter = false }");
        assertEquals(written, store().loadCharter());
    }

    @Test
    @DisplayName("refuses voters that were changed in the file, and says what to write")
    void changed() throws Exception {
        takesPart();
        String why = refused(1, ", c.voter = false, x { host = 127.0.0.14 }");
        assertTrue(why.contains("the voters of generation 1 are [a, b, c], the file says [a, b, x]"), why);
        assertTrue(why.contains("Write voter = true for a, b, c and for no other node"), why);
    }

    @Test
    @DisplayName("refuses a generation that this node did not come into, also without a charter where it knows epochs")
    void generation() throws Exception {
        takesPart();
        assertTrue(refused(2, "").contains("this node is of generation 1 of the voters, which was given up"));
        Files.delete(directory.resolve("state/promises/charter"));
        Files.delete(directory.resolve("state/log/disk"));
        assertTrue(refused(2, "").contains("this node is of generation 1 of the voters, which was given up"));
    }

    @Test
    @DisplayName("that is whole starts")
    void whole() throws Exception {
        takesPart();
        assertEquals(1, open(1, "").generation());
    }

    @Test
    @DisplayName("that lost a part of what it must not forget does not start")
    void parts() throws Exception {
        for (String lost : List.of("log/disk", "promises/voter", "promises/charter")) {
            takesPart();
            Files.delete(directory.resolve("state").resolve(lost));
            String why = refused(1, "");
            assertTrue(why.contains("lost what th"), () -> lost + ": " + why);
        }
    }

    @Test
    @DisplayName("whose log is another disk's does not start")
    void otherLog() throws Exception {
        takesPart();
        Files.writeString(directory.resolve("state/log/disk"), new UUID(9, 9).toString());
        assertTrue(refused(1, "").contains("lost what this voter promised, or its log in log"));
    }

    private VoterCharter charter() throws IOException {
        return store().loadCharter() instanceof Outcome.Done<VoterCharter>(var found) ? found : VoterCharter.NONE;
    }

    @Test
    @DisplayName(
            "that is empty and asks for a vacant seat never starts a log under the name of the disk before: its own is kept for it"
                    + " first, and where that cannot be written it does not ask")
    void asks() throws Exception {
        Path peer = directory.resolve("state/log/peer");
        OwnVoter voter = open(1, "");
        VoterCharter counts = charter().after(VoterSeats.NONE.vacated(1, "a", DISK));
        assertEquals(Outcome.done(Nothing.NOTHING), voter.save(counts));
        assertNull(open(1, "").runningLog());
        assertFalse(Files.exists(peer.getParent()));

        Files.createDirectories(peer);
        assertInstanceOf(Outcome.Unknown.class, voter.save(counts.asking()));
        assertEquals(counts, charter());
        Files.delete(peer);
        assertEquals(Outcome.done(Nothing.NOTHING), voter.save(counts.asking()));
        assertEquals("a~" + counts.disk(), Files.readString(peer).strip());
        assertEquals(peer.getParent(), open(1, "").runningLog());
    }

    @Test
    @DisplayName(
            "whose seat was given to another one starts as an empty one: its log is put aside, what it promised stays")
    void unseated() throws Exception {
        takesPart();
        VoterCharter without = BOUND.after(VoterSeats.NONE.vacated(1, "a", DISK));
        UUID next = new UUID(4, 8);
        assertEquals(Outcome.done(Nothing.NOTHING), open(1, "").save(without.unseated(next)));
        for (int i = 0; i < 2; i++) {
            assertNull(open(1, "").runningLog());
            assertFalse(Files.exists(directory.resolve("state/log")));
            assertTrue(Files.exists(directory.resolve("state/log-before-" + next + "/disk")));
        }
        assertEquals(Outcome.done(new VoterHard(Map.of("main", 7L), 1400)), store().loadVoter());
    }

    @Test
    @DisplayName("that was interrupted while it bound itself binds itself again")
    void interrupted() throws Exception {
        takesPart();
        store().saveCharter(VoterCharter.first(1, BOUND.voters(), DISK));
        assertEquals(1, open(1, "").generation());
    }
}
