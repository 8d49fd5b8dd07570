package io.interrex.cluster.group;

/** Who acts on what is decided. */
public enum Mode {
    /** Interrex acts by itself. */
    AUTO,
    /** Interrex watches, records and keeps leases; only people start failovers. */
    PAUSED
}
