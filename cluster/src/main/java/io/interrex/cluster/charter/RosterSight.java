package io.interrex.cluster.charter;

import io.interrex.cluster.charter.Founding.Claim;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * How the voters' seats look from one node, by its own disk and by what the others say of theirs.
 *
 * @param charter its own
 * @param seated voters that answer with the disks that have their seats, this node included
 * @param others the disks that other voters' nodes answer with in place of those
 * @param settled a majority of the voters is known to count by {@code charter}
 * @param settledNs since when, on this node's clock
 */
public record RosterSight(
        VoterCharter charter,
        SortedSet<String> seated,
        SortedMap<String, UUID> others,
        boolean settled,
        long settledNs) {

    public static final RosterSight NONE =
            new RosterSight(VoterCharter.NONE, new TreeSet<>(), new TreeMap<>(), false, 0);

    public RosterSight {
        seated = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(seated));
        others = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(others));
    }

    /** @param heard from the other nodes, by name */
    public RosterSight seen(String self, VoterCharter own, Map<String, Claim> heard, long nowNs) {
        var all = new HashMap<String, VoterCharter>();
        heard.forEach((node, claim) -> all.put(node, claim.charter()));
        all.put(self, own);
        var holding = new TreeSet<String>();
        var strange = new TreeMap<String, UUID>();
        var counting = new ArrayList<String>();
        List<VoterCharter.Seat> roster = all.values().stream()
                .filter(charter -> charter.change() == own.change() && charter.founded())
                .map(VoterCharter::roster)
                .findFirst()
                .orElse(own.roster());
        for (String voter : own.voters()) {
            VoterCharter theirs = all.get(voter);
            if (theirs == null) {
                continue;
            }
            if (roster.contains(theirs.seat(voter))) {
                holding.add(voter);
                if (theirs.change() >= own.change()) {
                    counting.add(voter);
                }
            } else if (!roster.isEmpty()) {
                strange.put(voter, theirs.disk());
            }
        }
        boolean majority = 2 * counting.size() > own.voters().size();
        boolean same = settled && charter.change() == own.change() && charter.generation() == own.generation();
        return new RosterSight(own, holding, strange, majority || same, majority && !same ? nowNs : settledNs);
    }

    /** @param silenceNs so long after it was settled, what was granted by the configuration before has run out */
    public boolean settledFor(long silenceNs, long nowNs) {
        return charter.change() == 0 || settled && nowNs - settledNs >= silenceNs;
    }
}
