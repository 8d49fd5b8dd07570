package io.interrex.cluster.lease;

import io.interrex.cluster.settings.Timings;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one voter knows. Only {@code maxEpochSeen} and {@code longestPromiseNs} survive a restart ({@link VoterHard});
 * promises do not, which is why a started voter is silent until all promises that it may have given have run out.
 *
 * @param voter its name
 * @param voterConfig number of the voter configuration that it belongs to
 * @param silentUntilNs it grants nothing before this moment of its monotonic clock
 * @param promiseForNs H, for holders that do not need a longer one
 * @param longestPromiseNs Hmax: durable, the longest promise that may not have run out yet
 * @param promised whether it promised anything since its start; what it promised before has run out when it speaks again
 * @param votes by group
 */
public record VoterState(
        String voter,
        int voterConfig,
        long silentUntilNs,
        long promiseForNs,
        long longestPromiseNs,
        boolean promised,
        Map<String, Vote> votes) {

    public VoterState {
        votes = Map.copyOf(votes);
    }

    /**
     * @param maxEpochSeen durable
     * @param promise live or run out, null after a start and after a release
     * @param lastRenewNs when it last heard a renewal of the highest epoch, granted or not; before the first: the end of its silence
     * @param releasedEpoch the highest epoch that was given back to it
     */
    public record Vote(long maxEpochSeen, @Nullable Promise promise, long lastRenewNs, long releasedEpoch) {}

    /** To grant nobody else before {@code untilNs} of this voter's monotonic clock. */
    public record Promise(String member, long incarnation, long epoch, long untilNs) {
        public boolean isLive(long nowNs) {
            return nowNs - untilNs < 0;
        }
    }

    /**
     * A voter that has just started.
     *
     * @param silenceNs W; where a longer promise may not have run out yet, Hmax(1+ρ)/(1−ρ) instead
     * @param hard as read from its disk
     */
    public static VoterState started(
            String voter, int voterConfig, long nowNs, long silenceNs, long promiseForNs, VoterHard hard) {
        long longestNs = hard.longestPromiseMs() * 1_000_000;
        long silentForNs = Math.max(silenceNs, Timings.silenceAfter(longestNs));
        var votes = new HashMap<String, Vote>();
        hard.maxEpochs().forEach((group, epoch) -> votes.put(group, new Vote(epoch, null, nowNs + silentForNs, 0)));
        return new VoterState(voter, voterConfig, nowNs + silentForNs, promiseForNs, longestNs, false, votes);
    }

    public Vote vote(String group) {
        Vote vote = votes.get(group);
        return vote == null ? new Vote(0, null, silentUntilNs, 0) : vote;
    }

    VoterState with(String group, Vote vote) {
        var changed = new HashMap<>(votes);
        changed.put(group, vote);
        return new VoterState(voter, voterConfig, silentUntilNs, promiseForNs, longestPromiseNs, promised, changed);
    }

    VoterState configured(int config) {
        return new VoterState(voter, config, silentUntilNs, promiseForNs, longestPromiseNs, promised, votes);
    }

    VoterState promising(long forNs) {
        long longest = promised ? Math.max(longestPromiseNs, forNs) : forNs;
        return new VoterState(voter, voterConfig, silentUntilNs, promiseForNs, longest, true, votes);
    }

    /** What has to be on disk for this state. */
    public VoterHard hard() {
        var epochs = new HashMap<String, Long>();
        votes.forEach((group, vote) -> epochs.put(group, vote.maxEpochSeen()));
        return new VoterHard(epochs, longestPromiseNs / 1_000_000);
    }
}
