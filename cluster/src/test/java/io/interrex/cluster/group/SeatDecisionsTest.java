package io.interrex.cluster.group;

import static io.interrex.cluster.group.Groups.ORDER;
import static io.interrex.cluster.group.Groups.STAMP;
import static io.interrex.cluster.group.Groups.after;
import static io.interrex.cluster.group.Groups.steady;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.charter.VoterSeats;
import io.interrex.cluster.group.GroupCommand.OrderReadmission;
import io.interrex.cluster.group.GroupCommand.TakeSeat;
import io.interrex.cluster.group.GroupEvent.SeatTaken;
import io.interrex.cluster.group.GroupEvent.SeatVacated;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Given the voters a, b and c, of which c answers with an empty disk")
final class SeatDecisionsTest {

    private static final UUID DISK = new UUID(0, 4);
    private static final UUID OTHER_ORDER = new UUID(0, 77);

    static OrderReadmission order(UUID id, String voter, boolean empty, boolean settled, String answering) {
        return order(id, voter, 0, empty, settled, answering);
    }

    private static OrderReadmission order(
            UUID id, String voter, int known, boolean empty, boolean settled, String answering) {
        return new OrderReadmission(
                STAMP, id, "root@a", "new disk", voter, known, settled, empty ? DISK : null, names(answering));
    }

    static TakeSeat take(int change, String granting) {
        return new TakeSeat(STAMP, "c", change, DISK, names(granting));
    }

    private static GroupCommand.MoveSeat move(String seat, String to, String answering) {
        return new GroupCommand.MoveSeat(STAMP, "root@a", seat, to, names(answering));
    }

    private static TreeSet<String> names(String names) {
        return new TreeSet<>(names.isEmpty() ? List.of() : Arrays.asList(names.split(" ")));
    }

    static GroupState vacant() {
        return decided(steady(), order(ORDER, "c", true, true, "a b"));
    }

    static GroupState decided(GroupState state, GroupCommand command) {
        Decision decision = GroupDecider.decide(state, command);
        assertTrue(decision.accepted(), decision::why);
        return after(state, decision.events().toArray(GroupEvent[]::new));
    }

    private static void refused(RuleId rule, GroupState state, GroupCommand command) {
        Decision decision = GroupDecider.decide(state, command);
        assertEquals(rule, decision.rule(), decision::why);
        assertTrue(!decision.accepted());
        assertTrue(decision.events().stream()
                .noneMatch(event -> event instanceof SeatVacated
                        || event instanceof SeatTaken
                        || event instanceof MembershipEvent.SeatMoved));
    }

    static void rules(RuleCases cases) {
        cases.when(RuleId.SEAT_VACATED, steady(), order(ORDER, "c", true, true, "a b"), "accepted: SeatVacated");
        cases.when(RuleId.SEAT_TAKEN, vacant(), take(1, "a b"), "accepted: SeatTaken OperationFinished");
        cases.when(RuleId.SEAT_BUSY, steady(), order(ORDER, "c", true, false, "a b"), "refused: OrderRefused");
        cases.when(RuleId.SEAT_HELD, steady(), order(ORDER, "c", false, true, "a b"), "refused: OrderRefused");
        cases.when(RuleId.SEAT_QUORUM, steady(), order(ORDER, "c", true, true, "a"), "refused: OrderRefused");
        cases.when(RuleId.SEAT_UNREADY, steady(), take(1, "a b"), "refused:");
        cases.when(RuleId.SEAT_MOVED, steady(), move("c", "d", "a b"), "accepted: SeatMoved");
        cases.when(RuleId.SEAT_MOVE_QUORUM, steady(), move("c", "d", "a c"), "refused: OrderRefused");
    }

    @Test
    @DisplayName(
            "its seat is vacated and then taken, each with the next number, and its order ends; sent again it is told so")
    void vacatedAndTaken() {
        GroupState vacant = vacant();
        assertEquals("c", vacant.upkeep().seats().vacant());
        assertEquals(1, vacant.upkeep().seats().change());
        assertEquals(
                List.of(),
                GroupDecider.decide(vacant, order(ORDER, "c", true, true, "a b"))
                        .events());
        GroupState taken = decided(vacant, take(1, "a b"));
        VoterSeats seats = taken.upkeep().seats();
        assertEquals(2, seats.change());
        assertNull(seats.vacant());
        assertEquals(DISK, seats.taken().get("c"));
        assertEquals(
                RuleId.ORDER_FINISHED,
                GroupDecider.decide(taken, order(ORDER, "c", true, true, "a b")).rule());
        assertEquals(List.of(), GroupDecider.decide(taken, take(1, "a b")).events());
        assertEquals(List.of("a", "b", "c"), taken.voters());
        assertEquals(
                3,
                decided(taken, order(OTHER_ORDER, "a", 2, true, true, "b c"))
                        .upkeep()
                        .seats()
                        .change());
    }

    @Test
    @DisplayName("one seat changes at a time, and none before the change before is settled")
    void oneAtATime() {
        refused(RuleId.SEAT_BUSY, vacant(), order(OTHER_ORDER, "b", true, true, "a c"));
        refused(RuleId.SEAT_BUSY, vacant(), order(OTHER_ORDER, "c", true, true, "a b"));
        refused(RuleId.SEAT_BUSY, steady(), order(ORDER, "c", true, false, "a b"));
        GroupState taken = decided(vacant(), take(1, "a b"));
        refused(RuleId.SEAT_BUSY, taken, order(OTHER_ORDER, "a", 1, true, true, "b c"));
    }

    @Test
    @DisplayName("a voter that answers with its own disk, or not at all, keeps its seat; who is no voter has none")
    void held() {
        refused(RuleId.SEAT_HELD, steady(), order(ORDER, "c", false, true, "a b"));
        refused(RuleId.ORDER_UNKNOWN_MEMBER, steady(), order(ORDER, "d", true, true, "a b"));
    }

    @Test
    @DisplayName("a majority of all voters has to answer without it: c itself, strangers and a alone are too few")
    void quorum() {
        refused(RuleId.SEAT_QUORUM, steady(), order(ORDER, "c", true, true, "a"));
        refused(RuleId.SEAT_QUORUM, steady(), order(ORDER, "c", true, true, "a c"));
        refused(RuleId.SEAT_QUORUM, steady(), order(ORDER, "c", true, true, "a d e"));
    }

    @Test
    @DisplayName("the seat is taken only where it is vacant by that change, and a majority grants without the old disk")
    void unready() {
        refused(RuleId.SEAT_UNREADY, steady(), take(1, "a b"));
        refused(RuleId.SEAT_UNREADY, vacant(), take(1, "a"));
        refused(RuleId.SEAT_UNREADY, vacant(), take(1, "a c"));
        refused(RuleId.SEAT_UNREADY, vacant(), take(2, "a b"));
    }

    @Test
    @DisplayName("a seat goes to another node where the others answer; nothing that counts changes by it")
    void moved() {
        GroupState moved = decided(steady(), move("c", "d", "a b"));
        VoterSeats seats = moved.upkeep().seats();
        assertEquals("d", seats.node("c"));
        assertEquals("a", seats.node("a"));
        assertEquals(0, seats.change());
        assertEquals(List.of("a", "b", "c"), moved.voters());
        assertEquals(
                List.of(),
                GroupDecider.decide(moved, move("c", "d", "a b")).events(),
                "the second node that reads the file has nothing to add");
        GroupState taken = decided(decided(moved, order(ORDER, "c", true, true, "a b")), take(1, "a b"));
        assertEquals("d", taken.upkeep().seats().node("c"), "its node is remembered");
    }

    @Test
    @DisplayName(
            "no seat goes to another node that a majority needs, while another is vacant, or that there is none of")
    void notMoved() {
        refused(RuleId.SEAT_MOVE_QUORUM, steady(), move("c", "d", "a"));
        refused(RuleId.SEAT_MOVE_QUORUM, steady(), move("c", "d", "b c"));
        refused(RuleId.SEAT_MOVE_QUORUM, steady(), move("x", "d", "a b c"));
        refused(RuleId.SEAT_MOVE_QUORUM, vacant(), move("b", "d", "a b c"));
        assertTrue(GroupDecider.decide(vacant(), move("c", "e", "a b")).accepted(), "its new node was lost, too");
    }

    @Test
    @DisplayName("another generation has the seats that it was founded with, and no number comes twice")
    void generation() {
        GroupState next = decided(
                vacant(),
                new GroupCommand.RecoverVoters(STAMP, 2, List.of("a"), List.of("b", "c"), 1, "root", "burnt", ""));
        assertEquals(VoterSeats.NONE, next.upkeep().seats());
        GroupState vacant = vacant();
        assertThrows(
                IllegalStateException.class,
                () -> after(vacant, new SeatTaken(1, RuleId.SEAT_TAKEN, 1, "c", DISK, List.of("a", "b"))));
    }
}
