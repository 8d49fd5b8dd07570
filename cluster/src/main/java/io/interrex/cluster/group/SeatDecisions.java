package io.interrex.cluster.group;

import io.interrex.cluster.charter.VoterSeats;
import io.interrex.cluster.group.GroupEvent.OperationFinished;
import io.interrex.cluster.group.GroupEvent.SeatTaken;
import io.interrex.cluster.group.GroupEvent.SeatVacated;
import io.interrex.cluster.group.MembershipEvent.SeatMoved;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Decides when a voter's seat is vacated and taken by another disk while the group runs (decision 20). */
final class SeatDecisions {

    private SeatDecisions() {}

    static Decision vacate(GroupState state, GroupCommand.OrderReadmission c) {
        Decision ended = OrderDecisions.ended(state, c.operation());
        if (ended != null) {
            return ended;
        }
        VoterSeats seats = state.upkeep().seats();
        if (c.operation().equals(seats.operation())) {
            return Decision.accept(RuleId.SEAT_VACATED, "this order is being carried out already");
        }
        if (!state.voters().contains(c.voter())) {
            return refuse(
                    state,
                    RuleId.ORDER_UNKNOWN_MEMBER,
                    c,
                    "there is no voter %s; the voters are %s".formatted(c.voter(), state.voters()));
        }
        String vacant = seats.vacant();
        if (vacant != null) {
            return refuse(
                    state,
                    RuleId.SEAT_BUSY,
                    c,
                    "the seat of %s is vacant since change %d: the empty disk of node %s takes it as soon as that node runs"
                            .formatted(vacant, seats.change(), vacant));
        }
        if (!c.settled() || c.knownChange() < seats.change()) {
            return refuse(
                    state,
                    RuleId.SEAT_BUSY,
                    c,
                    "change %d is not known to a majority of the voters for long enough"
                            .formatted(Math.max(seats.change(), c.knownChange())));
        }
        if (c.disk() == null) {
            return refuse(
                    state,
                    RuleId.SEAT_HELD,
                    c,
                    "node %s does not answer with an emptied disk: start it with nothing in its directories, or there is nothing to do"
                            .formatted(c.voter()));
        }
        SortedSet<String> granting = others(state, c.voter(), c.answering());
        return granting.size() <= state.voters().size() / 2
                ? refuse(
                        state,
                        RuleId.SEAT_QUORUM,
                        c,
                        "only %s of %s answer with their disks: start or connect the others, then order it again (interrex voter readmit)"
                                .formatted(granting, state.voters()))
                : vacated(state, c, granting);
    }

    private static Decision vacated(GroupState state, GroupCommand.OrderReadmission c, SortedSet<String> granting) {
        return Decision.accept(
                RuleId.SEAT_VACATED,
                "the seat of %s is vacated, and its new disk takes it".formatted(c.voter()),
                new SeatVacated(
                        state.epoch(),
                        RuleId.SEAT_VACATED,
                        Math.max(state.upkeep().seats().change(), c.knownChange()) + 1,
                        c.voter(),
                        c.operation(),
                        c.actor(),
                        c.reason(),
                        List.copyOf(granting)));
    }

    static Decision take(GroupState state, GroupCommand.TakeSeat c) {
        VoterSeats seats = state.upkeep().seats();
        if (c.disk().equals(seats.taken().get(c.voter()))) {
            return Decision.accept(RuleId.SEAT_TAKEN, "that disk has the seat already");
        }
        SortedSet<String> granting = others(state, c.voter(), c.granting());
        if (!c.voter().equals(seats.vacant())
                || seats.change() != c.change()
                || granting.size() <= state.voters().size() / 2) {
            return Decision.refuse(
                    RuleId.SEAT_UNREADY,
                    "vacant since change %d: %s; %s grant without it"
                            .formatted(seats.change(), seats.vacant(), granting));
        }
        String why = "%s votes again, with another disk".formatted(c.voter());
        var events = new ArrayList<GroupEvent>();
        events.add(new SeatTaken(
                state.epoch(), RuleId.SEAT_TAKEN, c.change() + 1, c.voter(), c.disk(), List.copyOf(granting)));
        if (seats.operation() != null) {
            events.add(new OperationFinished(state.epoch(), RuleId.ORDER_FINISHED, seats.operation(), true, why));
        }
        return Decision.accept(RuleId.SEAT_TAKEN, why, events);
    }

    /** Only whom the nodes ask under that name: nothing that counts changes by it, and so the lost disk counts as before. */
    static Decision move(GroupState state, GroupCommand.MoveSeat c) {
        VoterSeats seats = state.upkeep().seats();
        if (c.to().equals(seats.node(c.seat()))) {
            return Decision.accept(RuleId.SEAT_MOVED, "node %s has that seat already".formatted(c.to()));
        }
        String vacant = seats.vacant();
        SortedSet<String> granting = others(state, c.seat(), c.answering());
        boolean busy = vacant != null && !vacant.equals(c.seat());
        if (!state.voters().contains(c.seat())
                || busy
                || granting.size() <= state.voters().size() / 2) {
            String why = busy
                    ? "the seat of %s is vacant: it is taken first (interrex voter readmit --voter %s)"
                            .formatted(vacant, vacant)
                    : "only %s of %s answer with their disks: start or connect the others, then reload again"
                            .formatted(granting, state.voters());
            return OrderDecisions.refuse(
                    state,
                    RuleId.SEAT_MOVE_QUORUM,
                    "seat of %s to node %s".formatted(c.seat(), c.to()),
                    c.actor(),
                    why);
        }
        if (!state.upkeep().knows(RuleId.SEAT_MOVED)) {
            // the record of it is for people, and a node of an older release would not read on
            return Decision.accept(RuleId.SEAT_MOVED, "node %s is asked for it from now on".formatted(c.to()));
        }
        return Decision.accept(
                RuleId.SEAT_MOVED,
                "node %s has the seat of %s".formatted(c.to(), c.seat()),
                new SeatMoved(state.epoch(), RuleId.SEAT_MOVED, c.seat(), c.to(), c.actor()));
    }

    private static SortedSet<String> others(GroupState state, String voter, SortedSet<String> named) {
        var others = new TreeSet<>(named);
        others.retainAll(state.voters());
        others.remove(voter);
        return others;
    }

    static void vacated(GroupStateBuilder b, SeatVacated e) {
        requireNext(b, e.change());
        b.upkeep = b.upkeep.seated(b.upkeep.seats().vacated(e.change(), e.voter(), e.operation()));
    }

    static void taken(GroupStateBuilder b, SeatTaken e) {
        requireNext(b, e.change());
        b.upkeep = b.upkeep.seated(b.upkeep.seats().taken(e.change(), e.voter(), e.disk()));
    }

    private static void requireNext(GroupStateBuilder b, int change) {
        if (change <= b.upkeep.seats().change()) {
            throw new IllegalStateException("change %d of the voters follows change %d"
                    .formatted(change, b.upkeep.seats().change()));
        }
    }

    private static Decision refuse(GroupState state, RuleId rule, GroupCommand.OrderReadmission c, String why) {
        return OrderDecisions.refuse(state, rule, "readmission of voter " + c.voter(), c.actor(), why);
    }
}
