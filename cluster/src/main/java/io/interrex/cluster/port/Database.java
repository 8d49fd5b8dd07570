package io.interrex.cluster.port;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.durability.SyncSet;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One member's database server, on this host. Every operation is idempotent, bounded in time and changes one thing; which
 * one comes next is decided elsewhere. At most one changing operation runs at a time; {@link #kill} may come at any time
 * and makes a running one end as refused or unknown.
 */
public interface Database extends AutoCloseable {

    /** Looks at the processes and, where a server answers, asks it; never fails, never waits longer than the probe's limit. */
    CompletionStage<DatabaseStatus> status();

    /** Creates an empty database cluster with roles, the schema {@code interrex} and no clients admitted. Refused on a directory that is not empty. */
    CompletionStage<Outcome<Nothing>> initialise();

    /**
     * Replaces the data directory by a copy of {@code source}'s: of the primary's, or of a standby's. The old directory is kept aside
     * until the copy is complete; what only it has is kept by what {@code upstream}, the primary, has.
     */
    CompletionStage<Outcome<Nothing>> cloneFrom(Upstream upstream, Upstream source);

    default CompletionStage<Outcome<Nothing>> cloneFrom(Upstream upstream) {
        return cloneFrom(upstream, upstream);
    }

    /** What was kept since this was asked last. */
    List<Kept> kept();

    /** How far the copy is that is being made, in words; empty where none is. */
    String progress();

    /** Makes a stopped, diverged member a possible standby of the upstream (pg_rewind). Divergent WAL is archived first. */
    CompletionStage<Outcome<Nothing>> rewindTo(Upstream upstream);

    /** Starts in recovery: standby.signal, streaming from {@code upstream}, or from nobody where it is null. */
    CompletionStage<Outcome<Nothing>> startAsStandby(@Nullable Upstream upstream);

    /** Starts as a primary with that commit rule in force from the first transaction. */
    CompletionStage<Outcome<Nothing>> startAsPrimary(SyncSet syncSet);

    /** A running standby takes its WAL from {@code upstream} from now on. */
    CompletionStage<Outcome<Nothing>> follow(Upstream upstream);

    /**
     * Takes no WAL any more, durably: no upstream, no restore command, receiver gone, end of WAL replayed. Works on a
     * running standby; on a stopped one it changes the configuration only and is done when that is on disk.
     */
    CompletionStage<Outcome<Position>> detach();

    /** Promotes a standby with that commit rule in force from the first transaction; done when it has left recovery. */
    CompletionStage<Outcome<Promoted>> promote(SyncSet syncSet);

    /** Commits the epoch marker without waiting for standbys; the value is the position behind it. Repeating it is harmless. */
    CompletionStage<Outcome<Lsn>> writeMarker(long epoch, UUID uuid);

    /** Puts a commit rule in force (reload) and proves that every sender uses it. */
    CompletionStage<Outcome<Lsn>> applySyncSet(SyncSet syncSet);

    /** Which of {@code members} have flushed {@code lsn}, as this primary's senders report. */
    CompletionStage<Outcome<Collection<String>>> flushedBy(Lsn lsn, Collection<String> members);

    /** Makes replication slots exist for {@code members} and drops those of Interrex for others. */
    CompletionStage<Outcome<Nothing>> ensureSlots(Collection<String> members);

    /** Commits one row without waiting for standbys; the value is how long it took. On a thread of its own. */
    CompletionStage<Outcome<Duration>> probeWrite(Duration limit);

    /** An immediate checkpoint; may take long, and holds no other operation up. */
    CompletionStage<Outcome<Nothing>> checkpoint();

    /**
     * Whether pg_hba.conf admits anybody but replication and the agent (reload). A server always starts with nobody admitted,
     * and is promoted so, without the sessions that it had: the kernel's gate lets its own host and the peers' pass. It ends no session: {@link #terminateClients} does.
     */
    default CompletionStage<Outcome<Nothing>> admitClients(boolean admitted) {
        return admitClients(admitted, false);
    }

    /**
     * @param readOnly their transactions only read (default_transaction_read_only), from the next one of each session on, where
     *     neither session nor transaction says otherwise; the agent's own write as ever
     */
    CompletionStage<Outcome<Nothing>> admitClients(boolean admitted, boolean readOnly);

    /** The reigns whose markers a running member holds, oldest first: its lineage, to be compared by uuid. */
    CompletionStage<Outcome<List<Reign>>> lineage();

    /** Ends all sessions of clients. */
    CompletionStage<Outcome<Nothing>> terminateClients();

    /** Fast stop with a shutdown checkpoint; the value is the position of that checkpoint's end. */
    CompletionStage<Outcome<Lsn>> stopClean(Duration limit);

    /** Kills the whole process tree; done means that no process is left. */
    CompletionStage<Outcome<Guard.Death>> kill();

    @Override
    void close();

    /** Where to take WAL from. */
    record Upstream(String member, String host, int port) {}

    /**
     * WAL that only this member had, kept aside before it is overwritten.
     *
     * @param before rewind or clone
     * @param missing segments for which there was no room
     * @param removed older divergences that had to go
     */
    record Kept(String before, String directory, int segments, int missing, List<String> removed) {}

    /**
     * How far a member that takes no WAL any more is.
     *
     * @param flushLsn end of the last record that is complete and on the member's own timeline, with nothing to replay behind it;
     *     every commit that it ever confirmed ends at or before
     * @param timeline of that record
     * @param epochInWal epoch of the last replayed marker, 0 where there is none
     * @param uuid uuid of that marker
     */
    record Position(
            Lsn flushLsn,
            int timeline,
            long epochInWal,
            @Nullable UUID uuid,
            String systemId) {}

    /** The timeline that the promotion began, and where it left the one before. */
    record Promoted(int timeline, Lsn switchLsn) {}
}
