package io.interrex.cluster.group;

/** How a primary is kept from its clients, in this order. */
public enum FencingStep {
    /** Its gate is closed. */
    NETWORK,
    /** Its processes are gone. */
    PROCESS,
    /** Its host is off. */
    POWER
}
