package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

/**
 * One thing that goes wrong.
 *
 * @param on what has to happen first; {@link Point#WINDOW}: the window of faults begins
 * @param nth how often that has to happen, from 1
 * @param delayNs between that and the fault
 * @param target {@link #PRIMARY}, {@link #ACTOR}, or the index of a host
 * @param other the index of another host
 * @param lengthNs how long, where it ends by itself
 */
record Fault(Kind kind, Point on, int nth, long delayNs, int target, int other, long lengthNs) {

    /** Whoever the log names as the primary, or as the one to become it, at that moment. */
    static final int PRIMARY = -1;

    /** The host at which the awaited thing happened. */
    static final int ACTOR = -2;

    /** Longer than anything is played. */
    static final long FOR_GOOD_NS = 3_600_000 * MS;

    enum Kind {
        POSTMASTER_KILLED("the server's postmaster is killed"),
        HOST_DIES("the host dies"),
        ALL_HOSTS_DIE("all hosts die"),
        NODE_DIES("the node dies"),
        NODE_PAUSES("the node stands still"),
        HOST_STUNNED("the host is suspended, its clocks with it"),
        CLOCK_STEPS("the wall clock steps"),
        ONE_WAY_CUT("nothing reaches the other"),
        PAIR_CUT("is cut from the other"),
        ISOLATED("is cut from all"),
        DEAF("hears nobody"),
        MUTE("is heard by nobody"),
        SWIZZLE("links go down one after the other, and come back in another order"),
        LOG_AWAY("the log is away"),
        LOG_SLOW("the log is slow"),
        LOG_LEADER_LOST("the log's leader is lost"),
        LOG_ANSWERS_LOST("answers of the log are lost"),
        LOG_WRITES_LATE("appends of unknown outcome happen later"),
        SERVER_HANGS("the server hangs"),
        DISK_SLOW("the disk is slow"),
        DISK_FULL("the database's disk is full"),
        DISK_LOW("the database's disk is nearly full"),
        FSYNC_FAILS("an fsync of the database fails"),
        STATE_NOT_WRITTEN("the node's own state cannot be written"),
        WAIT_CANCELLED("clients cancel their waits"),
        SWITCHOVER("a switchover is ordered"),
        FAILOVER("a failover is ordered"),
        LOG_LAGS("the node's copy of the log lags behind"),
        REINIT("its member is ordered to be copied anew"),
        UNKILLABLE("the server's processes outlive SIGKILL"),
        RESTART("all servers are ordered to be restarted"),
        SCHEDULE("a switchover is scheduled"),
        MAINTENANCE("its member is taken into maintenance"),
        ASYNCHRONOUS("the group is made asynchronous, or synchronous");

        final String words;

        Kind(String words) {
            this.words = words;
        }
    }

    /** Moments of the protocol that a fault can wait for. */
    enum Point {
        WINDOW,
        SUSPECTED,
        STARTED,
        REVOKED,
        AUTHORIZED,
        PROMOTED,
        MARKED,
        ESTABLISHED,
        BARRIER,
        INTENDED,
        APPLIED,
        OPENED,
        STOPPED,
        KILLED,
        RELEASED,
        REBUILDING,
        STEP_BEGUN,
        STEP_DONE,
        STATE_SAVED
    }

    @Override
    public String toString() {
        String whom = switch (target) {
            case PRIMARY -> "the primary";
            case ACTOR -> "the host where that happened";
            default -> World.NAMES.get(target);
        };
        String when = on == Point.WINDOW
                ? "at %d ms".formatted(delayNs / MS)
                : "%.1f ms after %s no. %d".formatted(delayNs / (double) MS, on, nth);
        return "%s: %s (%s, other host %s, for %d ms)"
                .formatted(when, kind.words, whom, World.NAMES.get(other), lengthNs / MS);
    }
}
