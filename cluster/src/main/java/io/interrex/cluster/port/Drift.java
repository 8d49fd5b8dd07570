package io.interrex.cluster.port;

/**
 * A setting that is not what the configuration file of a member's node says.
 *
 * @param is what holds, or will hold when the server reads its files; empty where it is not shown
 * @param inFile empty: the file does not name it
 * @param origin who says {@code is}, in words
 */
public record Drift(Kind kind, String setting, String is, String inFile, String origin) {

    /** Where the difference lies. */
    public enum Kind {
        /** The log has recorded something else than this node's file says. */
        RECORDED,
        /** ALTER SYSTEM decides. */
        ALTER_SYSTEM,
        /** Somebody wrote it into a file of the server. */
        BY_HAND
    }
}
