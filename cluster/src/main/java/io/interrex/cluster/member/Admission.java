package io.interrex.cluster.member;

/**
 * Says whether pg_hba.conf lets clients in: they were let in, and were not sent away since that was begun.
 *
 * @param closings how often they were sent away, or their server ended
 * @param after how many of those were before they were let in last; −1: they never were
 * @param sentAway in this run of the server, or nobody knows: nothing but pg_hba.conf keeps them out, so that it takes a new round to let them in
 * @param readOnly they were let in to read
 */
record Admission(int closings, int after, boolean sentAway, boolean readOnly) {

    /** Of a new process: it does not know what the one before did last. */
    static final Admission NONE = new Admission(0, -1, true, false);

    /** The run of the server ends, or leaves recovery. */
    Admission ended() {
        return new Admission(closings + 1, after, false, readOnly);
    }

    Admission closed() {
        return new Admission(closings + 1, after, true, readOnly);
    }

    Admission opened(int afterClosings, boolean only) {
        return new Admission(closings, afterClosings, sentAway, only);
    }

    boolean isOpen() {
        return after == closings;
    }
}
