package io.interrex.cluster.charter;

import io.interrex.cluster.charter.VoterCharter.Seat;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How the log changed the roster that the voters were founded with: one seat at a time is vacated, and then taken by another disk
 * (decision 20). Who votes is the same throughout, by name, and so is how many are a majority.
 *
 * @param change number of the last change, 0 before the first
 * @param vacant the voter whose disk does not count; null: all have their seats
 * @param operation by which it was vacated; null where none is vacant
 * @param taken the disks that took seats, by voter
 * @param nodes whose disks they are to be, where the node has another name than the voter; for people and addresses, it decides nothing
 */
public record VoterSeats(
        int change,
        @Nullable String vacant,
        @Nullable UUID operation,
        SortedMap<String, UUID> taken,
        SortedMap<String, String> nodes) {

    public static final VoterSeats NONE = new VoterSeats(0, null, null, new TreeMap<>(), new TreeMap<>());

    public VoterSeats {
        taken = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(taken));
        nodes = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(nodes));
    }

    /** The node whose disk has that seat, or is to have it. */
    public String node(String voter) {
        return nodes.getOrDefault(voter, voter);
    }

    public VoterSeats moved(String voter, String node) {
        var all = new TreeMap<>(nodes);
        all.put(voter, node);
        return new VoterSeats(change, vacant, operation, taken, all);
    }

    public VoterSeats vacated(int at, String voter, UUID by) {
        var left = new TreeMap<>(taken);
        left.remove(voter);
        return new VoterSeats(at, voter, by, left, nodes);
    }

    public VoterSeats taken(int at, String voter, UUID disk) {
        var all = new TreeMap<>(taken);
        all.put(voter, disk);
        return new VoterSeats(at, null, null, all, nodes);
    }

    /** @param founded the roster before any of these changes, or after some of them */
    List<Seat> roster(List<Seat> founded) {
        var disks = new TreeMap<String, UUID>();
        founded.forEach(seat -> disks.put(seat.voter(), seat.disk()));
        disks.putAll(taken);
        if (vacant != null) {
            disks.remove(vacant);
        }
        var roster = new ArrayList<Seat>();
        disks.forEach((voter, disk) -> roster.add(new Seat(voter, disk)));
        return List.copyOf(roster);
    }
}
