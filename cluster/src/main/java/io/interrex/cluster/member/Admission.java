package io.interrex.cluster.member;

/**
 * Says whether pg_hba.conf lets clients in: they were let in, and were not sent away since that was begun.
 *
 * @param closings how often they were sent away, or their server ended
 * @param after how many of those were before they were let in last; −1: they never were
 */
record Admission(int closings, int after) {

    static final Admission NONE = new Admission(0, -1);

    Admission closed() {
        return new Admission(closings + 1, after);
    }

    Admission opened(int afterClosings) {
        return new Admission(closings, afterClosings);
    }

    boolean isOpen() {
        return after == closings;
    }
}
