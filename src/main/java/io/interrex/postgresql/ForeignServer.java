package io.interrex.postgresql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A server that somebody else runs, asked through psql as its superuser: over its socket, with whatever authentication it
 * has, which JDBC could not do.
 */
final class ForeignServer {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Nothing waits for its standbys, nothing is logged that need not be, and a read-only default does not stop it. */
    private static final List<String> QUIETLY = List.of(
            "set synchronous_commit = local",
            "set default_transaction_read_only = off",
            "set log_statement = 'none'",
            "set log_min_duration_statement = -1",
            "set client_min_messages = error");

    private final PostgresSettings settings;
    private final Tools tools;
    private final AdoptionPlace.Address address;
    private final Login login;

    /**
     * @param role a superuser
     * @param database to connect to at first
     */
    record Login(String role, String database) {}

    ForeignServer(PostgresSettings settings, Tools tools, AdoptionPlace.Address address, Login login) {
        this.settings = settings;
        this.tools = tools;
        this.address = address;
        this.login = login;
    }

    /** The rows of a query that gives one JSON value. */
    JsonNode ask(String sql) throws Trouble {
        return json(login.database(), sql);
    }

    JsonNode askOwn(String sql) throws Trouble {
        return json(PostgresSettings.DATABASE, sql);
    }

    void run(List<String> statements) throws Trouble {
        psql(login.database(), statements);
    }

    void runOwn(List<String> statements) throws Trouble {
        psql(PostgresSettings.DATABASE, statements);
    }

    private JsonNode json(String database, String sql) throws Trouble {
        String text = psql(database, List.of(sql)).strip();
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw Trouble.refused("psql printed something else than expected: " + text);
        }
    }

    private String psql(String database, List<String> statements) throws Trouble {
        var argv = List.of(
                settings.tool("psql"),
                "--no-psqlrc",
                "--quiet",
                "--no-align",
                "--tuples-only",
                "--no-password",
                "--set=ON_ERROR_STOP=1",
                "--host=" + address.host(),
                "--port=" + address.port(),
                "--username=" + login.role(),
                "--dbname=" + database);
        var all = new ArrayList<>(QUIETLY);
        all.addAll(statements);
        var input = new StringBuilder();
        // one that ends itself (\gexec) takes no semicolon
        all.forEach(statement -> input.append(statement).append(statement.endsWith("\\gexec") ? "\n" : ";\n"));
        Duration limit = settings.limits().tool();
        var output = tools.run(
                argv, Map.of("PGAPPNAME", "interrex-adopt", "PGCONNECT_TIMEOUT", "10"), input.toString(), limit);
        if (output.exit() != 0) {
            throw Trouble.refused("asking the server at " + address.host() + ", port " + address.port() + ", as "
                    + login.role() + ": " + output.lastLines(2));
        }
        return output.text();
    }
}
