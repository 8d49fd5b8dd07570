package io.interrex.postgresql;

import io.interrex.cluster.port.Database.Upstream;
import java.nio.file.Files;
import java.time.Duration;

/** Decides whether a clone may replace what is in the data directory: never another database, and only where it fits. */
final class ClonePreconditions {

    /** What a copy takes beside the databases: WAL that is written meanwhile, and what the server needs to start. */
    private static final long MARGIN_BYTES = 256L << 20;

    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private final PostgresSettings settings;
    private final Tools tools;

    /** @param bytes of all databases, -1 where this role may not know */
    private record Source(String systemId, long bytes) {}

    ClonePreconditions(PostgresSettings settings, Tools tools) {
        this.settings = settings;
        this.tools = tools;
    }

    /** @return bytes that the copy takes */
    long require(Upstream upstream, Upstream copied) throws Trouble {
        Source source = look(upstream);
        if (Files.exists(settings.data().resolve("global").resolve("pg_control"))
                && !Files.exists(settings.incomplete())) {
            requireSame(ControlData.read(tools, settings, settings.data()).systemId(), source.systemId());
        }
        requireSpace(source.bytes(), settings.home().toFile().getUsableSpace());
        requireFree(copied);
        return Math.max(0, source.bytes()) + MARGIN_BYTES;
    }

    private void requireSame(String own, String theirs) throws Trouble {
        if (!own.equals(theirs)) {
            throw Trouble.refused("the data directory " + settings.data()
                    + " holds another database (system identifier "
                    + own + ", the primary has " + theirs + "): it is not overwritten. Move it away yourself if the"
                    + " member is to be cloned into its place");
        }
    }

    void requireSpace(long sourceBytes, long freeBytes) throws Trouble {
        if (sourceBytes >= 0 && freeBytes < sourceBytes + MARGIN_BYTES) {
            throw Trouble.refused("a clone needs " + mebibytes(sourceBytes + MARGIN_BYTES) + " in "
                    + settings.home() + ", and " + mebibytes(freeBytes) + " are free (the old data are kept until"
                    + " the copy is whole): make room there");
        }
    }

    /** A copy takes two senders of WAL, one for data and one for WAL, and a slot while it lasts. */
    private void requireFree(Upstream copied) throws Trouble {
        Duration limit = settings.limits().sql();
        try (var session = session(copied)) {
            int senders = session.one(
                    limit,
                    "select current_setting('max_wal_senders')::int - count(*)::int from pg_stat_replication",
                    row -> row.getInt(1));
            requireFree(copied.member(), "max_wal_senders", senders, 2);
            int slots = session.one(
                    limit,
                    "select current_setting('max_replication_slots')::int - count(*)::int from pg_replication_slots",
                    row -> row.getInt(1));
            requireFree(copied.member(), "max_replication_slots", slots, 1);
        }
    }

    static void requireFree(String member, String setting, int free, int needed) throws Trouble {
        if (free < needed) {
            throw Trouble.refused("a clone needs " + needed + " free of " + setting + " at member " + member + ", and "
                    + Math.max(0, free) + " are: raise " + setting + " there, or end what has them");
        }
    }

    private static String mebibytes(long bytes) {
        return (bytes >> 20) + " MiB";
    }

    private Source look(Upstream upstream) throws Trouble {
        Duration limit = settings.limits().sql();
        try (var session = session(upstream)) {
            String systemId = session.one(
                    limit, "select system_identifier::text from pg_control_system()", row -> row.getString(1));
            return new Source(systemId, size(session, limit));
        }
    }

    private Session session(Upstream server) {
        var target = new Session.Target(
                server.host(), server.port(), PostgresSettings.DATABASE, PostgresSettings.REWIND_ROLE, "clone");
        return new Session(target, new Secrets(settings.secrets()));
    }

    private static long size(Session session, Duration limit) throws Trouble {
        try {
            return session.one(
                    limit, "select sum(pg_database_size(oid))::bigint from pg_database", row -> row.getLong(1));
        } catch (Trouble e) {
            if (e.sqlState().equals(INSUFFICIENT_PRIVILEGE)) {
                return -1;
            }
            throw e;
        }
    }
}
