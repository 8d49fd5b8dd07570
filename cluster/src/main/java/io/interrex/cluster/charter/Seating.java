package io.interrex.cluster.charter;

import io.interrex.cluster.lease.VoterHard;
import io.interrex.cluster.settings.Timings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Decides when an empty disk may take the seat that was vacated for it, from what the other voters answer. Nothing of the
 * configuration before may count any more: a majority of voters has said, durably, that it grants by the new one only, and what was
 * granted before has run out. And nothing may be forgotten: the empty disk knows every epoch that such a majority knows, so whatever a
 * majority with the lost disk in it promised, it promises too.
 *
 * @param configuration with the seat vacant, as {@link VoterCharter#configuration}
 * @param voters all of them, by name
 * @param answers of the others that grant by that configuration or a later one, by voter
 * @param settledNs when they became a majority, on this node's clock; 0 before
 */
public record Seating(int configuration, List<String> voters, Map<String, VoterHard> answers, long settledNs) {

    public Seating {
        voters = List.copyOf(voters);
        answers = Map.copyOf(answers);
    }

    public sealed interface Verdict {
        record Waits(String why) implements Verdict {}

        /** What has to be on disk before the seat is asked for. */
        record Ready(VoterHard promised) implements Verdict {}
    }

    public static Seating begin(int configuration, List<String> voters) {
        return new Seating(configuration, voters, Map.of(), 0);
    }

    /**
     * @param by the number of the configuration that this voter grants by
     * @param hard what it has on disk
     */
    public Seating heard(String voter, int by, VoterHard hard, long nowNs) {
        if (by < configuration || !voters.contains(voter)) {
            return this;
        }
        var all = new HashMap<>(answers);
        all.put(voter, hard);
        boolean settles = answers.size() < majority() && all.size() >= majority();
        return new Seating(configuration, voters, all, settles ? nowNs : settledNs);
    }

    private int majority() {
        return voters.size() / 2 + 1;
    }

    /** @param silenceNs W; where a longer promise may not have run out yet, that one's time instead */
    public Verdict judge(VoterHard own, long silenceNs, long nowNs) {
        if (answers.size() < majority()) {
            return new Verdict.Waits("%d of %d voters have said that they grant without the vacant seat, %d are needed"
                    .formatted(answers.size(), voters.size(), majority()));
        }
        VoterHard all = together(own);
        long longestNs = all.longestPromiseMs() * 1_000_000;
        long leftNs = settledNs + Math.max(silenceNs, Timings.silenceAfter(longestNs)) - nowNs;
        return leftNs > 0
                ? new Verdict.Waits("what was granted before runs out in %d ms".formatted(leftNs / 1_000_000 + 1))
                : new Verdict.Ready(all);
    }

    private VoterHard together(VoterHard own) {
        var epochs = new TreeMap<String, Long>();
        own.maxEpochs().forEach((group, epoch) -> epochs.merge(group, epoch, Math::max));
        long longestMs = own.longestPromiseMs();
        for (VoterHard hard : answers.values()) {
            hard.maxEpochs().forEach((group, epoch) -> epochs.merge(group, epoch, Math::max));
            longestMs = Math.max(longestMs, hard.longestPromiseMs());
        }
        return new VoterHard(epochs, longestMs);
    }
}
