package io.interrex.cluster.group;

/** Why a failover was begun. */
public enum Reason {
    /** A majority of voters had no renewal for the time {@code suspect}. */
    LEASE_SILENT,
    /** The primary gave its lease back: it cannot go on. */
    RELEASED,
    /** The primary's processes are verified dead, and it is not to be restarted. */
    PRIMARY_DEAD,
    /** A person ordered another primary while the old one was well. */
    SWITCHOVER,
    /** A person ordered a failover. */
    ORDERED,
    /** The failover before this one expired unfinished. */
    EXPIRED
}
