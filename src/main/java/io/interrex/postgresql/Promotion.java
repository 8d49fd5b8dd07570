package io.interrex.postgresql;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.port.Database.Promoted;
import java.io.IOException;
import java.time.Duration;

/** Makes a standby the primary, with its commit rule on disk and in force before it can acknowledge anything. */
final class Promotion {

    private static final Duration LOOK_EVERY = Duration.ofMillis(4);

    private final PostgresSettings settings;
    private final ServerConfiguration configuration;
    private final Session session;
    private final Slots slots;

    Promotion(PostgresSettings settings, ServerConfiguration configuration, Session session, Slots slots) {
        this.settings = settings;
        this.configuration = configuration;
        this.session = session;
        this.slots = slots;
    }

    Promoted promote(SyncSet syncSet) throws Trouble {
        String names = ServerRole.namesOf(syncSet);
        if (inRecovery()) {
            configuration.write(ServerRole.primary(syncSet));
            session.execute(settings.limits().sql(), "select pg_reload_conf()");
            boolean ready = Deadline.in(settings.limits().sql())
                    .await(LOOK_EVERY, () -> namesInForce().equals(names));
            if (!ready) {
                throw Trouble.unknown("the commit rule " + syncSet + " was not taken up: not promoted");
            }
            slots.ensureAll();
            new Clients(settings, session).terminate();
            session.execute(settings.limits().sql(), "select pg_promote(false)");
            if (!Deadline.in(settings.limits().promote()).await(LOOK_EVERY, () -> !inRecovery())) {
                throw Trouble.unknown("the server is still in recovery "
                        + settings.limits().promote().toMillis() + " ms after pg_promote");
            }
        } else if (!configuration.role().syncSet().equals(syncSet)) {
            throw Trouble.refused("member " + settings.member() + " is a primary already, under the commit rule "
                    + configuration.role().syncSet() + ": change that one");
        }
        int timeline = session.one(
                settings.limits().sql(),
                "select ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int",
                row -> row.getInt(1));
        return new Promoted(timeline, switchLsn(settings, timeline));
    }

    /** Where {@code timeline} left its predecessor, from its history file; zero for the first. */
    static Lsn switchLsn(PostgresSettings settings, int timeline) throws Trouble {
        if (timeline <= 1) {
            return Lsn.ZERO;
        }
        var file = settings.data().resolve("pg_wal").resolve("%08X.history".formatted(timeline));
        try {
            String text = DurableFiles.readIfThere(file);
            if (text == null) {
                throw Trouble.unknown("there is no " + file);
            }
            return TimelineHistory.parse(text).lastSwitch();
        } catch (IOException e) {
            throw Trouble.of("reading " + file, e);
        }
    }

    private boolean inRecovery() throws Trouble {
        return session.one(settings.limits().sql(), "select pg_is_in_recovery()", row -> row.getBoolean(1));
    }

    private String namesInForce() throws Trouble {
        return session.one(
                settings.limits().sql(),
                "select current_setting('synchronous_standby_names')",
                row -> row.getString(1));
    }
}
