package io.interrex.cluster.lease;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one voter knows. Only {@code maxEpochSeen} and {@code longestPromiseNs} survive a restart; promises do not, which is
 * why a started voter is silent until all promises that it may have given have run out.
 *
 * @param voter its name
 * @param voterConfig number of the voter configuration that it belongs to
 * @param silentUntilNs it grants nothing before this moment of its monotonic clock
 * @param promiseForNs H
 * @param votes by group
 */
public record VoterState(
        String voter, int voterConfig, long silentUntilNs, long promiseForNs, Map<String, Vote> votes) {

    public VoterState {
        votes = Map.copyOf(votes);
    }

    /**
     * @param maxEpochSeen durable
     * @param promise live or run out, null after a start and after a release
     * @param lastRenewNs when it last heard a renewal of the highest epoch; before the first: the end of its silence
     * @param releasedEpoch the highest epoch that was given back to it
     */
    public record Vote(long maxEpochSeen, @Nullable Promise promise, long lastRenewNs, long releasedEpoch) {}

    public record Promise(String member, long incarnation, long epoch, long untilNs) {
        public boolean isLive(long nowNs) {
            return nowNs - untilNs < 0;
        }
    }

    /**
     * A voter that has just started.
     *
     * @param maxEpochs by group, as read from its disk
     * @param silentForNs max(W, Hmax(1+ρ)/(1−ρ))
     */
    public static VoterState started(
            String voter,
            int voterConfig,
            long nowNs,
            long silentForNs,
            long promiseForNs,
            Map<String, Long> maxEpochs) {
        var votes = new HashMap<String, Vote>();
        maxEpochs.forEach((group, epoch) -> votes.put(group, new Vote(epoch, null, nowNs + silentForNs, 0)));
        return new VoterState(voter, voterConfig, nowNs + silentForNs, promiseForNs, votes);
    }

    public Vote vote(String group) {
        return votes.getOrDefault(group, new Vote(0, null, silentUntilNs, 0));
    }

    VoterState with(String group, Vote vote) {
        var changed = new HashMap<>(votes);
        changed.put(group, vote);
        return new VoterState(voter, voterConfig, silentUntilNs, promiseForNs, changed);
    }
}
