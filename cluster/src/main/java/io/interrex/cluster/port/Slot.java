package io.interrex.cluster.port;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.format.Since;
import io.interrex.cluster.settings.PermanentSlot;

/**
 * A replication slot of a server, as it was seen; those of the group's own members are left out.
 *
 * @param restart WAL is kept from there on; ZERO: none is
 * @param confirmed of a logical one: how far its consumer has it; else ZERO
 * @param state wal_status of PostgreSQL: reserved, extended, unreserved, lost; empty: it keeps nothing
 * @param keptBytes WAL that it keeps
 * @param leftBytes so much WAL may be written before it is lost; −1: no limit, or lost already
 * @param own it was made here by Interrex, or handed over to it by its name
 * @param madeEpoch of an own one: the reign in which it was made here
 * @param madeAt of an own logical one: where its stream begins
 */
@Since(7)
public record Slot(
        PermanentSlot slot,
        boolean active,
        Lsn restart,
        Lsn confirmed,
        String state,
        long keptBytes,
        long leftBytes,
        boolean own,
        long madeEpoch,
        Lsn madeAt) {

    public String name() {
        return slot.name();
    }

    /** PostgreSQL has removed WAL that it needs. */
    public boolean isLost() {
        return state.equals("lost");
    }

    /** It keeps three quarters of what slots may keep. */
    public boolean isNearlyLost() {
        return state.equals("unreserved") || leftBytes >= 0 && keptBytes > 3 * leftBytes;
    }

    /** It keeps less than half of what slots may keep. */
    public boolean isFarFromLost() {
        return !isLost() && !state.equals("unreserved") && (leftBytes < 0 || keptBytes < leftBytes);
    }
}
