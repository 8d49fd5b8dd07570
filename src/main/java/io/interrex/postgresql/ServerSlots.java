package io.interrex.postgresql;

import io.interrex.cluster.port.Slot;
import io.interrex.cluster.port.Vitals.Pending;
import java.util.Arrays;
import java.util.List;

/**
 * How many of its connections a server has given away. Replication has slots of its own; the agent's few sessions count as clients'.
 *
 * @param used by clients; −1: not known
 * @param max without those that the server keeps for superusers, as the agent is one; −1: not known
 * @param pending settings that wait for a restart
 * @param slots for replication, without those of members
 */
public record ServerSlots(int used, int max, List<Pending> pending, List<Slot> slots) {

    static final ServerSlots UNKNOWN = new ServerSlots(-1, -1, List.of(), List.of());

    /** Between fields, and between settings: in no value of a setting. */
    private static final String FIELD = "\u001f";

    private static final String SETTING = "\u001e";

    private static final String SQL = """
            select (select count(*) from pg_stat_activity where backend_type = 'client backend')::int,
                   current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
                       - coalesce(current_setting('reserved_connections', true), '0')::int,
                   (select coalesce(string_agg(s.name || E'\\x1f' || current_setting(s.name) || E'\\x1f' || coalesce(
                               (select f.setting from pg_file_settings f where f.name = s.name order by f.seqno desc limit 1),
                               s.boot_val, ''), E'\\x1e' order by s.name), '')
                    from pg_settings s where s.pending_restart)
            """;

    /** Of a server whose looks have a session already: one that is just starting or dying has none to tell of. */
    static ServerSlots read(Session session, PostgresSettings settings, PermanentSlots permanent) throws Trouble {
        if (!session.isOpen()) {
            return UNKNOWN;
        }
        List<Slot> slots = permanent.look(session);
        return session.one(
                settings.limits().status(),
                SQL,
                row -> new ServerSlots(row.getInt(1), row.getInt(2), pending(row.getString(3)), slots));
    }

    /** PostgreSQL goes on saying so of one that was set back to what it is. */
    private static List<Pending> pending(String text) {
        return Arrays.stream(text.split(SETTING))
                .map(setting -> setting.split(FIELD, -1))
                .filter(parts -> parts.length == 3)
                .map(parts -> new Pending(parts[0], parts[1], parts[2]))
                .filter(setting -> !setting.now().equals(setting.wanted()))
                .toList();
    }
}
