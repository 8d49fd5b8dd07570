package io.interrex.pgbouncer;

import io.interrex.cluster.group.MemberInfo;
import io.interrex.host.ProgramPath;
import io.interrex.testkit.FreePort;
import io.interrex.testkit.TempPostgres;
import io.interrex.testkit.Unprivileged;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Two independent PostgreSQL servers, a and b, with a database app, and what a PgBouncer before them needs. */
final class Pair implements AutoCloseable {
    static final String PASSWORD = "s3cret-\"word";
    private static final Duration UP_WITHIN = Duration.ofSeconds(20);

    private final Map<String, TempPostgres> servers = new LinkedHashMap<>();
    private final List<Process> processes = new ArrayList<>();
    private final Path home = Files.createTempDirectory("interrex-pool");
    final int port = FreePort.find();

    Pair() throws IOException, InterruptedException, SQLException {
        Files.writeString(Files.createDirectory(home.resolve("secrets")).resolve("app"), PASSWORD + "\n");
        for (String name : List.of("a", "b")) {
            TempPostgres server = TempPostgres.create();
            servers.put(name, server);
            processes.add(new ProcessBuilder(Unprivileged.command(server.argv()))
                    .redirectErrorStream(true)
                    .redirectOutput(server.serverLog().toFile())
                    .start());
        }
        for (var entry : servers.entrySet()) {
            try (Connection admin = entry.getValue().connect(UP_WITHIN);
                    Statement statement = admin.createStatement()) {
                statement.execute("create role app login password '" + PASSWORD + "'");
                statement.execute("create database app owner app");
                // as Interrex sets it: a backend whose client is gone ends in the middle of its query
                statement.execute("alter role app set client_connection_check_interval = '100ms'");
                Files.writeString(
                        entry.getValue().data().resolve("pg_hba.conf"),
                        "host all app all scram-sha-256\nhost all postgres all trust\n");
                statement.execute("select pg_reload_conf()");
            }
        }
    }

    PgbouncerSettings settings() throws IOException {
        List<MemberInfo> members = servers.entrySet().stream()
                .map(entry -> new MemberInfo(
                        entry.getKey(), "127.0.0.1", entry.getValue().port(), "z", 0, false, false, false))
                .toList();
        return new PgbouncerSettings(
                program(),
                home.resolve("run"),
                "g",
                members,
                "127.0.0.1",
                port,
                List.of("app"),
                "app",
                home.resolve("secrets"),
                null,
                5,
                Duration.ofSeconds(1));
    }

    /** PgBouncer refuses to run as root: as such it gets a user namespace in which it is somebody else. */
    private String program() throws IOException {
        if (!Unprivileged.isRoot()) {
            return "pgbouncer";
        }
        Path script = home.resolve("pgbouncer");
        Files.writeString(script, """
                #!/bin/sh
                exec unshare --user --map-user=65534 --map-group=65534 -- setpriv --pdeathsig KILL -- %s "$@"
                """.formatted(ProgramPath.find("pgbouncer").orElseThrow()), StandardCharsets.UTF_8);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return script.toString();
    }

    Path run() {
        return home.resolve("run");
    }

    /** Through PgBouncer, as an application. */
    Connection client(String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:%d/%s?prepareThreshold=0&sslmode=disable&socketTimeout=20&loginTimeout=20"
                        .formatted(port, database),
                "app",
                PASSWORD);
    }

    /** The port of the server that answers. */
    static int serverOf(Connection client) throws SQLException {
        try (Statement statement = client.createStatement();
                ResultSet row = statement.executeQuery("select inet_server_port()")) {
            row.next();
            return row.getInt(1);
        }
    }

    int portOf(String name) {
        return Objects.requireNonNull(servers.get(name)).port();
    }

    /** Client sessions of the application on that server, as the server itself counts them. */
    int sessionsOn(String name) throws SQLException, IOException, InterruptedException {
        try (Connection admin = Objects.requireNonNull(servers.get(name)).connect(UP_WITHIN);
                Statement statement = admin.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from pg_stat_activity where usename = 'app'")) {
            row.next();
            return row.getInt(1);
        }
    }

    @Override
    public void close() throws IOException {
        for (Process process : processes) {
            process.destroyForcibly();
            process.onExit().join();
        }
        for (TempPostgres server : servers.values()) {
            server.close();
        }
        try (var files = Files.walk(home)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
