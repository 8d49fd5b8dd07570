package io.interrex.cluster.durability;

import java.util.UUID;

/**
 * One link of a lineage: what an epoch's marker says and where its WAL began. Two reigns are the same only if their uuid
 * is: timeline ids and switch positions can collide (protocol.md, fact 4).
 *
 * @param epoch number of the reign
 * @param uuid written into the database by the primary of that epoch
 * @param timeline PostgreSQL's timeline id
 * @param switchLsn where this timeline left the previous one; {@link Lsn#ZERO} for the first
 */
public record Reign(long epoch, UUID uuid, int timeline, Lsn switchLsn) {}
