package io.interrex.cluster.port;

/**
 * How much room a file system has that something is kept on.
 *
 * @param place what is kept there: {@link #DATA}, {@link #WAL} or {@link #STATE}; where they share one, the first of them
 * @param freeBytes left to the user that writes there
 * @param sizeBytes of the whole file system
 */
public record Space(String place, long freeBytes, long sizeBytes) {

    /** A server's data directory. */
    public static final String DATA = "data";

    /** A server's WAL, where it has a file system of its own. */
    public static final String WAL = "WAL";

    /** What Interrex itself must not forget. */
    public static final String STATE = "state";
}
