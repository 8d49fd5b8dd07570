package io.interrex.postgresql;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.SyncSet;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Changes a running primary's commit rule and proves that it binds: every process of the server reads its configuration
 * by itself, so that a reload alone says nothing (protocol.md, "Sync set C→C'").
 */
final class CommitRule {

    private static final Duration LOOK_EVERY = Duration.ofMillis(5);
    private static final int CHECKPOINTER_LOOKS = 3;

    private final PostgresSettings settings;
    private final ServerConfiguration configuration;
    private final Session session;
    private final Markers markers;

    CommitRule(PostgresSettings settings, ServerConfiguration configuration, Session session, Markers markers) {
        this.settings = settings;
        this.configuration = configuration;
        this.session = session;
        this.markers = markers;
    }

    Lsn apply(SyncSet wanted) throws Trouble {
        boolean standby = session.one(limit(), "select pg_is_in_recovery()", row -> row.getBoolean(1));
        if (standby) {
            throw Trouble.refused(
                    "a commit rule is for a primary, but member " + settings.member() + " is in recovery");
        }
        SyncSet old = configuration.role().syncSet();
        OffsetDateTime before =
                session.one(limit(), "select clock_timestamp()", row -> row.getObject(1, OffsetDateTime.class));
        configuration.write(
                ServerRole.primary(wanted).withAdmitted(configuration.role().admitted()));
        session.execute(limit(), "select pg_reload_conf()");
        var deadline = Deadline.in(settings.limits().senders());
        require(deadline.await(LOOK_EVERY, () -> inForceForNewSessions(wanted)), wanted, "new sessions");
        if (old.k() > 0 && wanted.k() > old.k()) {
            endSendersOlderThan(before);
        }
        require(deadline.await(LOOK_EVERY, () -> sendersObey(wanted)), wanted, "the senders to standbys");
        if (old.k() == 0 && wanted.k() > 0) {
            awaitCheckpointer(deadline, wanted);
        }
        markers.probe(limit());
        return markers.flushed();
    }

    /** Which of {@code members} hold {@code lsn} on disk. What was not sent to them on this timeline does not count. */
    Set<String> flushedBy(Lsn lsn, Collection<String> members) throws Trouble {
        return session.one(
                limit(),
                "select coalesce(array_agg(distinct application_name), '{}') from pg_stat_replication"
                        + " where usename = 'interrex_replication' and application_name = any (?)"
                        + " and sent_lsn >= ?::pg_lsn and flush_lsn >= ?::pg_lsn",
                row -> Set.copyOf(Arrays.asList((String[]) row.getArray(1).getArray())),
                members.toArray(String[]::new),
                lsn.toString(),
                lsn.toString());
    }

    /** A fresh connection inherits what the postmaster has read, and the postmaster signals the others before it forks. */
    private boolean inForceForNewSessions(SyncSet wanted) throws Trouble {
        try (var fresh = Session.ofAgent(settings, "rule")) {
            String names =
                    fresh.one(limit(), "select current_setting('synchronous_standby_names')", row -> row.getString(1));
            return names.equals(ServerRole.namesOf(wanted));
        }
    }

    private void endSendersOlderThan(OffsetDateTime moment) throws Trouble {
        session.execute(
                limit(),
                "select count(pg_terminate_backend(pid)) from pg_stat_replication"
                        + " where usename = 'interrex_replication' and backend_start < ? and sync_priority > 0",
                moment);
    }

    private boolean sendersObey(SyncSet wanted) throws Trouble {
        List<String> names = wanted.k() == 0 ? List.of() : List.copyOf(wanted.standbys());
        return session.one(
                limit(),
                "select not exists (select from pg_stat_replication where flush_lsn is not null"
                        + " and (sync_priority > 0) <> (application_name = any (?)))",
                row -> row.getBoolean(1),
                (Object) names.toArray(String[]::new));
    }

    /**
     * The checkpointer tells all sessions that commits have to wait at all, so a first commit rule binds once it has read
     * it; seen idle several times after its signal, it has.
     */
    private void awaitCheckpointer(Deadline deadline, SyncSet wanted) throws Trouble {
        int[] seen = {0};
        boolean idle = deadline.await(LOOK_EVERY, () -> {
            boolean waits = session.one(
                    limit(),
                    "select coalesce(bool_and(wait_event = 'CheckpointerMain' or wait_event = 'CheckpointWriteDelay'), false)"
                            + " from pg_stat_activity where backend_type = 'checkpointer'",
                    row -> row.getBoolean(1));
            seen[0] = waits ? seen[0] + 1 : 0;
            return seen[0] >= CHECKPOINTER_LOOKS;
        });
        require(idle, wanted, "the checkpointer");
    }

    private void require(boolean reached, SyncSet wanted, String who) throws Trouble {
        if (!reached) {
            throw Trouble.unknown(
                    "the commit rule " + wanted + " is written, but " + who + " did not take it up within "
                            + settings.limits().senders().toMillis() + " ms");
        }
    }

    private Duration limit() {
        return settings.limits().sql();
    }
}
