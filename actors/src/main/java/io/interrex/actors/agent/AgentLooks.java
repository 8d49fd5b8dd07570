package io.interrex.actors.agent;

import io.interrex.cluster.member.Step;

/** Knows whether the last look at the server is newer than every step that changed it, and runs one look at a time. */
final class AgentLooks {

    private boolean looking;
    private boolean again;
    /** Steps under way that change the server; a kill does not wait for another. */
    private int changing;
    /** Such a step began after the last look. */
    private boolean stale;

    private boolean staleWhileLooking;

    /** The server died, and no look has begun since then: what it was seen to allow is over. */
    private boolean died;

    private boolean diedWhileLooking;

    /** Whether to look now; otherwise a look is under way and another follows it. */
    boolean begin() {
        if (looking) {
            again = true;
            return false;
        }
        looking = true;
        staleWhileLooking = changing > 0;
        diedWhileLooking = false;
        return true;
    }

    /** Whether another look was asked for meanwhile. */
    boolean end() {
        looking = false;
        stale = staleWhileLooking;
        died = diedWhileLooking;
        boolean more = again;
        again = false;
        return more;
    }

    void started(Step step) {
        if (AgentPace.changesServer(step)) {
            changing++;
            stale = true;
        }
    }

    void finished(Step step) {
        if (AgentPace.changesServer(step)) {
            changing--;
            staleWhileLooking = true;
        }
    }

    void serverDied() {
        died = true;
        diedWhileLooking = looking;
    }

    boolean isServerDead() {
        return died;
    }

    boolean settled() {
        return !stale && changing == 0;
    }
}
