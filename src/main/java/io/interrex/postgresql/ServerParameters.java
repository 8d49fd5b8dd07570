package io.interrex.postgresql;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;

/** Puts a person's parameters in force on a running server by a reload, and says of each how it came out. */
final class ServerParameters {

    private static final Duration LOOK_EVERY = Duration.ofMillis(5);

    private static final String FIELD = "\u001f";

    private static final String ROW = "\u001e";

    private static final String EFFECTS = """
            select coalesce(string_agg(n || E'\\x1f' || case
                       when s.pending_restart and f.setting is distinct from current_setting(s.name)
                           then 'after a restart of the server (interrex restart --pending)'
                       when f.sourcefile <> ? then 'not in force: ' || f.sourcefile || ':' || f.sourceline || ' decides'
                       when f.error is not null and f.error !~ 'restart' then 'not in force, the server says: ' || f.error
                       else 'in force' end, E'\\x1e'), '')
              from unnest(?::text[]) n
              left join pg_settings s on lower(s.name) = lower(n)
              left join lateral (select * from pg_file_settings w where lower(w.name) = lower(n)
                                  order by seqno desc limit 1) f on true
            """;

    private final PostgresSettings settings;
    private final ServerConfiguration configuration;
    private final ServerProcess process;
    private final Session session;

    ServerParameters(
            PostgresSettings settings, ServerConfiguration configuration, ServerProcess process, Session session) {
        this.settings = settings;
        this.configuration = configuration;
        this.process = process;
        this.session = session;
    }

    /** The file becomes what this process would write, where it is not; and the server reads it. */
    void refresh() throws Trouble {
        if (configuration.isOutdated()) {
            configuration.write(configuration.role());
            if (process.find() != null) {
                process.reload();
            }
        }
    }

    /** @return how each of {@code changed} came out, in words */
    SortedMap<String, String> apply(Collection<String> changed) throws Trouble {
        configuration.write(configuration.role());
        var effects = new TreeMap<String, String>();
        if (process.find() == null) {
            changed.forEach(name -> effects.put(name, "when the server is started"));
            return effects;
        }
        Duration limit = settings.limits().sql();
        OffsetDateTime begun =
                session.one(limit, "select clock_timestamp()", row -> row.getObject(1, OffsetDateTime.class));
        process.reload();
        boolean read = Deadline.in(limit)
                .await(
                        LOOK_EVERY,
                        () -> session.one(limit, "select pg_conf_load_time() >= ?", row -> row.getBoolean(1), begun));
        if (!read) {
            throw Trouble.unknown(
                    "the parameters are written, and the server did not read them within " + limit.toMillis() + " ms");
        }
        String told = session.one(
                limit,
                EFFECTS,
                row -> row.getString(1),
                settings.configFile().toString(),
                changed.toArray(String[]::new));
        Arrays.stream(told.split(ROW))
                .map(row -> row.split(FIELD, -1))
                .filter(row -> row.length == 2)
                .forEach(row -> effects.put(row[0], row[1]));
        return effects;
    }
}
