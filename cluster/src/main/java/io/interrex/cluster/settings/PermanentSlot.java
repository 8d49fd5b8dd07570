package io.interrex.cluster.settings;

import io.interrex.cluster.format.Since;

/**
 * A replication slot that a group keeps for somebody who is no member of it.
 *
 * @param name as PostgreSQL has it
 * @param database of a logical one, whose changes it gives out; else empty
 * @param plugin of a logical one, which writes them; else empty
 */
@Since(7)
public record PermanentSlot(String name, Kind kind, String database, String plugin) {

    /** What a slot gives out. */
    public enum Kind {
        /** WAL as it is. */
        PHYSICAL,
        /** The changes of one database. */
        LOGICAL
    }

    public boolean logical() {
        return kind == Kind.LOGICAL;
    }

    /** As a person reads it. */
    public String words() {
        return logical() ? "logical, %s of %s".formatted(plugin, database) : "physical";
    }
}
