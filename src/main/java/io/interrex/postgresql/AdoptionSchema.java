package io.interrex.postgresql;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Makes in a running primary of somebody else what {@link Bootstrap} makes in a new one, and the first marker. */
final class AdoptionSchema {

    private final ForeignServer server;
    private final Secrets secrets;

    AdoptionSchema(PostgresSettings settings, ForeignServer server) {
        this.server = server;
        this.secrets = new Secrets(settings.secrets());
    }

    /** May be done again: a marker that is there stays. */
    void make(int timeline, UUID fresh) throws Trouble {
        var statements = new ArrayList<String>();
        statements.addAll(role(PostgresSettings.ADMIN_ROLE, "superuser"));
        statements.addAll(role(PostgresSettings.REPLICATION_ROLE, "replication connection limit 64"));
        statements.addAll(role(PostgresSettings.REWIND_ROLE, "connection limit 16"));
        String database = PostgresSettings.DATABASE;
        statements.add("grant pg_read_all_stats to " + PostgresSettings.REWIND_ROLE);
        statements.add("select 'create database " + database + " owner " + PostgresSettings.ADMIN_ROLE
                + " template template0' where not exists (select from pg_database where datname = '" + database
                + "') \\gexec");
        statements.add("revoke all on database " + database + " from public");
        statements.add("grant connect on database " + database + " to " + PostgresSettings.REWIND_ROLE);
        server.run(statements);
        var own = new ArrayList<>(Bootstrap.schema());
        own.add("insert into interrex.epoch (epoch, uuid, timeline, switch_lsn) select 1, '" + fresh + "', " + timeline
                + ", '0/0' where not exists (select from interrex.epoch)");
        server.runOwn(own);
    }

    private List<String> role(String name, String options) throws Trouble {
        String verifier = ScramVerifier.of(secrets.password(name));
        return List.of(
                "select 'create role " + name + "' where not exists (select from pg_roles where rolname = '" + name
                        + "') \\gexec",
                "alter role " + name + " login " + options + " password '" + verifier + "'");
    }
}
