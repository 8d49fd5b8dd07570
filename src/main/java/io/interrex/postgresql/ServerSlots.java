package io.interrex.postgresql;

/**
 * How many of its connections a server has given away. Replication has slots of its own; the agent's few sessions count as clients'.
 *
 * @param used by clients; −1: not known
 * @param max without those that the server keeps for superusers, as the agent is one; −1: not known
 */
public record ServerSlots(int used, int max) {

    static final ServerSlots UNKNOWN = new ServerSlots(-1, -1);

    private static final String SQL = """
            select (select count(*) from pg_stat_activity where backend_type = 'client backend')::int,
                   current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
                       - coalesce(current_setting('reserved_connections', true), '0')::int
            """;

    /** Of a server whose looks have a session already: one that is just starting or dying has none to tell of. */
    static ServerSlots read(Session session, PostgresSettings settings) throws Trouble {
        return session.isOpen()
                ? session.one(settings.limits().status(), SQL, row -> new ServerSlots(row.getInt(1), row.getInt(2)))
                : UNKNOWN;
    }
}
