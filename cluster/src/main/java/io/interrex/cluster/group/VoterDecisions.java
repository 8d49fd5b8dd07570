package io.interrex.cluster.group;

import io.interrex.cluster.group.GroupEvent.VotersRecovered;

/** Decides who the voters of a group are once it has begun (decision 17). */
final class VoterDecisions {

    private VoterDecisions() {}

    /** The epoch is above everything that was promised: the log that was given up may have been further than this copy. */
    static Decision recover(GroupState state, GroupCommand.RecoverVoters c) {
        if (c.voterConfig() <= state.voterConfig()) {
            return Decision.refuse(
                    RuleId.VOTERS_OTHER_GENERATION,
                    "generation %d of the voters was asked for, generation %d is current"
                            .formatted(c.voterConfig(), state.voterConfig()));
        }
        boolean begun = state.phase() != GroupState.Phase.CREATED;
        long epoch = begun ? Math.max(state.epoch(), c.promisedEpoch()) + 1 : state.epoch();
        return Decision.accept(
                RuleId.VOTERS_RECOVERED,
                "generation %d: %s vote from now on; what %s alone knew is given up"
                        .formatted(c.voterConfig(), c.voters(), c.lost()),
                new VotersRecovered(
                        epoch,
                        RuleId.VOTERS_RECOVERED,
                        c.voterConfig(),
                        c.voters(),
                        c.lost(),
                        state.primary(),
                        c.actor(),
                        c.reason(),
                        c.known(),
                        c.stamp().node(),
                        c.stamp().wallMs() + state.settings().failoverExpires().toMillis()));
    }
}
