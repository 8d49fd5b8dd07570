package io.interrex.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A fresh PostgreSQL data directory on 127.0.0.1 and its command line; whoever tests something starts it. */
public final class TempPostgres implements AutoCloseable {
    private static final Duration RETRY = Duration.ofMillis(10);

    private final Path home;
    private final Path binaries;
    private final int port;

    private TempPostgres(Path home, Path binaries, int port) {
        this.home = home;
        this.binaries = binaries;
        this.port = port;
    }

    /** Runs initdb in a new directory below the system's temporary one. */
    public static TempPostgres create() throws IOException, InterruptedException {
        var postgres = empty();
        var initdb = List.of(
                postgres.binaries.resolve("initdb").toString(),
                "--pgdata=" + postgres.data(),
                "--username=postgres",
                "--auth=trust",
                "--no-sync",
                "--encoding=UTF8",
                "--no-locale");
        Process process = new ProcessBuilder(Unprivileged.command(initdb))
                .directory(postgres.home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(postgres.home.resolve("initdb.log").toFile())
                .start();
        if (process.waitFor() != 0) {
            throw new IOException("initdb failed: " + Files.readString(postgres.home.resolve("initdb.log")));
        }
        return postgres;
    }

    /** An empty data directory and a port, for tests that need no server. */
    public static TempPostgres empty() throws IOException {
        Path home = Files.createTempDirectory("interrex-postgres-");
        Path data = Files.createDirectory(home.resolve("data"));
        Unprivileged.own(home);
        Unprivileged.own(data);
        return new TempPostgres(home, newestBinaries(), FreePort.find());
    }

    /** Belongs to the unprivileged user, as all in it. */
    public Path home() {
        return home;
    }

    public Path data() {
        return home.resolve("data");
    }

    public Path serverLog() {
        return home.resolve("server.log");
    }

    public int port() {
        return port;
    }

    /** The server's command line, without fsync: the host does not crash in these tests. */
    public List<String> argv() {
        return List.of(
                binaries.resolve("postgres").toString(),
                "-D",
                data().toString(),
                "-p",
                Integer.toString(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "fsync=off",
                "-c",
                "max_connections=200",
                "-c",
                "shared_buffers=16MB");
    }

    /** A connection as superuser, as soon as the server takes one. */
    public Connection connect(Duration limit) throws SQLException, IOException, InterruptedException {
        long until = System.nanoTime() + limit.toNanos();
        while (true) {
            try {
                return DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + port + "/postgres?connectTimeout=2&sslmode=disable",
                        "postgres",
                        "");
            } catch (SQLException e) {
                if (System.nanoTime() - until >= 0) {
                    throw new SQLException("No connection within " + limit + "; the server's log: " + log(), e);
                }
            }
            new CountDownLatch(1).await(RETRY.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** The processes that have this data directory as their working directory, as the kernel tells; zombies are none. */
    public List<Long> processes() throws IOException {
        try (var all = Files.list(Path.of("/proc"))) {
            return all.filter(entry -> entry.getFileName().toString().chars().allMatch(Character::isDigit))
                    .filter(this::livesHere)
                    .map(entry -> Long.valueOf(entry.getFileName().toString()))
                    .sorted()
                    .toList();
        }
    }

    private boolean livesHere(Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("cwd")).equals(data());
        } catch (IOException e) {
            return false; // gone meanwhile, or a zombie
        }
    }

    public String log() throws IOException {
        return Files.exists(serverLog()) ? Files.readString(serverLog(), StandardCharsets.UTF_8) : "";
    }

    /** Deletes the directory; whoever started processes in it ended them before. */
    @Override
    public void close() throws IOException {
        try (var all = Files.walk(home)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.deleteIfExists(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    /** The directory of PostgreSQL's programs. */
    public static Path newestBinaries() throws IOException {
        try (var versions = Files.list(Path.of("/usr/lib/postgresql"))) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
                    .max(Comparator.naturalOrder())
                    .orElseThrow(() -> new IOException("No PostgreSQL in /usr/lib/postgresql: run deploy/setup"));
        }
    }
}
