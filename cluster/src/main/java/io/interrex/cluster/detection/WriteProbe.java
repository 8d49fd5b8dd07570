package io.interrex.cluster.detection;

/**
 * Decides when the write path of an open primary is probed, and how old its last good commit is. Each method gives a changed
 * copy; all times are monotonic, in ns.
 *
 * <p>The age is that of the last {@link #ticked turn of the loop}, not of now: a process that stood still has probed nothing
 * meanwhile, and whatever it hears first when it goes on would find a write path that has been silent for as long. Its next turn
 * finds the pause first, and closes the gate.
 *
 * @param active the gate is open, so that a commit is to be expected
 * @param pending one probe was started and has not ended
 * @param startedNs when the last one was started
 * @param okNs when the last good one was started, or since when one is expected
 * @param tickedNs when the loop turned last
 */
public record WriteProbe(boolean active, boolean pending, long startedNs, long okNs, long tickedNs) {

    /** Nothing was probed, and nothing is to be. */
    public static final WriteProbe IDLE = new WriteProbe(false, false, 0, 0, 0);

    /** Of an agent whose member serves nobody. */
    public static final long NO_AGE_MS = -1;

    /** The loop turns. */
    public WriteProbe ticked(boolean gateOpen, long nowNs) {
        if (!gateOpen) {
            return new WriteProbe(false, pending, startedNs, okNs, nowNs);
        }
        return new WriteProbe(true, pending, startedNs, active ? okNs : nowNs, nowNs);
    }

    /** Whether one is to be started in this turn: one at a time, every {@code everyNs} while the gate is open. */
    public boolean isDue(long everyNs) {
        return active && !pending && tickedNs - startedNs >= everyNs;
    }

    public WriteProbe started() {
        return new WriteProbe(active, true, tickedNs, okNs, tickedNs);
    }

    /** The one that was started then came to its end. */
    public WriteProbe ended(boolean good, long thenNs) {
        return new WriteProbe(active, false, startedNs, good ? thenNs : okNs, tickedNs);
    }

    /** Whatever was expected before is not any more; of a gate that opens something is expected from the next turn on. */
    public WriteProbe gateMoved(boolean open, long nowNs) {
        return new WriteProbe(active && open, pending, startedNs, nowNs, tickedNs);
    }

    /** Since the last good commit, or since one is expected, as of the last turn. */
    public long ageMs() {
        return active ? Math.max(0, tickedNs - okNs) / 1_000_000 : NO_AGE_MS;
    }
}
