package io.interrex.postgresql;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Reads {@link AdoptionFacts} from a running server and from the files that it names. */
final class AdoptionReader {

    private static final String FACTS =
            """
            select json_build_object(
              'version', current_setting('server_version_num')::int / 10000,
              'superuser', (select rolsuper from pg_roles where rolname = current_user),
              'standby', pg_is_in_recovery(),
              'upstream', (select sender_host || ':' || sender_port from pg_stat_wal_receiver),
              'system', (select system_identifier::text from pg_control_system()),
              'timeline', case when pg_is_in_recovery() then (select timeline_id from pg_control_checkpoint())
                          else ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int end,
              'checksums', current_setting('data_checksums') = 'on',
              'hints', current_setting('wal_log_hints') = 'on',
              'senders', current_setting('max_wal_senders')::int,
              'physical', (select coalesce(json_agg(slot_name), '[]') from pg_replication_slots
                            where slot_type = 'physical' and slot_name !~ '^interrex_'),
              'logical', (select coalesce(json_agg(slot_name), '[]') from pg_replication_slots where slot_type = 'logical'),
              'tablespaces', (select coalesce(json_agg(spcname), '[]') from pg_tablespace
                               where spcname not in ('pg_default', 'pg_global')),
              'databases', (select json_agg(datname) from pg_database where datallowconn),
              'roles', (select json_agg(rolname) from pg_roles),
              'verifiers', (select coalesce(json_object_agg(rolname, coalesce(rolpassword, '')), '{}') from pg_authid
                             where rolname in ('%s', '%s', '%s')),
              'settings', (select coalesce(json_agg(json_build_object(
                               'name', name, 'value', current_setting(name), 'file', sourcefile)), '[]')
                             from pg_settings where source in ('configuration file', 'command line')
                              and context <> 'internal'),
              'hba', current_setting('hba_file'),
              'ident', current_setting('ident_file'))
            """.formatted(PostgresSettings.ADMIN_ROLE, PostgresSettings.REPLICATION_ROLE, PostgresSettings.REWIND_ROLE);

    private static final String OWN = """
            select json_build_object(
              'schema', to_regnamespace('interrex') is not null,
              'epochs', to_regclass('interrex.epoch') is not null,
              'others', exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
                                 where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'interrex')))
            """;

    private static final String MARKERS =
            "select coalesce(json_agg(epoch || ' ' || uuid order by epoch), '[]') from interrex.epoch";

    private final ForeignServer server;
    private final Path data;

    AdoptionReader(ForeignServer server, Path data) {
        this.server = server;
        this.data = data;
    }

    AdoptionFacts read() throws Trouble, IOException {
        JsonNode facts = server.ask(FACTS);
        boolean there = texts(facts.path("databases")).contains(PostgresSettings.DATABASE);
        JsonNode own = there ? server.askOwn(OWN) : facts.path("none");
        boolean markers = own.path("epochs").asBoolean();
        String hba = facts.path("hba").asText();
        String ident = facts.path("ident").asText();
        var verifiers = new TreeMap<String, String>();
        facts.path("verifiers")
                .properties()
                .forEach(e -> verifiers.put(e.getKey(), e.getValue().asText()));
        return new AdoptionFacts(
                facts.path("version").asInt(),
                facts.path("superuser").asBoolean(),
                facts.path("standby").asBoolean(),
                facts.path("upstream").asText(""),
                facts.path("system").asText(),
                facts.path("timeline").asInt(),
                facts.path("checksums").asBoolean(),
                facts.path("hints").asBoolean(),
                facts.path("senders").asInt(),
                texts(facts.path("physical")),
                texts(facts.path("logical")),
                texts(facts.path("tablespaces")),
                texts(facts.path("databases")),
                texts(facts.path("roles")),
                verifiers,
                there && own.path("others").asBoolean(),
                markers ? texts(server.askOwn(MARKERS)) : List.of(),
                settings(facts.path("settings")),
                hba,
                rules(hba).stream().filter(rule -> rule.startsWith("host")).toList(),
                ident,
                !inData(ident) && Files.exists(Path.of(ident)) && !rules(ident).isEmpty());
    }

    private List<AdoptionFacts.Setting> settings(JsonNode all) {
        var settings = new ArrayList<AdoptionFacts.Setting>();
        for (JsonNode s : all) {
            String file = s.path("file").isTextual() ? s.path("file").asText() : null;
            settings.add(new AdoptionFacts.Setting(
                    s.path("name").asText(), s.path("value").asText(), file, file != null && inData(file)));
        }
        return settings;
    }

    private boolean inData(String file) {
        return Path.of(file).normalize().startsWith(data);
    }

    /** Its lines without comments; one that a backslash continues is one. */
    private static List<String> rules(String file) throws IOException {
        return Files.readString(Path.of(file), StandardCharsets.UTF_8)
                .replaceAll("\\\\\\R", " ")
                .lines()
                .map(line -> line.replaceFirst("#.*", "").strip())
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private static List<String> texts(JsonNode array) {
        var texts = new ArrayList<String>();
        array.forEach(text -> texts.add(text.asText()));
        return List.copyOf(texts);
    }
}
