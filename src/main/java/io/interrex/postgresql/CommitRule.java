package io.interrex.postgresql;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Changes a running primary's commit rule and proves that it binds: every process of the server reads its configuration
 * by itself, so that a reload alone says nothing (protocol.md, "Sync set C→C'"). What is written is no proof, so an attempt
 * that was cut short leaves nothing to build upon: the next one proves everything again. Used by one thread at a time.
 */
final class CommitRule {

    private static final Duration LOOK_EVERY = Duration.ofMillis(5);

    private final PostgresSettings settings;
    private final ServerConfiguration configuration;
    private final Session session;
    private final Markers markers;
    private final Supplier<CompletionStage<Outcome<Nothing>>> checkpoint;
    /** Null: some process may still obey a rule that nobody knows. */
    private @Nullable Run proven;
    /** Checkpoints made for an attempt that is not proven yet; they go on where it was cut short. */
    private @Nullable Checkpoints asked;

    /** A rule in one run of the server. */
    private record Run(OffsetDateTime serverStarted, SyncSet rule) {}

    private record Checkpoints(Run of, CompletableFuture<Outcome<Nothing>> both) {}

    CommitRule(
            PostgresSettings settings,
            ServerConfiguration configuration,
            Session session,
            Markers markers,
            Supplier<CompletionStage<Outcome<Nothing>>> checkpoint) {
        this.settings = settings;
        this.configuration = configuration;
        this.session = session;
        this.markers = markers;
        this.checkpoint = checkpoint;
    }

    Lsn apply(SyncSet wanted) throws Trouble {
        boolean standby = session.one(limit(), "select pg_is_in_recovery()", row -> row.getBoolean(1));
        if (standby) {
            throw Trouble.refused(
                    "a commit rule is for a primary, but member " + settings.member() + " is in recovery");
        }
        Run wantedNow = new Run(moment("pg_postmaster_start_time()"), wanted);
        SyncSet before = provenIn(wantedNow.serverStarted());
        proven = null;
        if (asked != null && !asked.of().equals(wantedNow)) {
            asked = null;
        }
        OffsetDateTime begun = moment("clock_timestamp()");
        configuration.write(configuration.role().withRule(wanted));
        session.execute(limit(), "select pg_reload_conf()");
        var deadline = Deadline.in(settings.limits().senders());
        require(deadline.await(LOOK_EVERY, () -> inForceForNewSessions(wanted)), wanted, "new sessions");
        if (mayRaise(before, wanted)) {
            endSendersOlderThan(begun);
        }
        require(deadline.await(LOOK_EVERY, () -> sendersObey(wanted)), wanted, "the senders to standbys");
        if (wanted.k() > 0 && (before == null || before.k() == 0)) {
            awaitCheckpointer(deadline, wantedNow);
        }
        asked = null;
        proven = wantedNow;
        markers.probe(limit());
        return markers.flushed();
    }

    private @Nullable SyncSet provenIn(OffsetDateTime serverStarted) {
        return proven != null && proven.serverStarted().equals(serverStarted) ? proven.rule() : null;
    }

    /** A sender may count fewer standbys than are wanted, and would go on doing so until it reads the new rule. */
    private static boolean mayRaise(@Nullable SyncSet before, SyncSet wanted) {
        return before == null ? wanted.k() > 1 : before.k() > 0 && wanted.k() > before.k();
    }

    private OffsetDateTime moment(String expression) throws Trouble {
        return session.one(limit(), "select " + expression, row -> row.getObject(1, OffsetDateTime.class));
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
     * The checkpointer tells all sessions that commits have to wait at all, once it has read the rule. It reads it between two
     * checkpoints: the first may have begun before it did, the second is asked for when the first has ended. Rejected: seeing
     * it idle several times, which it also is while it gets no processor.
     */
    private void awaitCheckpointer(Deadline deadline, Run wanted) throws Trouble {
        Checkpoints running = asked;
        boolean usable = running != null
                && running.of().equals(wanted)
                && (!running.both().isDone() || running.both().join() instanceof Outcome.Done);
        if (running == null || !usable) {
            running = new Checkpoints(
                    wanted,
                    checkpoint
                            .get()
                            .thenCompose(first -> first instanceof Outcome.Done
                                    ? checkpoint.get()
                                    : CompletableFuture.completedStage(first))
                            .toCompletableFuture());
            asked = running;
        }
        CompletableFuture<Outcome<Nothing>> both = running.both();
        boolean read = deadline.await(LOOK_EVERY, both::isDone) && both.join() instanceof Outcome.Done;
        require(read, wanted.rule(), "the checkpointer");
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
