package io.interrex.postgresql;

import io.interrex.cluster.port.Drift;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the settings of a running server that somebody decides past Interrex: ALTER SYSTEM, or a person with an editor. Asks only
 * when one of the files changed. Used by one thread.
 */
final class ServerDrift {

    /** A status is small. */
    private static final int TOLD_MAX = 12;

    private static final int VALUE_MAX = 80;
    private static final String FIELD = "\u001f";
    private static final String ROW = "\u001e";

    /** In every postgresql.conf that initdb made; what it writes for these is no person's. */
    private static final Map<String, String> BY_INITDB = Map.of(
            "max_connections", "100",
            "shared_buffers", "128MB",
            "dynamic_shared_memory_type", "posix",
            "max_wal_size", "1GB",
            "min_wal_size", "80MB");

    private static final Set<String> OF_THE_LOCALE = Set.of(
            "datestyle",
            "timezone",
            "log_timezone",
            "lc_messages",
            "lc_monetary",
            "lc_numeric",
            "lc_time",
            "default_text_search_config");

    private static final String SQL = """
            select coalesce(string_agg(concat_ws(E'\\x1f', f.name, f.setting, f.sourcefile, f.sourceline::text), E'\\x1e' order by f.name), '')
              from (select distinct on (lower(name)) name, coalesce(setting, '') as setting, sourcefile, sourceline
                      from pg_file_settings where name is not null order by lower(name), seqno desc) f
             where f.sourcefile <> ?
            """;

    private final PostgresSettings settings;
    private final ServerConfiguration configuration;
    private final Session session;
    private List<Object> lookedAt = List.of();
    private List<Drift> found = List.of();

    ServerDrift(PostgresSettings settings, ServerConfiguration configuration, Session session) {
        this.settings = settings;
        this.configuration = configuration;
        this.session = session;
    }

    /** As it was found when a file last changed; nothing where the server has not answered since. */
    List<Drift> look() throws Trouble {
        if (!session.isOpen()) {
            return found;
        }
        try {
            List<Object> now = files();
            if (!now.equals(lookedAt)) {
                found = read();
                lookedAt = now;
            }
            return found;
        } catch (IOException e) {
            throw Trouble.of("looking at the configuration below " + settings.home(), e);
        }
    }

    private List<Object> files() throws IOException {
        var seen = new ArrayList<Object>();
        seen.add(configuration.parameters());
        for (Path file : List.of(
                settings.configFile(),
                settings.data().resolve("postgresql.conf"),
                settings.data().resolve("postgresql.auto.conf"))) {
            seen.add(Files.exists(file) ? Files.getLastModifiedTime(file) + " " + Files.size(file) : "none");
        }
        return seen;
    }

    private List<Drift> read() throws Trouble {
        var drift = new ArrayList<Drift>();
        if (configuration.isOutdated()) {
            drift.add(new Drift(
                    Drift.Kind.BY_HAND,
                    String.valueOf(settings.configFile().getFileName()),
                    "",
                    "",
                    "somebody changed this file, which Interrex writes anew"));
        }
        String told = session.one(
                settings.limits().status(),
                SQL,
                row -> row.getString(1),
                settings.configFile().toString());
        Arrays.stream(told.split(ROW))
                .map(row -> row.split(FIELD, -1))
                .filter(row -> row.length == 4)
                .map(row -> drift(row[0], row[1], Path.of(row[2]), row[3]))
                .filter(Objects::nonNull)
                .limit(TOLD_MAX)
                .forEach(drift::add);
        return List.copyOf(drift);
    }

    private @Nullable Drift drift(String name, String value, Path file, String line) {
        String plain = name.toLowerCase(Locale.ROOT);
        boolean initdb = OF_THE_LOCALE.contains(plain) || value.equals(BY_INITDB.get(plain));
        boolean system = file.endsWith("postgresql.auto.conf");
        if (initdb && !system) {
            return null;
        }
        var own = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        own.putAll(configuration.parameters());
        return new Drift(
                system ? Drift.Kind.ALTER_SYSTEM : Drift.Kind.BY_HAND,
                name,
                shown(plain, value),
                shown(plain, own.getOrDefault(name, "")),
                system ? "ALTER SYSTEM" : file.getFileName() + ":" + line);
    }

    /** Connection strings, programs and the like may hold a secret. */
    private static String shown(String name, String value) {
        boolean mayBeSecret = name.matches(".*(conninfo|command|pass|secret|key|token).*");
        return mayBeSecret && !value.isEmpty()
                ? "(not shown)"
                : value.length() > VALUE_MAX ? value.substring(0, VALUE_MAX) + "…" : value;
    }
}
