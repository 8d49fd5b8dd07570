package io.interrex.postgresql;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.port.Database.Position;
import io.interrex.cluster.port.Database.Upstream;
import java.time.Duration;

/** Whom a standby takes its WAL from: somebody, or, durably, nobody any more (protocol.md, "Failover" step 2). */
final class Replication {

    private static final Duration LOOK_EVERY = Duration.ofMillis(4);
    /** What the startup process waits for once it has looked everywhere for the next record and found none. */
    private static final String AT_END = "RecoveryRetrieveRetryInterval";

    private final PostgresSettings settings;
    private final ServerConfiguration configuration;
    private final ServerProcess process;
    private final Tools tools;
    private final Session session;

    private record Recovery(boolean standby, String connInfo, int receivers, String startupWait, Lsn replayed) {
        boolean isQuiet() {
            return connInfo.isEmpty() && receivers == 0 && AT_END.equals(startupWait);
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
        configuration.write(configuration.role().following(upstream));
        resume();
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
        configuration.write(ServerRole.standby(null).admitting(admitted, false));
        reload();
        Lsn replayed = endOfWal(deadline);
        ServerFacts facts = ServerFacts.read(session, settings.limits().sql());
        int timeline = TimelineHistory.reached(settings.data(), replayed, facts.timeline());
        return new Position(replayed, timeline, facts.epoch(), facts.uuid(), facts.systemId());
    }

    /**
     * Where the last complete record ends, with nothing behind it. A pause that the startup process confirms proves that it
     * runs and has read its configuration, so that no receiver comes any more; when it waits for WAL, is paused again and
     * waits again at the same place, it has read what was received between the two. Rejected: seeing it idle twice, which it
     * also is while it gets no processor; and the received position, which may end in a record that is torn, or another's.
     */
    private Lsn endOfWal(Deadline deadline) throws Trouble {
        requireReadByPostmaster(deadline);
        Lsn before = confirmed(deadline);
        Lsn now = confirmed(deadline);
        while (!now.equals(before)) {
            before = now;
            now = confirmed(deadline);
        }
        return now;
    }

    /** A fresh connection shows that the postmaster has read the configuration and told all its processes. */
    private void requireReadByPostmaster(Deadline deadline) throws Trouble {
        boolean read = deadline.await(LOOK_EVERY, () -> {
            try (var fresh = Session.ofAgent(settings, "detach")) {
                return fresh.one(
                        settings.limits().sql(),
                        "select current_setting('primary_conninfo') = ''",
                        row -> row.getBoolean(1));
            }
        });
        if (!read) {
            throw stillReceives();
        }
    }

    private Lsn confirmed(Deadline deadline) throws Trouble {
        session.execute(settings.limits().sql(), "select pg_wal_replay_pause()");
        boolean paused = deadline.await(
                LOOK_EVERY,
                () -> session.one(
                        settings.limits().sql(),
                        "select pg_get_wal_replay_pause_state() = 'paused'",
                        row -> row.getBoolean(1)));
        resume();
        Recovery[] last = {recovery()};
        boolean quiet = paused
                && deadline.await(LOOK_EVERY, () -> {
                    last[0] = recovery();
                    return last[0].isQuiet();
                });
        if (!quiet) {
            throw stillReceives();
        }
        return last[0].replayed();
    }

    private void resume() throws Trouble {
        session.execute(settings.limits().sql(), "select pg_wal_replay_resume()");
    }

    private Trouble stillReceives() {
        return Trouble.unknown("the standby still receives or replays WAL "
                + settings.limits().detach().toMillis() + " ms after it was told to stop");
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
                       coalesce(pg_last_wal_replay_lsn(), '0/0')::text as replayed
                  from pg_stat_activity where backend_type in ('walreceiver', 'startup')
                """,
                row -> new Recovery(
                        row.getBoolean("standby"),
                        row.getString("conninfo"),
                        row.getInt("receivers"),
                        row.getString("startup_wait"),
                        Lsn.parse(row.getString("replayed"))));
    }
}
