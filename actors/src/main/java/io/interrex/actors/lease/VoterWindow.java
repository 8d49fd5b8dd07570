package io.interrex.actors.lease;

import io.interrex.cluster.group.Evidence.VoterView;
import io.interrex.cluster.lease.Voter;
import io.interrex.cluster.lease.VoterState;

/**
 * Shows what this node's voter has promised to whoever looks, at once and from any thread: a supervisor looks several times per r,
 * and a question to the actor would wake two threads for each look.
 */
public final class VoterWindow {

    private volatile VoterState state;

    public VoterWindow(VoterState started) {
        this.state = started;
    }

    /** What was written to disk where it has to be, and never anything else. */
    void show(VoterState now) {
        state = now;
    }

    /** Left of the silence after its start; 0 or less: it is over. @param nowNs as {@link System#nanoTime()} */
    public long silentNs(long nowNs) {
        return state.silentUntilNs() - nowNs;
    }

    /** @param nowNs as {@link System#nanoTime()} */
    public VoterView view(String group, long nowNs) {
        return Voter.view(state, group, nowNs);
    }
}
