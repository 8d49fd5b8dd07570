package io.interrex.postgresql;

import java.time.Duration;

/** The sessions of clients: all that are not Interrex's own or replication's. */
final class Clients {

    private static final Duration LOOK_EVERY = Duration.ofMillis(5);
    private static final String THEIRS =
            " from pg_stat_activity where backend_type = 'client backend' and usename !~ '^interrex_'";

    private final PostgresSettings settings;
    private final Session session;

    Clients(PostgresSettings settings, Session session) {
        this.settings = settings;
        this.session = session;
    }

    void terminate() throws Trouble {
        boolean gone = Deadline.in(settings.limits().sql()).await(LOOK_EVERY, () -> {
            session.execute(settings.limits().sql(), "select count(pg_terminate_backend(pid))" + THEIRS);
            return session.one(settings.limits().sql(), "select count(*) = 0" + THEIRS, row -> row.getBoolean(1));
        });
        if (!gone) {
            throw Trouble.unknown("sessions of clients are left "
                    + settings.limits().sql().toMillis() + " ms after they were told to end: kill the server");
        }
    }
}
