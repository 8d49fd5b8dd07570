package io.interrex.cluster.lease;

import io.interrex.cluster.group.Evidence.VoterView;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.hands.HandsMessage.Ack;
import io.interrex.cluster.hands.HandsMessage.Cause;
import io.interrex.cluster.hands.HandsMessage.Nack;
import io.interrex.cluster.hands.HandsMessage.Renew;
import io.interrex.cluster.lease.VoterState.Promise;
import io.interrex.cluster.lease.VoterState.Vote;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a voter grants a lease round (protocol.md, "Lease").
 *
 * <p>Output contract: where {@link Step#persist} is set, {@link VoterState#hard} is on disk (fsynced) BEFORE
 * {@link Step#reply} is sent.
 */
public final class Voter {

    /** No profile promises longer; who asks for more is misconfigured or hostile. */
    static final long PROMISE_MS_MAX = 120_000;

    private Voter() {}

    /** @param reply null: say nothing */
    public record Step(
            VoterState state, boolean persist, @Nullable HandsMessage reply) {}

    public static Step renew(VoterState state, Renew renew, long nowNs) {
        Vote vote = state.vote(renew.group());
        if (renew.voterConfig() != state.voterConfig() || renew.promiseMs() > PROMISE_MS_MAX) {
            return answerIfSpeaking(state, nowNs, nack(state, vote, renew, Cause.OTHER_CONFIGURATION, 0));
        }
        if (renew.epoch() < vote.maxEpochSeen()) {
            return answerIfSpeaking(state, nowNs, nack(state, vote, renew, Cause.OLD_EPOCH, 0));
        }
        boolean raises = renew.epoch() > vote.maxEpochSeen();
        Vote heard = new Vote(renew.epoch(), vote.promise(), Math.max(nowNs, vote.lastRenewNs()), vote.releasedEpoch());
        if (isSilent(state, nowNs)) {
            return new Step(state.with(renew.group(), heard), raises, null);
        }
        Promise promise = vote.promise();
        if (promise != null && promise.isLive(nowNs) && !promise.member().equals(renew.member())) {
            // the holder of a newer epoch lives, although it has to wait
            long lastRenewNs = renew.epoch() > promise.epoch() ? nowNs : vote.lastRenewNs();
            Vote raised = new Vote(renew.epoch(), promise, lastRenewNs, vote.releasedEpoch());
            return new Step(
                    state.with(renew.group(), raised),
                    raises,
                    nack(state, raised, renew, Cause.PROMISED_TO_ANOTHER, toMs(promise.untilNs() - nowNs)));
        }
        long forNs = Math.max(state.promiseForNs(), renew.promiseMs() * 1_000_000);
        VoterState promising = state.promising(forNs);
        Promise given = new Promise(renew.member(), renew.incarnation(), renew.epoch(), nowNs + forNs);
        return new Step(
                promising.with(renew.group(), new Vote(renew.epoch(), given, nowNs, vote.releasedEpoch())),
                raises || promising.longestPromiseNs() != state.longestPromiseNs(),
                new Ack(renew.group(), state.voter(), renew.member(), renew.incarnation(), renew.epoch(), renew.n()));
    }

    /** The voters have changed: from now on only rounds of that configuration are granted. What was promised stays promised. */
    public static VoterState configured(VoterState state, int voterConfig) {
        return state.configured(voterConfig);
    }

    /** A failover to {@code epoch} has begun: nothing older is granted from now on. Promises given run on. */
    public static Step raise(VoterState state, String group, long epoch) {
        Vote vote = state.vote(group);
        if (epoch <= vote.maxEpochSeen()) {
            return new Step(state, false, null);
        }
        return new Step(
                state.with(group, new Vote(epoch, vote.promise(), vote.lastRenewNs(), vote.releasedEpoch())),
                true,
                null);
    }

    public static Step release(VoterState state, String group, String member, long epoch) {
        Vote vote = state.vote(group);
        Promise left = withoutPromiseTo(vote.promise(), member, epoch);
        long released = Math.max(vote.releasedEpoch(), epoch);
        long seen = Math.max(vote.maxEpochSeen(), epoch);
        return new Step(
                state.with(group, new Vote(seen, left, vote.lastRenewNs(), released)),
                seen > vote.maxEpochSeen(),
                null);
    }

    /** The log says that {@code member} is fenced for all epochs ≤ {@code epoch}. */
    public static Step fenced(VoterState state, String group, String member, long epoch) {
        Vote vote = state.vote(group);
        Promise left = withoutPromiseTo(vote.promise(), member, epoch);
        return new Step(
                state.with(group, new Vote(vote.maxEpochSeen(), left, vote.lastRenewNs(), vote.releasedEpoch())),
                false,
                null);
    }

    public static VoterView view(VoterState state, String group, long nowNs) {
        Vote vote = state.vote(group);
        Promise promise = vote.promise();
        long left = promise != null && promise.isLive(nowNs) ? toMs(promise.untilNs() - nowNs) : 0;
        boolean released = vote.releasedEpoch() > 0 && vote.releasedEpoch() >= vote.maxEpochSeen();
        return new VoterView(
                state.voter(),
                vote.maxEpochSeen(),
                Math.max(0, toMs(nowNs - vote.lastRenewNs())),
                left,
                released,
                isSilent(state, nowNs));
    }

    private static @Nullable Promise withoutPromiseTo(@Nullable Promise promise, String member, long epoch) {
        return promise != null && promise.member().equals(member) && promise.epoch() <= epoch ? null : promise;
    }

    private static Step answerIfSpeaking(VoterState state, long nowNs, Nack nack) {
        return new Step(state, false, isSilent(state, nowNs) ? null : nack);
    }

    private static boolean isSilent(VoterState state, long nowNs) {
        return nowNs - state.silentUntilNs() < 0;
    }

    private static Nack nack(VoterState state, Vote vote, Renew renew, Cause cause, long remainingMs) {
        return new Nack(
                renew.group(),
                state.voter(),
                renew.member(),
                renew.incarnation(),
                renew.epoch(),
                renew.n(),
                cause,
                vote.maxEpochSeen(),
                remainingMs);
    }

    private static long toMs(long ns) {
        return ns / 1_000_000;
    }
}
