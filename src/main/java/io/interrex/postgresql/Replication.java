package io.interrex.postgresql;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.port.Database.Position;
import io.interrex.cluster.port.Database.Upstream;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whom a standby takes its WAL from: somebody, or, durably, nobody any more (protocol.md, "Failover" step 2). */
final class Replication {

    private static final Duration LOOK_EVERY = Duration.ofMillis(4);
    /** The startup process re-reads its configuration when it is signalled; seen quiet twice, so far apart. */
    private static final Duration QUIET_FOR = Duration.ofMillis(12);
    /** What the startup process waits for once it has replayed all that there is. */
    private static final Set<String> AT_END = Set.of("RecoveryRetrieveRetryInterval", "RecoveryWalStream");

    private final PostgresSettings settings;
    private final ServerConfiguration configuration;
    private final ServerProcess process;
    private final Tools tools;
    private final Session session;

    private record Recovery(
            boolean standby, String connInfo, int receivers, String startupWait, Lsn received, Lsn replayed) {
        boolean isQuiet() {
            return connInfo.isEmpty() && receivers == 0 && AT_END.contains(startupWait);
        }
    }

    Replication(
            PostgresSettings settings,
            ServerConfiguration configuration,
            ServerProcess process,
            Tools tools,
            Session session) {
        this.settings = settings;
        this.configuration = configuration;
        this.process = process;
        this.tools = tools;
        this.session = session;
    }

    void follow(Upstream upstream) throws Trouble {
        if (process.find() == null) {
            throw Trouble.refused(
                    "member " + settings.member() + " does not run: start it as a standby of " + upstream.member());
        }
        requireStandby("following " + upstream.member());
        ServerRole role = new ServerRole(
                false,
                upstream,
                configuration.role().syncSet(),
                configuration.role().admitted());
        configuration.write(role);
        String wanted = configuration.connInfo(upstream);
        reload();
        boolean applied = Deadline.in(settings.limits().sql())
                .await(LOOK_EVERY, () -> recovery().connInfo().equals(wanted));
        if (!applied) {
            throw Trouble.unknown("the server did not take up its new upstream " + upstream.member() + " in time");
        }
    }

    Position detach() throws Trouble {
        if (process.find() == null) {
            throw Trouble.refused("member " + settings.member()
                    + " does not run, so the end of its WAL is not known: start it without an upstream first");
        }
        var deadline = Deadline.in(settings.limits().detach());
        try {
            requireStandby("detaching");
        } catch (Trouble e) {
            if (!e.isRefused()) {
                configuration.write(ServerRole.standby(null));
                process.reload();
            }
            throw e;
        }
        boolean admitted = configuration.role().admitted();
        configuration.write(ServerRole.standby(null).withAdmitted(admitted));
        reload();
        var quiet = new Quiet();
        boolean atEnd = deadline.await(LOOK_EVERY, () -> quiet.since(recovery()));
        if (!atEnd) {
            throw Trouble.unknown("the standby still receives or replays WAL "
                    + settings.limits().detach().toMillis() + " ms after it was told to stop");
        }
        ServerFacts facts = ServerFacts.read(session, settings.limits().sql());
        return new Position(facts.lsn(), facts.timeline(), facts.epoch(), facts.uuid(), facts.systemId());
    }

    private void requireStandby(String what) throws Trouble {
        if (!recovery().standby()) {
            throw Trouble.refused(what + " is for standbys, but member " + settings.member()
                    + " is a primary: close its gate and stop it first");
        }
    }

    private void reload() throws Trouble {
        session.one(settings.limits().sql(), "select pg_reload_conf()", row -> row.getBoolean(1));
    }

    private Recovery recovery() throws Trouble {
        return session.one(
                settings.limits().sql(),
                """
                select pg_is_in_recovery() as standby,
                       current_setting('primary_conninfo') as conninfo,
                       count(*) filter (where backend_type = 'walreceiver') as receivers,
                       coalesce(max(wait_event) filter (where backend_type = 'startup'), '') as startup_wait,
                       coalesce(pg_last_wal_receive_lsn(), '0/0')::text as received,
                       coalesce(pg_last_wal_replay_lsn(), '0/0')::text as replayed
                  from pg_stat_activity where backend_type in ('walreceiver', 'startup')
                """,
                row -> new Recovery(
                        row.getBoolean("standby"),
                        row.getString("conninfo"),
                        row.getInt("receivers"),
                        row.getString("startup_wait"),
                        Lsn.parse(row.getString("received")),
                        Lsn.parse(row.getString("replayed"))));
    }

    /** Two equal looks at a quiet recovery, some time apart. */
    private static final class Quiet {
        private @Nullable Recovery first;
        private long seenAt;

        boolean since(Recovery now) {
            if (!now.isQuiet()) {
                first = null;
                return false;
            }
            if (!Objects.equals(first, now)) {
                first = now;
                seenAt = System.nanoTime();
                return false;
            }
            return System.nanoTime() - seenAt >= QUIET_FOR.toNanos();
        }
    }
}
