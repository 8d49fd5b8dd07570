package io.interrex.cluster.detection;

/**
 * Knows whether this node paused lately, by the gaps in its own loop. One that did speaks last: on one busy host all pause
 * together, so it is delayed, not silenced.
 *
 * @param pauseMaxMs P: a longer gap is a pause
 * @param lastTickMs the last turn of the loop
 * @param pausedAtMs end of the last pause; {@link #NEVER}: none
 */
public record LocalHealth(long pauseMaxMs, long lastTickMs, long pausedAtMs) {

    /** Added to the time after which this node speaks. */
    public static final long LAST_MS = 500;

    /** So long after a pause a node has paused lately. */
    public static final long LATELY_MS = 5_000;

    static final long NEVER = Long.MIN_VALUE;

    public static LocalHealth start(long pauseMaxMs, long nowMs) {
        return new LocalHealth(pauseMaxMs, nowMs, NEVER);
    }

    /** One turn of the loop. */
    public LocalHealth tick(long nowMs) {
        boolean paused = nowMs - lastTickMs > pauseMaxMs;
        return new LocalHealth(pauseMaxMs, nowMs, paused ? nowMs : pausedAtMs);
    }

    /** Also true while a pause is only just ending: the loop has not turned for too long. */
    public boolean pausedLately(long nowMs) {
        return nowMs - lastTickMs > pauseMaxMs || pausedAtMs != NEVER && nowMs - pausedAtMs < LATELY_MS;
    }

    /** How much later than its rank says this node speaks. */
    public long abstainMs(long nowMs) {
        return pausedLately(nowMs) ? LAST_MS : 0;
    }
}
