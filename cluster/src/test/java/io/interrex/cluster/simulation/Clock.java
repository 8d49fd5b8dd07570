package io.interrex.cluster.simulation;

/** A host's own clocks: zero and rate differ from the true ones, the rate by up to ρ; none ticks while the host is suspended. */
final class Clock {

    private final long offsetNs;
    private final double rate;
    private long wallOffsetMs;
    private long suspendedNs;
    private long suspendedFromNs = Long.MAX_VALUE;
    private long suspendedUntilNs;

    Clock(long offsetNs, double rate, long wallOffsetMs) {
        this.offsetNs = offsetNs;
        this.rate = rate;
        this.wallOffsetMs = wallOffsetMs;
    }

    long localNs(long trueNs) {
        long ticking = trueNs >= suspendedFromNs && trueNs < suspendedUntilNs
                ? suspendedFromNs - (suspendedNs - (suspendedUntilNs - suspendedFromNs))
                : trueNs - suspendedNs;
        return offsetNs + (long) (ticking * rate);
    }

    /** How long {@code localNs} of this clock really take. */
    long trueNs(long localNs) {
        return (long) (localNs / rate);
    }

    void suspend(long nowNs, long forNs) {
        suspendedFromNs = nowNs;
        suspendedUntilNs = nowNs + forNs;
        suspendedNs += forNs;
    }

    void stepWall(long byMs) {
        wallOffsetMs += byMs;
    }

    long wallOffsetMs() {
        return wallOffsetMs;
    }
}
