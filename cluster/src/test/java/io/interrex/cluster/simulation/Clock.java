package io.interrex.cluster.simulation;

/** A host's own clock: its zero and its rate differ from the true ones, by up to ρ. */
record Clock(long offsetNs, double rate, long wallOffsetMs) {

    long localNs(long trueNs) {
        return offsetNs + (long) (trueNs * rate);
    }

    /** How long {@code localNs} of this clock really take. */
    long trueNs(long localNs) {
        return (long) (localNs / rate);
    }
}
