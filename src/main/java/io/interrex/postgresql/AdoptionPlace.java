package io.interrex.postgresql;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was found of a data directory from outside, and of the place that it is to move to.
 *
 * @param from as it was named
 * @param whole it has PG_VERSION and a control file
 * @param owner who owns it
 * @param user who runs this
 * @param movable it can get its new name by one rename: same file system, no mount point, parent writable
 * @param taken there is something else in its new place already
 * @param freeBytes in its file system
 * @param history the history file of its timeline is there, or none is needed
 * @param walLink pg_wal is a link that is relative, and would lead elsewhere
 * @param pid of the postmaster that runs in it, 0 for none
 * @param address where that one is reached, null where it is not known
 * @param managers processes on this host that start PostgreSQL by themselves
 * @param unit of the service manager that the server belongs to, empty where none is known
 */
record AdoptionPlace(
        Path from,
        boolean whole,
        String owner,
        String user,
        boolean movable,
        boolean taken,
        long freeBytes,
        boolean history,
        boolean walLink,
        long pid,
        @Nullable Address address,
        List<String> managers,
        String unit) {

    /** @param host a directory of sockets, or an address */
    record Address(String host, int port) {}
}
