package io.interrex.postgresql;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.port.DatabaseStatus.Sender;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a running server says of itself, in one round trip.
 *
 * @param lsn on a primary the flush position, on a standby max(received, replayed)
 */
record ServerFacts(
        boolean standby,
        long startedAtMs,
        Lsn lsn,
        Lsn replayed,
        int timeline,
        boolean receiving,
        long epoch,
        @Nullable UUID uuid,
        String syncNames,
        List<Sender> senders,
        String systemId,
        int version) {

    private static final String SQL = """
            select r.standby,
                   (extract(epoch from pg_postmaster_start_time()) * 1000)::bigint as started_at_ms,
                   case when r.standby
                        then greatest(coalesce(pg_last_wal_receive_lsn(), '0/0'), coalesce(pg_last_wal_replay_lsn(), '0/0'))
                        else pg_current_wal_flush_lsn() end::text as lsn,
                   coalesce(pg_last_wal_replay_lsn(), '0/0')::text as replayed,
                   case when r.standby
                        then greatest(c.timeline_id, m.min_recovery_end_timeline, w.received_tli)
                        else ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int end as timeline,
                   coalesce(w.status = 'streaming', false) as receiving,
                   coalesce(e.epoch, 0) as epoch,
                   e.uuid,
                   current_setting('synchronous_standby_names') as sync_names,
                   (select coalesce(string_agg(concat_ws(' ', application_name, state, coalesce(flush_lsn, '0/0'),
                               coalesce(replay_lsn, '0/0'), sync_state), ','), '')
                      from pg_stat_replication where usename = 'interrex_replication'
                       and application_name !~ '[ ,]') as senders,
                   s.system_identifier::text as system_id,
                   current_setting('server_version_num')::int as version
              from (select pg_is_in_recovery() as standby) r
             cross join pg_control_system() s
             cross join pg_control_checkpoint() c
             cross join pg_control_recovery() m
              left join (select status, received_tli from pg_stat_wal_receiver) w on true
              left join (select epoch, uuid from interrex.epoch order by epoch desc limit 1) e on true
            """;

    static ServerFacts read(Session session, Duration limit) throws Trouble {
        return session.one(limit, SQL, ServerFacts::of);
    }

    private static ServerFacts of(ResultSet row) throws SQLException {
        return new ServerFacts(
                row.getBoolean("standby"),
                row.getLong("started_at_ms"),
                Lsn.parse(row.getString("lsn")),
                Lsn.parse(row.getString("replayed")),
                row.getInt("timeline"),
                row.getBoolean("receiving"),
                row.getLong("epoch"),
                row.getObject("uuid", UUID.class),
                row.getString("sync_names"),
                senders(row.getString("senders")),
                row.getString("system_id"),
                row.getInt("version"));
    }

    private static List<Sender> senders(String text) {
        return Stream.of(text.split(",", -1))
                .filter(part -> !part.isEmpty())
                .map(part -> part.split(" ", -1))
                .map(w -> new Sender(w[0], w[1], Lsn.parse(w[2]), Lsn.parse(w[3]), w[4]))
                .toList();
    }
}
