package io.interrex.cluster.lease;

import io.interrex.cluster.settings.Timings;

/**
 * Knows since when a majority of voters is away from a member that wants a lease, and whether that is an alarm (R950). All
 * times are monotonic, in ns.
 *
 * @param epoch that is wanted, 0: none
 * @param sinceNs without a majority
 * @param state how that began
 */
public record MajorityWatch(long epoch, long sinceNs, State state) {

    public static final MajorityWatch NONE = new MajorityWatch(0, 0, State.HELD);

    public enum State {
        /** It holds its lease, or wants none. */
        HELD,
        /** It has not held it yet: the voters may be silent after their own start, or have promised it to another. */
        WAITING,
        /** It held it, and no majority renewed it. */
        LOST
    }

    public MajorityWatch wanting(long wanted, long nowNs) {
        if (wanted == epoch) {
            return this;
        }
        return wanted == 0 ? NONE : new MajorityWatch(wanted, nowNs, State.WAITING);
    }

    public MajorityWatch won() {
        return new MajorityWatch(epoch, sinceNs, State.HELD);
    }

    public MajorityWatch lost(LeaseHolder.Effect.Lost lost, long nowNs) {
        return new MajorityWatch(lost.epoch(), nowNs, lost.stoodStill() ? State.WAITING : State.LOST);
    }

    /** For how long the voters have been away, ms; 0: that is not known, or not for long enough to be told. */
    public long awayMs(Timings timings, long nowNs) {
        long forMs = (nowNs - sinceNs) / 1_000_000;
        long bearableMs = timings.silentFor().plus(timings.leaseFor()).toMillis();
        return switch (state) {
            case HELD -> 0;
            case WAITING -> forMs > bearableMs ? forMs : 0;
            case LOST -> Math.max(1, forMs);
        };
    }
}
