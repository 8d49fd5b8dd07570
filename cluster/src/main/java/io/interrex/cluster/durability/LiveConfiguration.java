package io.interrex.cluster.durability;

/**
 * A commit rule under which {@code primary} may have acknowledged commits in {@code epoch}.
 *
 * @param floorLsn what the primary of that epoch held at least when it began
 */
public record LiveConfiguration(long epoch, String primary, SyncSet syncSet, Lsn floorLsn) {}
