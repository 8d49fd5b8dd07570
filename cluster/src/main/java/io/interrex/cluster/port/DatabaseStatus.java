package io.interrex.cluster.port;

import io.interrex.cluster.durability.Lsn;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of a member's database server at one moment.
 *
 * @param process whether and how it runs
 * @param startedAtMs when the running server was started (pg_postmaster_start_time), ms since 1970; 0 where unknown or not
 *     running; names one run of the server
 * @param systemId PostgreSQL's system identifier, null without a data directory
 * @param timeline current timeline, 0 where unknown
 * @param lsn on a primary the current flush position; on a standby max(received, replayed); stopped: from the control file
 * @param replayed on a standby the last replayed position
 * @param receiving on a standby: a WAL receiver is streaming
 * @param upstream on a standby: the member it is configured to follow, null for none
 * @param epochInWal epoch of the last marker, 0 where none or unknown
 * @param uuid uuid of that marker
 * @param syncNames the commit rule that the server itself reports, as text
 * @param senders on a primary: who streams from it
 * @param cleanlyStopped stopped with a shutdown checkpoint
 * @param diskFree bytes left to the server in the file system of its data directory or of its WAL, whichever has less; −1
 *     where unknown
 * @param serverVersion as {@code server_version_num}, 0 where unknown
 * @param answeredIn how long the status query took, null where it got no answer
 * @param problem why something is unknown, in words
 */
public record DatabaseStatus(
        Process process,
        long startedAtMs,
        @Nullable String systemId,
        int timeline,
        Lsn lsn,
        Lsn replayed,
        boolean receiving,
        @Nullable String upstream,
        long epochInWal,
        @Nullable UUID uuid,
        String syncNames,
        List<Sender> senders,
        boolean cleanlyStopped,
        long diskFree,
        int serverVersion,
        @Nullable Duration answeredIn,
        @Nullable String problem) {

    private static final long DISK_FULL_BELOW = 2 * 16L << 20;

    /** How the server runs. */
    public enum Process {
        /** There is no data directory, or an empty one. */
        ABSENT,
        /** A data directory that holds only part of a copy: an interrupted clone or rewind. */
        INCOMPLETE,
        /** No process. */
        STOPPED,
        /** A process, not yet accepting connections. */
        STARTING,
        /** Answers, in recovery. */
        STANDBY,
        /** Answers, not in recovery. */
        PRIMARY,
        /** A process that accepts no connection or does not answer within the limit. */
        HUNG
    }

    /** One standby as seen by its primary: {@code state} is PostgreSQL's (startup, catchup, streaming). */
    public record Sender(String member, String state, Lsn flushLsn, Lsn replayLsn, String syncState) {}

    /** Before anything was looked at: nothing is known to run. */
    public static DatabaseStatus unknown(String why) {
        return new DatabaseStatus(
                Process.HUNG,
                0,
                null,
                0,
                Lsn.ZERO,
                Lsn.ZERO,
                false,
                null,
                0,
                null,
                "",
                List.of(),
                false,
                -1,
                0,
                null,
                why);
    }

    /** Two segments of WAL do not fit: a server would end in its recovery, or at its next commits. */
    public boolean isDiskFull() {
        return diskFree >= 0 && diskFree < DISK_FULL_BELOW;
    }

    public boolean isRunning() {
        return switch (process) {
            case STARTING, STANDBY, PRIMARY, HUNG -> true;
            case ABSENT, INCOMPLETE, STOPPED -> false;
        };
    }
}
