package io.interrex.cluster.charter;

import io.interrex.cluster.charter.VoterCharter.Seat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a voter may take part for the first time. Two steps, and each needs ALL voters: it binds itself durably to the roster
 * of all their disks; when all have bound themselves to the same one it takes part. So whatever was granted, every disk of that roster
 * knows of the roster: an emptied disk, which forgot what it granted, is not on it and stays out, also where two of three are
 * emptied at once. What was said once stays true of the disk that said it, so that late messages do no harm.
 */
public final class Founding {

    private Founding() {}

    /**
     * What a node says of its disk.
     *
     * @param promised it knows an epoch
     */
    public record Claim(VoterCharter charter, boolean promised) {}

    public sealed interface Verdict {
        /** For these voters, or for what a person has to do. */
        record Waits(String why) implements Verdict {}

        /** {@code next} has to be on disk before anybody is told. */
        record Binds(VoterCharter next) implements Verdict {}

        /** This voter may take part, once {@code next} is on disk. */
        record Begins(VoterCharter next) implements Verdict {}

        /** It never will, with this disk. */
        record StaysOut(String why) implements Verdict {}
    }

    /**
     * @param self a voter
     * @param own what its disk says
     * @param heard from the others, voters or not, by name
     */
    public static Verdict judge(String self, Claim own, Map<String, Claim> heard) {
        VoterCharter charter = own.charter();
        if (charter.founded()) {
            return new Verdict.Begins(charter);
        }
        if (charter.change() > 0 && !charter.holdsSeat(self)) {
            return new Verdict.StaysOut(
                    "the voters began without this disk, and have changed %d times since".formatted(charter.change()));
        }
        List<String> others =
                charter.voters().stream().filter(voter -> !voter.equals(self)).toList();
        Seat seat = charter.seat(self);
        for (String other : others) {
            Claim claim = heard.get(other);
            if (claim != null
                    && claim.charter().hasRoster()
                    && !claim.charter().roster().contains(seat)) {
                return new Verdict.StaysOut(
                        "voter %s knows %s with another disk: this one is empty or not the old one, and has forgotten what was granted"
                                .formatted(other, self));
            }
        }
        return charter.hasRoster() ? begin(charter, others, heard) : bind(self, own, others, heard);
    }

    private static Verdict begin(VoterCharter charter, List<String> others, Map<String, Claim> heard) {
        var missing = new ArrayList<String>();
        var emptied = new ArrayList<String>();
        for (String other : others) {
            Claim claim = heard.get(other);
            boolean same = claim != null && claim.charter().roster().equals(charter.roster());
            if (claim == null || !same) {
                missing.add(other);
            } else if (claim.charter().founded()) {
                return new Verdict.Begins(charter.begun());
            }
            if (claim != null && !charter.roster().contains(claim.charter().seat(other))) {
                emptied.add(other);
            }
        }
        if (missing.isEmpty()) {
            return new Verdict.Begins(charter.begun());
        }
        return emptied.isEmpty()
                ? waits(missing)
                : new Verdict.Waits(
                        "the disk of %s was emptied before all voters had begun: if nothing was ever served, empty the state directories of all voters and start them again"
                                .formatted(String.join(", ", emptied)));
    }

    private static Verdict bind(String self, Claim own, List<String> others, Map<String, Claim> heard) {
        String forgotten = forgotten(own, heard);
        if (forgotten != null) {
            return new Verdict.StaysOut(forgotten);
        }
        var voters = new TreeMap<String, Claim>();
        voters.put(self, own);
        others.forEach(other -> {
            Claim claim = heard.get(other);
            if (claim != null) {
                voters.put(other, claim);
            }
        });
        if (voters.size() <= others.size()) {
            return waits(
                    others.stream().filter(other -> !voters.containsKey(other)).toList());
        }
        String unfit = unfit(own.charter().generation(), voters);
        return unfit != null
                ? new Verdict.Waits(unfit)
                : new Verdict.Binds(own.charter()
                        .bound(voters.entrySet().stream()
                                .map(voter -> voter.getValue().charter().seat(voter.getKey()))
                                .toList()));
    }

    private static Verdict waits(List<String> missing) {
        return new Verdict.Waits("all voters have to be there when they begin: " + String.join(", ", missing) + " "
                + (missing.size() == 1 ? "is" : "are") + " missing");
    }

    /** In the first generation nobody has promised anything before all voters began. */
    private static @Nullable String forgotten(Claim own, Map<String, Claim> heard) {
        if (own.promised() || own.charter().generation() > 1) {
            return null;
        }
        return heard.entrySet().stream()
                .filter(node -> node.getValue().promised())
                .map(node -> "node %s knows of epochs, and the disk of this voter is empty".formatted(node.getKey()))
                .sorted()
                .findFirst()
                .orElse(null);
    }

    private static @Nullable String unfit(int generation, Map<String, Claim> voters) {
        List<String> survivors = voters.entrySet().stream()
                .filter(voter -> voter.getValue().charter().survivor())
                .map(Map.Entry::getKey)
                .toList();
        if (generation > 1 && survivors.size() != 1) {
            return survivors.isEmpty()
                    ? "no voter of generation %d holds the log of the one before: 'interrex recover --new-voters' makes one"
                            .formatted(generation)
                    : "%s were both recovered, and only one log can go on: empty one of them"
                            .formatted(String.join(" and ", survivors));
        }
        // from before there were charters all of them have promised something
        List<String> empty = voters.entrySet().stream()
                .filter(voter -> !voter.getValue().promised())
                .map(Map.Entry::getKey)
                .toList();
        return generation == 1 && !empty.isEmpty() && empty.size() < voters.size()
                ? "the disk of voter %s is empty, and others know of epochs".formatted(String.join(", ", empty))
                : null;
    }
}
