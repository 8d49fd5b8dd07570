package io.interrex.cluster.simulation;

import io.interrex.cluster.group.Evidence.VoterView;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.lease.Voter;
import io.interrex.cluster.lease.VoterHard;
import io.interrex.cluster.lease.VoterState;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;

/** Runs a {@link Voter}: what must be on disk is, before the answer. */
final class VoterShell {

    private final World world;
    private final SimNode node;
    private final long startedNs;
    private VoterState state;

    VoterShell(World world, SimNode node, VoterHard disk, boolean longAgo) {
        this.world = world;
        this.node = node;
        var timings = world.settings.timings();
        long silentNs = world.has(Mutant.NO_SILENCE)
                ? 0
                : world.has(Mutant.SILENCE_BELOW_PROMISE)
                        ? timings.promiseFor().toNanos() * 3 / 4
                        : timings.silentFor().toNanos();
        long promiseNs = world.has(Mutant.SHORT_PROMISE)
                ? timings.leaseFor().toNanos() / 2
                : timings.promiseFor().toNanos();
        long agoNs = longAgo ? silentNs + 1 : 0;
        startedNs = world.time.nowNs() - (longAgo ? 2 * agoNs : 0);
        VoterState started = VoterState.started(node.name, 1, node.localNs() - agoNs, silentNs, promiseNs, disk);
        state = longAgo ? renewed(started) : started;
    }

    /** It has granted the last round of the primary's agent before, whose deadline the guard still has. */
    private VoterState renewed(VoterState started) {
        GroupState group = world.log.truth();
        if (group == null || group.primary() == null) {
            return started;
        }
        var last = new HandsMessage.Renew(World.GROUP, group.primary(), 1, group.epoch(), 0, 1, 0, 0);
        return Voter.renew(started, last, node.localNs()).state();
    }

    VoterView view() {
        return Voter.view(state, World.GROUP, node.localNs());
    }

    void heard(String from, HandsMessage message) {
        switch (message) {
            case HandsMessage.Renew r -> take(Voter.renew(seen(), counted(r), node.localNs()), from);
            case HandsMessage.Release r -> take(Voter.release(state, r.group(), r.member(), r.epoch()), from);
            case HandsMessage.Revoke r -> take(Voter.raise(state, r.group(), r.epoch()), from);
            case HandsMessage.AskVoter ask ->
                node.send(from, new HandsMessage.VoterAnswer(ask.group(), ask.request(), view(), state.voterConfig()));
            default -> throw new IllegalStateException("not for a voter: " + message);
        }
    }

    private HandsMessage.Renew counted(HandsMessage.Renew r) {
        return !world.has(Mutant.SHORT_PROMISE)
                ? r
                : new HandsMessage.Renew(
                        r.group(),
                        r.member(),
                        r.incarnation(),
                        r.epoch(),
                        r.n(),
                        r.voterConfig(),
                        r.writeProbeAgeMs(),
                        0);
    }

    private VoterState seen() {
        boolean promisesTwice = world.has(Mutant.VOTER_PROMISES_TWICE);
        boolean grantsOld = world.has(Mutant.VOTER_GRANTS_OLD_EPOCH);
        if (!promisesTwice && !grantsOld) {
            return state;
        }
        var forgotten = new HashMap<String, VoterState.Vote>();
        state.votes()
                .forEach((group, vote) -> forgotten.put(
                        group,
                        new VoterState.Vote(
                                grantsOld ? 0 : vote.maxEpochSeen(),
                                promisesTwice ? null : vote.promise(),
                                vote.lastRenewNs(),
                                vote.releasedEpoch())));
        return new VoterState(
                state.voter(),
                state.voterConfig(),
                state.silentUntilNs(),
                state.promiseForNs(),
                state.longestPromiseNs(),
                state.promised(),
                forgotten);
    }

    void logMoved(@Nullable GroupState group, @Nullable GroupEvent event) {
        if (event == null && group != null) {
            take(Voter.raise(state, World.GROUP, group.epoch()), node.name);
        } else if (event instanceof GroupEvent.FailoverStarted started) {
            take(Voter.raise(state, World.GROUP, started.epoch()), node.name);
        } else if (event instanceof GroupEvent.PrimaryFenced fenced
                && fenced.how().endsPromises()) {
            take(Voter.fenced(state, World.GROUP, fenced.member(), fenced.epoch() - 1), node.name);
        }
    }

    private void take(Voter.Step step, String from) {
        boolean must = step.persist() && !world.has(Mutant.VOTER_FORGETS_EPOCH);
        if (must && !node.saveVoter(step.state().hard())) {
            return;
        }
        long knownEpoch = state.vote(World.GROUP).maxEpochSeen();
        state = step.state();
        HandsMessage reply = step.reply();
        if (reply == null) {
            return;
        }
        if (reply instanceof HandsMessage.Ack ack) {
            world.invariants.leases.granted(
                    node.name, startedNs, ack, node.voterEpoch(), knownEpoch, state.promiseForNs());
        }
        node.send(from, reply);
    }

    /** What it promised just now, by its own clock. */
    private long promiseNs() {
        VoterState.Promise promise = state.vote(World.GROUP).promise();
        return promise == null ? 0 : promise.untilNs() - node.localNs();
    }
}
