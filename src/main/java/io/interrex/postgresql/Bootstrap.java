package io.interrex.postgresql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Makes an empty database cluster with roles and Interrex's schema. Everything is made aside by single-user sessions, to
 * which nobody can connect, and takes its place by one rename.
 */
final class Bootstrap {

    private final PostgresSettings settings;
    private final ServerConfiguration configuration;
    private final ServerProcess process;
    private final Tools tools;
    private final Secrets secrets;

    Bootstrap(PostgresSettings settings, ServerConfiguration configuration, ServerProcess process, Tools tools) {
        this.settings = settings;
        this.configuration = configuration;
        this.process = process;
        this.tools = tools;
        this.secrets = new Secrets(settings.secrets());
    }

    void initialise() throws Trouble {
        process.requireStopped("creating a database cluster");
        new StrayTools(settings).end();
        Path data = settings.data();
        Path staging = settings.staging();
        try {
            requireEmpty(data);
            DurableFiles.deleteTree(staging);
            configuration.writePassFile();
            initdb(staging);
            single(staging, "postgres", rolesAndDatabases());
            single(staging, PostgresSettings.DATABASE, schema());
            Files.deleteIfExists(data);
            DurableFiles.rename(staging, data);
            configuration.write(ServerRole.standby(null));
        } catch (IOException e) {
            throw Trouble.of("creating " + data, e);
        }
    }

    private void requireEmpty(Path data) throws IOException, Trouble {
        if (!Files.exists(data)) {
            return;
        }
        try (var entries = Files.list(data)) {
            if (entries.findAny().isPresent()) {
                throw Trouble.refused("a new database cluster is only made in an empty directory, but " + data
                        + " is not: remove it by hand if its data are not wanted");
            }
        }
    }

    private void initdb(Path staging) throws Trouble {
        var output = tools.run(
                List.of(
                        settings.tool("initdb"),
                        "--pgdata=" + staging,
                        "--data-checksums",
                        "--username=" + PostgresSettings.ADMIN_ROLE,
                        "--pwfile=" + settings.secrets().resolve(PostgresSettings.ADMIN_ROLE),
                        "--auth=scram-sha-256",
                        "--encoding=UTF8",
                        "--locale=C.UTF-8",
                        "--lc-messages=C"),
                settings.limits().tool());
        if (output.exit() != 0) {
            throw Trouble.refused("initdb failed: " + output.lastLines(3));
        }
    }

    private void single(Path data, String database, List<String> statements) throws Trouble {
        var argv = List.of(
                settings.tool("postgres"),
                "--single",
                "-D",
                data.toString(),
                "-c",
                "log_min_error_statement=panic",
                "-c",
                "log_checkpoints=off",
                "-c",
                "exit_on_error=on",
                "-c",
                "password_encryption=scram-sha-256",
                database);
        String input = String.join("\n", statements) + "\n";
        var output = tools.run(argv, Map.of(), input, settings.limits().tool());
        boolean failed = output.text().lines().anyMatch(l -> l.contains("ERROR:") || l.contains("FATAL:"));
        if (output.exit() != 0 || failed) {
            throw Trouble.refused("preparing the database '" + database + "' failed: " + output.lastLines(2));
        }
    }

    private List<String> rolesAndDatabases() throws Trouble {
        var statements = new ArrayList<>(List.of(
                "create role " + PostgresSettings.REPLICATION_ROLE + " login replication connection limit 64 password "
                        + password(PostgresSettings.REPLICATION_ROLE),
                "create role " + PostgresSettings.REWIND_ROLE + " login connection limit 16 password "
                        + password(PostgresSettings.REWIND_ROLE),
                "grant pg_read_all_stats to " + PostgresSettings.REWIND_ROLE,
                "create database " + PostgresSettings.DATABASE,
                "revoke all on database " + PostgresSettings.DATABASE + " from public",
                "grant connect on database " + PostgresSettings.DATABASE + " to " + PostgresSettings.REWIND_ROLE));
        var application = settings.application();
        if (application != null) {
            statements.add("create role " + application.role() + " login password " + password(application.role()));
            statements.add("create database " + application.database() + " owner " + application.role());
        }
        return statements;
    }

    /** May be done again. */
    static List<String> schema() {
        String role = PostgresSettings.REWIND_ROLE;
        return List.of(
                "create schema if not exists interrex",
                "create table if not exists interrex.epoch (epoch bigint primary key, uuid uuid not null, timeline int not null,"
                        + " switch_lsn pg_lsn not null, at timestamptz not null default now())",
                "create table if not exists interrex.probe (id int primary key, beat bigint not null, at timestamptz not null)"
                        + " with (fillfactor = 50)",
                "insert into interrex.probe values (1, 0, now()) on conflict (id) do nothing",
                "grant usage on schema interrex to " + role,
                "grant select on interrex.epoch to " + role,
                "grant execute on function pg_catalog.pg_ls_dir(text, boolean, boolean),"
                        + " pg_catalog.pg_stat_file(text, boolean), pg_catalog.pg_read_binary_file(text),"
                        + " pg_catalog.pg_read_binary_file(text, bigint, bigint, boolean) to " + role);
    }

    private String password(String role) throws Trouble {
        return "'" + secrets.password(role).replace("'", "''") + "'";
    }
}
