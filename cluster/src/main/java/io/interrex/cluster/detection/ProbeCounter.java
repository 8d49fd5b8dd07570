package io.interrex.cluster.detection;

/**
 * Decides whether a probed member counts as healthy: three failed probes in a row and it does not; one good one and it
 * does again.
 *
 * @param failedInARow since the last good probe
 */
public record ProbeCounter(int failedInARow, boolean healthy) {

    public static final int FAILED_MAX = 3;

    /** Nothing probed yet; nobody is accused without a probe. */
    public static final ProbeCounter START = new ProbeCounter(0, true);

    /** The counter after one more probe. */
    public ProbeCounter after(boolean good) {
        if (good) {
            return START;
        }
        int failed = Math.min(failedInARow + 1, FAILED_MAX);
        return new ProbeCounter(failed, healthy && failed < FAILED_MAX);
    }
}
