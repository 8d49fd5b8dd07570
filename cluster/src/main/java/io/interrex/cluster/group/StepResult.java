package io.interrex.cluster.group;

/** What came of a step; only {@code DONE} proves anything. */
public enum StepResult {
    STARTED,
    DONE,
    REFUSED,
    UNKNOWN
}
