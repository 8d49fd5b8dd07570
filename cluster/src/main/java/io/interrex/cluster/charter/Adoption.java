package io.interrex.cluster.charter;

import java.util.UUID;

/**
 * What a person decided about a database on this host that Interrex did not make; on its disk before anything is moved.
 *
 * @param primary the group begins with it; else it is a replica of that one
 * @param uuid of the group's first reign, whose marker is in the database already
 * @param from the data directory as it was called before
 */
public record Adoption(
        String member, boolean primary, String systemId, int timeline, UUID uuid, String from, String actor) {

    public static final Adoption NONE = new Adoption("", false, "", 0, new UUID(0, 0), "", "");

    public boolean known() {
        return !systemId.isEmpty();
    }
}
