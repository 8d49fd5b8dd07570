package io.interrex.postgresql;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** The rows that Interrex keeps in the database itself: one epoch marker per reign, and the write probe's. */
final class Markers {

    static final String LINEAGE =
            "select coalesce(array_agg(concat_ws(' ', epoch, uuid, timeline, switch_lsn) order by epoch), '{}')"
                    + " from interrex.epoch";

    private final PostgresSettings settings;
    private final Session session;

    Markers(PostgresSettings settings, Session session) {
        this.settings = settings;
        this.session = session;
    }

    Lsn write(long epoch, UUID uuid) throws Trouble {
        Duration limit = settings.limits().sql();
        ServerFacts facts = ServerFacts.read(session, limit);
        if (facts.standby()) {
            throw Trouble.refused("the marker of epoch " + epoch + " is for a primary, but member " + settings.member()
                    + " is in recovery");
        }
        if (facts.epoch() > epoch) {
            throw Trouble.refused("the marker of epoch " + epoch + " comes too late: the database holds that of epoch "
                    + facts.epoch());
        }
        Lsn switchLsn = Promotion.switchLsn(settings, facts.timeline());
        session.execute(
                limit,
                "insert into interrex.epoch (epoch, uuid, timeline, switch_lsn) values (?, ?, ?, ?::pg_lsn)"
                        + " on conflict (epoch) do nothing",
                epoch,
                uuid,
                facts.timeline(),
                switchLsn.toString());
        UUID found = session.one(
                limit, "select uuid from interrex.epoch where epoch = ?", row -> row.getObject(1, UUID.class), epoch);
        if (!found.equals(uuid)) {
            throw Trouble.refused("the database holds another reign under epoch " + epoch + ": its marker is " + found
                    + ", not " + uuid + ". This member belongs to another lineage: clone it anew");
        }
        return flushed();
    }

    List<Reign> lineage() throws Trouble {
        return session.one(settings.limits().sql(), LINEAGE, Markers::reigns);
    }

    /** How long a commit on this server's own disk takes. */
    Duration probe(Duration limit) throws Trouble {
        long begin = System.nanoTime();
        session.execute(limit, "update interrex.probe set beat = beat + 1, at = now() where id = 1");
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    /** On local disk up to here; behind every commit that has returned. */
    Lsn flushed() throws Trouble {
        return session.one(
                settings.limits().sql(), "select pg_current_wal_flush_lsn()::text", row -> Lsn.parse(row.getString(1)));
    }

    static List<Reign> reigns(ResultSet row) throws SQLException {
        var reigns = new ArrayList<Reign>();
        for (String text : Arrays.asList((String[]) row.getArray(1).getArray())) {
            String[] words = text.split(" ", -1);
            reigns.add(new Reign(
                    Long.parseLong(words[0]),
                    UUID.fromString(words[1]),
                    Integer.parseInt(words[2]),
                    Lsn.parse(words[3])));
        }
        return List.copyOf(reigns);
    }
}
