package io.interrex.cluster.charter;

import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which voters a node counts, on its disk before it speaks to anybody; decides whether a node may start with what its configuration
 * says. Nothing of another generation, or of another set, is counted: no lease, no vote in the log, no connection.
 *
 * @param generation 1 at first, and one more with each set that a person made of what was left; 0: none is known
 * @param voters sorted
 * @param disk of this node: drawn at random when the charter was first written, so that an emptied disk is another one
 * @param survivor holds the log with which this generation begins; nobody does in the first one
 * @param roster whose disks voters are, by {@link Founding}; empty until this node has bound itself to it
 * @param founded all of them have bound themselves: this node's voter may take part
 * @param change how many changes of the roster this node knows of; 0: as it was founded (decision 20)
 * @param joining this disk is about to get a seat: its log may be a member of the log's group already
 */
public record VoterCharter(
        int generation,
        List<String> voters,
        UUID disk,
        boolean survivor,
        List<Seat> roster,
        boolean founded,
        int change,
        boolean joining) {

    public static final VoterCharter NONE = new VoterCharter(0, List.of(), new UUID(0, 0), false, List.of(), false);

    private static final String GENERATION = "cluster.generation";

    /** More generations than persons make. */
    private static final int GENERATIONS_MAX = 1 << 12;

    public VoterCharter {
        voters = List.copyOf(new TreeSet<>(voters));
        roster = List.copyOf(roster);
    }

    /** With the roster that it was founded with. */
    public VoterCharter(
            int generation, List<String> voters, UUID disk, boolean survivor, List<Seat> roster, boolean founded) {
        this(generation, voters, disk, survivor, roster, founded, 0, false);
    }

    /** A voter, and the disk that remembers what it granted. */
    public record Seat(String voter, UUID disk) {}

    /**
     * Why a node may not start, and what the operator can do.
     *
     * @param key of the configuration that differs from the disk
     */
    public record Refusal(String key, String why, String remedy) {}

    /** Of a node that has none yet. */
    public static VoterCharter first(int generation, List<String> voters, UUID disk) {
        return new VoterCharter(generation, voters, disk, false, List.of(), false);
    }

    /** Of the one node with whose log a later generation begins. */
    public static VoterCharter survivor(int generation, List<String> voters, UUID disk) {
        return new VoterCharter(generation, voters, disk, true, List.of(), false);
    }

    public boolean sameVoters(VoterCharter other) {
        return generation == other.generation && voters.equals(other.voters);
    }

    public boolean known() {
        return generation != 0;
    }

    /** Bound to a roster: it will never agree to another one of this generation. */
    public boolean hasRoster() {
        return !roster.isEmpty();
    }

    public Seat seat(String voter) {
        return new Seat(voter, disk);
    }

    VoterCharter bound(List<Seat> to) {
        return new VoterCharter(generation, voters, disk, survivor, to, false, change, joining);
    }

    VoterCharter begun() {
        return new VoterCharter(generation, voters, disk, survivor, roster, true, change, joining);
    }

    /** The number that a lease round carries: a voter grants rounds of its own number only. */
    public int configuration() {
        return change * GENERATIONS_MAX + generation;
    }

    /** Whether this node's disk is one of those that count. */
    public boolean holdsSeat(String node) {
        return roster.contains(seat(node));
    }

    /**
     * After a change of the voters, as the log says; this one where it is no news. A node that never bound itself to a roster has none
     * to change, and only counts along.
     */
    public VoterCharter after(VoterSeats seats) {
        return seats.change() <= change ? this : changed(seats.change(), hasRoster() ? seats.roster(roster) : roster);
    }

    /** After what another node knows of the same generation; this one where it is no news, or not known to that node. */
    public VoterCharter after(VoterCharter heard) {
        boolean news = heard.generation == generation && heard.change > change;
        return news && (heard.hasRoster() || !hasRoster())
                ? changed(heard.change, hasRoster() ? heard.roster : roster)
                : this;
    }

    private VoterCharter changed(int to, List<Seat> seats) {
        return new VoterCharter(generation, voters, disk, survivor, seats, founded, to, joining);
    }

    /** Of a disk that all know to be another one than the seat's, and that now asks for that seat. */
    public VoterCharter asking() {
        return new VoterCharter(generation, voters, disk, false, List.of(), false, change, true);
    }

    /** The seat is this disk's. */
    public VoterCharter taken(List<Seat> seats) {
        return new VoterCharter(generation, voters, disk, false, seats, true, change, false);
    }

    /** Of a disk whose seat was given to another one while it was away: it begins as an empty one does. */
    public VoterCharter unseated(UUID asDisk) {
        return new VoterCharter(generation, voters, asDisk, false, List.of(), false, change, false);
    }

    /**
     * Null: a node with this on its disk may start, and follows the file where it has neither promised anything nor bound itself. Without a charter on the disk, one that has promised something is of the first
     * generation, from before there were charters.
     *
     * @param file generation and voters as the configuration says
     * @param promised this host knows an epoch, as a member or as a voter
     */
    public @Nullable Refusal refusal(VoterCharter file, boolean promised) {
        if (!hasRoster() && !survivor && !promised) {
            // it has said nothing by it that anybody could count on
            return null;
        }
        int known = generation == 0 ? 1 : generation;
        if (known > file.generation) {
            return new Refusal(
                    GENERATION,
                    "generation %d of the voters has begun on this node, with %s".formatted(known, voters),
                    "Write generation = %d and these voters into the file, the same on all nodes".formatted(known));
        }
        if (known < file.generation) {
            return new Refusal(
                    GENERATION,
                    "this node is of generation %d of the voters, which was given up".formatted(known),
                    "Run 'interrex recover' for this node: it tells what the node knows, and how it can take part");
        }
        if (generation != 0 && !voters.equals(file.voters)) {
            return new Refusal(
                    "nodes",
                    "the voters of generation %d are %s, the file says %s".formatted(generation, voters, file.voters),
                    "Write voter = true for %s and for no other node; other voters need another generation, see 'interrex recover --help'"
                            .formatted(String.join(", ", voters)));
        }
        return null;
    }

    /** By which nodes greet each other: two that count other voters do not talk. */
    public String greeting(String cluster) {
        return "%s, generation %d of the voters: %s".formatted(cluster, generation, String.join(" ", voters));
    }
}
