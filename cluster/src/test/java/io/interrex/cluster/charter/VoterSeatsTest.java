package io.interrex.cluster.charter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.charter.Founding.Claim;
import io.interrex.cluster.charter.VoterCharter.Seat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Disk n of a voter is UUID(0, n); a has 1, b has 2, c has 3 and then 4. */
@DisplayName("Given a, b and c, whose seats were changed")
final class VoterSeatsTest {

    private static final List<String> VOTERS = List.of("a", "b", "c");

    private static UUID disk(int n) {
        return new UUID(0, n);
    }

    private static VoterCharter founded(int disk) {
        return new VoterCharter(
                1,
                VOTERS,
                disk(disk),
                false,
                List.of(new Seat("a", disk(1)), new Seat("b", disk(2)), new Seat("c", disk(3))),
                true);
    }

    private static VoterSeats vacated() {
        return VoterSeats.NONE.vacated(1, "c", disk(9));
    }

    private static VoterSeats taken() {
        return vacated().taken(2, "c", disk(4));
    }

    @Test
    @DisplayName(
            "a charter follows the log: the vacant seat is nobody's, then the new disk's, whether the step between was seen or not")
    void follows() {
        VoterCharter vacant = founded(1).after(vacated());
        assertEquals(List.of(new Seat("a", disk(1)), new Seat("b", disk(2))), vacant.roster());
        assertFalse(founded(3).after(vacated()).holdsSeat("c"));
        VoterCharter whole = vacant.after(taken());
        assertEquals(whole, founded(1).after(taken()));
        assertTrue(whole.roster().contains(new Seat("c", disk(4))));
        assertFalse(founded(3).after(taken()).holdsSeat("c"));
        assertSame(whole, whole.after(vacated()));
        assertSame(whole, whole.after(founded(2)));
        assertEquals(whole, founded(1).after(founded(2).after(taken())));
    }

    @Test
    @DisplayName("each change, in each generation, has a number of its own for lease rounds")
    void numbers() {
        VoterCharter next = new VoterCharter(2, VOTERS, disk(1), false, List.of(), false);
        var numbers = new TreeSet<Integer>();
        for (VoterCharter charter : List.of(founded(1), next)) {
            numbers.add(charter.configuration());
            numbers.add(charter.after(vacated()).configuration());
            numbers.add(charter.after(taken()).configuration());
        }
        assertEquals(6, numbers.size());
        assertEquals(1, founded(1).configuration());
    }

    @Test
    @DisplayName("an empty disk counts along, asks, and has a seat only by what a voter says; it founds nothing")
    void empty() {
        VoterCharter empty = VoterCharter.first(1, VOTERS, disk(4)).after(vacated());
        assertEquals(1, empty.change());
        assertEquals(List.of(), empty.roster());
        assertTrue(empty.asking().joining());
        VoterCharter seated =
                empty.asking().after(taken()).taken(founded(1).after(taken()).roster());
        assertTrue(seated.founded() && seated.holdsSeat("c") && !seated.joining());
        var claims = Map.of(
                "a", new Claim(VoterCharter.first(1, VOTERS, disk(1)), false),
                "b", new Claim(VoterCharter.first(1, VOTERS, disk(2)), false));
        assertEquals(
                "StaysOut",
                Founding.judge("c", new Claim(empty, false), claims).getClass().getSimpleName());
        VoterCharter lost = founded(3).after(taken()).unseated(disk(5));
        assertNotEquals(disk(3), lost.disk());
        assertFalse(lost.founded() || lost.hasRoster());
    }

    @Test
    @DisplayName(
            "a voter that was bound and away when the others began takes part later, also where a seat was changed since")
    void away() {
        VoterCharter bound =
                new VoterCharter(1, VOTERS, disk(1), false, founded(1).roster(), false).after(vacated());
        var claims = Map.of("b", new Claim(founded(2).after(vacated()), true));
        assertEquals(new Founding.Verdict.Begins(bound.begun()), Founding.judge("a", new Claim(bound, false), claims));
    }

    private static RosterSight sight(Map<String, Claim> heard, long atNs) {
        return RosterSight.NONE.seen("a", founded(1).after(vacated()), heard, atNs);
    }

    @Test
    @DisplayName("a change is settled when a majority is known to count by it; another disk than the seat's is told")
    void sight() {
        Claim before = new Claim(founded(2), true);
        Claim counts = new Claim(founded(2).after(vacated()), true);
        Claim empty = new Claim(VoterCharter.first(1, VOTERS, disk(4)), false);
        RosterSight alone = sight(Map.of("b", before, "c", empty), 5);
        assertFalse(alone.settled());
        assertEquals(new TreeSet<>(List.of("a", "b")), alone.seated());
        assertEquals(Map.of("c", disk(4)), alone.others());
        RosterSight settled = alone.seen("a", founded(1).after(vacated()), Map.of("b", counts), 7);
        assertFalse(settled.settledFor(10, 16));
        assertTrue(settled.settledFor(10, 17));
        assertTrue(RosterSight.NONE.seen("a", founded(1), Map.of(), 5).settledFor(10, 5));
    }
}
