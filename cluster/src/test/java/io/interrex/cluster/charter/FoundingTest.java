package io.interrex.cluster.charter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.charter.Founding.Claim;
import io.interrex.cluster.charter.Founding.Verdict;
import io.interrex.cluster.charter.VoterCharter.Seat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Voters a, b, c; a1 is the first disk of a, a2 the one after it was emptied. */
class FoundingTest {

    private static final List<String> VOTERS = List.of("a", "b", "c");

    private static UUID disk(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static VoterCharter empty(String disk) {
        return VoterCharter.first(1, VOTERS, disk(disk));
    }

    private static List<Seat> roster(String... disks) {
        var seats = new ArrayList<Seat>();
        for (String disk : disks) {
            seats.add(new Seat(disk.substring(0, 1), disk(disk)));
        }
        return seats;
    }

    private static VoterCharter bound(String disk, String... roster) {
        return empty(disk).bound(roster(roster));
    }

    private static Claim says(VoterCharter charter) {
        return new Claim(charter, false);
    }

    private static Claim promised(VoterCharter charter) {
        return new Claim(charter, true);
    }

    private static VoterCharter recovered(String disk, boolean survivor) {
        return new VoterCharter(2, VOTERS, disk(disk), survivor, List.of(), false);
    }

    private static Verdict judge(Claim own, Map<String, Claim> heard) {
        return Founding.judge("a", own, heard);
    }

    @Test
    @DisplayName(
            "at the very first start a voter waits for ALL others, binds itself to their disks, and begins when all have")
    void first() {
        var waits = assertInstanceOf(Verdict.Waits.class, judge(says(empty("a1")), Map.of("b", says(empty("b1")))));
        assertEquals("all voters have to be there when they begin: c is missing", waits.why());
        var binds = assertInstanceOf(
                Verdict.Binds.class, judge(says(empty("a1")), Map.of("b", says(empty("b1")), "c", says(empty("c1")))));
        assertEquals(bound("a1", "a1", "b1", "c1"), binds.next());
        assertInstanceOf(
                Verdict.Waits.class,
                judge(says(binds.next()), Map.of("b", says(bound("b1", "a1", "b1", "c1")), "c", says(empty("c1")))));
        var begins = assertInstanceOf(
                Verdict.Begins.class,
                judge(
                        says(binds.next()),
                        Map.of(
                                "b", says(bound("b1", "a1", "b1", "c1")),
                                "c", says(bound("c1", "a1", "b1", "c1")))));
        assertEquals(binds.next().begun(), begins.next());
    }

    @Test
    @DisplayName("a single voter is all of them")
    void alone() {
        var own = VoterCharter.first(1, List.of("a"), disk("a1"));
        var binds = assertInstanceOf(Verdict.Binds.class, judge(says(own), Map.of()));
        assertInstanceOf(Verdict.Begins.class, judge(says(binds.next()), Map.of()));
    }

    @Test
    @DisplayName("one that has begun needs nobody at its next start; one that had not heard so needs one that has")
    void later() {
        VoterCharter begun = bound("a1", "a1", "b1", "c1").begun();
        assertEquals(new Verdict.Begins(begun), judge(says(begun), Map.of()));
        VoterCharter theirs = bound("b1", "a1", "b1", "c1").begun();
        // c was emptied meanwhile
        assertInstanceOf(
                Verdict.Begins.class,
                judge(says(bound("a1", "a1", "b1", "c1")), Map.of("b", says(theirs), "c", says(empty("c2")))));
    }

    @Test
    @DisplayName(
            "an emptied voter stays out as soon as one of the others knows its old disk, and begins nothing without them")
    void emptied() {
        var out = assertInstanceOf(
                Verdict.StaysOut.class,
                judge(
                        says(empty("a2")),
                        Map.of("b", promised(bound("b1", "a1", "b1", "c1").begun()))));
        assertTrue(out.why().startsWith("voter b knows a with another disk"), out.why());
        // two of three emptied: each waits for c, which knows better
        assertInstanceOf(Verdict.Waits.class, judge(says(empty("a2")), Map.of("b", says(empty("b2")))));
        assertInstanceOf(
                Verdict.StaysOut.class,
                judge(
                        says(empty("a2")),
                        Map.of(
                                "b",
                                says(empty("b2")),
                                "c",
                                promised(bound("c1", "a1", "b1", "c1").begun()))));
    }

    @Test
    @DisplayName("emptied voters do not begin anew where a node without a voter knows of epochs")
    void memberKnows() {
        var out = assertInstanceOf(
                Verdict.StaysOut.class,
                judge(
                        says(empty("a2")),
                        Map.of(
                                "b", says(empty("b2")),
                                "c", says(empty("c2")),
                                "m", promised(empty("m1")))));
        assertEquals("node m knows of epochs, and the disk of this voter is empty", out.why());
    }

    @Test
    @DisplayName("voters from before there were charters begin together, but not with an empty one among them")
    void before() {
        assertInstanceOf(
                Verdict.Binds.class,
                judge(promised(empty("a1")), Map.of("b", promised(empty("b1")), "c", promised(empty("c1")))));
        var waits = assertInstanceOf(
                Verdict.Waits.class,
                judge(promised(empty("a1")), Map.of("b", promised(empty("b1")), "c", says(empty("c1")))));
        assertEquals("the disk of voter c is empty, and others know of epochs", waits.why());
        assertInstanceOf(
                Verdict.StaysOut.class,
                judge(says(empty("a1")), Map.of("b", promised(empty("b1")), "c", promised(empty("c1")))));
    }

    @Test
    @DisplayName("a later generation begins with exactly one voter that holds the log of the one before")
    void survivor() {
        Map<String, Claim> others =
                new TreeMap<>(Map.of("b", says(recovered("b2", false)), "c", promised(recovered("c1", false))));
        assertInstanceOf(Verdict.Binds.class, judge(promised(recovered("a1", true)), others));
        var none = assertInstanceOf(Verdict.Waits.class, judge(promised(recovered("a1", false)), others));
        assertTrue(none.why().startsWith("no voter of generation 2 holds the log"), none.why());
        others.put("c", promised(recovered("c1", true)));
        var two = assertInstanceOf(Verdict.Waits.class, judge(promised(recovered("a1", true)), others));
        assertTrue(two.why().startsWith("a and c were both recovered"), two.why());
    }

    /** One history: disks are emptied, processes die, and what was said arrives late, again, or never. */
    private static final class History {
        private final Random random;
        private final boolean hasty;
        private final Map<String, VoterCharter> disks = new HashMap<>();
        private final Map<String, Map<String, Claim>> heard = new HashMap<>();
        private final Map<String, List<Claim>> said = new HashMap<>();
        private final Set<List<Seat>> begun = new HashSet<>();
        private int emptied;

        /** @param hasty does not wait for the others to bind themselves: the mutant */
        History(long seed, boolean hasty) {
            this.random = new Random(seed);
            this.hasty = hasty;
            VOTERS.forEach(voter -> write(voter, VoterCharter.first(1, VOTERS, new UUID(seed, emptied++))));
        }

        private void write(String voter, VoterCharter charter) {
            disks.put(voter, charter);
            said.computeIfAbsent(voter, v -> new ArrayList<>()).add(says(charter));
        }

        void step() {
            String voter = VOTERS.get(random.nextInt(3));
            int what = random.nextInt(40);
            if (what == 0) {
                heard.remove(voter);
            } else if (what == 1 && emptied < 5) {
                heard.remove(voter);
                write(voter, VoterCharter.first(1, VOTERS, new UUID(random.nextLong(), emptied++)));
            } else if (what < 25) {
                String other = VOTERS.get(random.nextInt(3));
                List<Claim> theirs = said.getOrDefault(other, List.of());
                heard.computeIfAbsent(voter, v -> new HashMap<>())
                        .put(other, theirs.get(random.nextInt(theirs.size())));
            } else {
                judge(voter);
            }
        }

        private void judge(String voter) {
            VoterCharter own = charter(voter);
            switch (Founding.judge(voter, says(own), heard.getOrDefault(voter, Map.of()))) {
                case Verdict.Binds(var next) -> write(voter, hasty ? begin(next.begun()) : next);
                case Verdict.Begins(var next) -> write(voter, begin(next));
                case Verdict.Waits w -> {}
                case Verdict.StaysOut s -> {}
            }
        }

        private VoterCharter begin(VoterCharter next) {
            begun.add(next.roster());
            return next;
        }

        private VoterCharter charter(String voter) {
            return disks.getOrDefault(voter, VoterCharter.NONE);
        }

        /** Two disks were emptied at most, so that one was not, and yet more than one roster was begun. */
        boolean isBroken() {
            return begun.size() > 1;
        }

        boolean hasBegun() {
            return !begun.isEmpty();
        }
    }

    private static long broken(boolean hasty) {
        long broken = 0;
        long begun = 0;
        for (long seed = 1; seed <= 20_000; seed++) {
            var history = new History(seed, hasty);
            for (int step = 0; step < 200; step++) {
                history.step();
            }
            broken += history.isBroken() ? 1 : 0;
            begun += history.hasBegun() ? 1 : 0;
        }
        assertTrue(begun > 5_000, begun + " histories began at all");
        return broken;
    }

    @Test
    @DisplayName(
            "with two disks emptied at any moment, late words and crashes, no second roster is ever begun; one step alone would")
    void never() {
        assertEquals(0, broken(false));
        assertTrue(broken(true) > 0);
    }
}
