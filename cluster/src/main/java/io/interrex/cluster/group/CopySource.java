package io.interrex.cluster.group;

import java.util.UUID;

/**
 * A standby that a copy could be made of, as the member that is to be copied to was told of it.
 *
 * @param lagBytes behind the primary
 * @param uuid of the last marker that it holds
 * @param preferred it is tagged {@code clonefrom}
 */
public record CopySource(String member, long lagBytes, UUID uuid, boolean preferred) {}
