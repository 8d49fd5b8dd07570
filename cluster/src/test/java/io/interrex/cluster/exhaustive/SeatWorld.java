package io.interrex.cluster.exhaustive;

import io.interrex.cluster.charter.Seating;
import io.interrex.cluster.lease.VoterState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Voters a and b, the disk that c had and the empty one that it has; holders x of epoch 1 and y of epoch 2. One true clock, in ticks.
 *
 * @param change the last change of the voters in the log
 * @param voters a, b, the old disk of c, and its new one, null before it has the seat
 * @param holders x and y
 * @param seating what the empty disk has heard; null before it may ask
 * @param raisedBy by which change a supervisor counts who has raised its epoch to 2
 * @param raised names that it counted, as bits
 * @param revoked it counted a majority
 */
record SeatWorld(
        long now,
        int change,
        List<@Nullable VoterState> voters,
        List<Holder> holders,
        @Nullable Seating seating,
        int raisedBy,
        int raised,
        boolean revoked) {

    static final int A = 0;
    static final int B = 1;
    static final int OLD = 2;
    static final int NEW = 3;

    /**
     * @param knows by which change it counts
     * @param startedAt of its round; -1: none is on its way
     * @param afterRevoked the round began when a majority had raised its epoch
     * @param acks names, as bits
     * @param until end of its lease
     */
    record Holder(int knows, long startedAt, boolean afterRevoked, int acks, long until) {}

    /** Both disks of c answer for c. */
    static int bit(int voter) {
        return 1 << Math.min(voter, 2);
    }

    static boolean majority(int bits) {
        return Integer.bitCount(bits) >= 2;
    }

    SeatWorld with(int voter, VoterState next) {
        var all = new java.util.ArrayList<>(voters);
        all.set(voter, next);
        return new SeatWorld(
                now, change, java.util.Collections.unmodifiableList(all), holders, seating, raisedBy, raised, revoked);
    }

    SeatWorld with(int holder, Holder next) {
        var all = new java.util.ArrayList<>(holders);
        all.set(holder, next);
        return new SeatWorld(now, change, voters, List.copyOf(all), seating, raisedBy, raised, revoked);
    }

    SeatWorld at(long time) {
        return new SeatWorld(time, change, voters, holders, seating, raisedBy, raised, revoked);
    }

    SeatWorld changed(int to) {
        return new SeatWorld(now, to, voters, holders, seating, raisedBy, raised, revoked);
    }

    SeatWorld asking(@Nullable Seating next) {
        return new SeatWorld(now, change, voters, holders, next, raisedBy, raised, revoked);
    }

    SeatWorld counted(int by, int bits) {
        return new SeatWorld(now, change, voters, holders, seating, by, bits, revoked || majority(bits));
    }
}
