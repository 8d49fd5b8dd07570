package io.interrex.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.node.WholeNodes.Said;
import io.interrex.testkit.TempPostgres;
import io.interrex.testkit.Unprivileged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;

/** A primary on the host of node a and a streaming replica on that of b, made and started by hand, as before there was Interrex. */
final class OldServers {

    /** With them alone the application, whose password is hashed by MD5, gets in. */
    static final String CLIENT_RULES =
            "[ \"host all all 127.0.0.0/8 md5\", \"host replication copier 127.0.0.0/8 trust\" ]";

    private static final String SETTINGS = """
            max_connections = 60
            max_wal_size = 128MB
            work_mem = 5MB
            wal_log_hints = on
            fsync = off
            password_encryption = md5
            unix_socket_directories = '%s'
            listen_addresses = '%s'
            cluster_name = old
            """;

    private final WholeNodes nodes;

    OldServers(WholeNodes nodes) {
        this.nodes = nodes;
    }

    Path data(String name) {
        return nodes.home(name).resolve("old");
    }

    private static String program(String name) throws IOException {
        return TempPostgres.newestBinaries().resolve(name).toString();
    }

    private static void run(String... argv) throws Exception {
        Said said = WholeNodes.unprivileged(argv);
        assertEquals(0, said.code(), said::text);
    }

    void start() throws Exception {
        String a = data("a").toString();
        run(program("initdb"), "--pgdata=" + a, "--username=postgres", "--auth=trust", "--no-sync", "--no-locale");
        Files.writeString(data("a").resolve("pg_hba.conf"), """
                local all all trust
                host  all  all  127.0.0.0/8   md5  # applications
                host replication copier 127.0.0.0/8 trust
                """);
        Files.writeString(
                data("a").resolve("postgresql.conf"), SETTINGS.formatted(nodes.home("a"), nodes.address("a")));
        start("a");
        sql("a", "create role copier login replication; create role app login password 'of old'");
        sql("a", "create database app owner app");
        sql("a", "set role app; create table kept (row text); insert into kept values ('before')", "app");
        run(
                program("pg_basebackup"),
                "--pgdata=" + data("b"),
                "--dbname=host=" + nodes.address("a") + " user=copier",
                "--write-recovery-conf",
                "--checkpoint=fast",
                "--no-sync");
        Files.writeString(
                data("b").resolve("postgresql.conf"), SETTINGS.formatted(nodes.home("b"), nodes.address("b")));
        start("b");
        Path password = nodes.secrets().resolve("app");
        Files.writeString(password, "of old\n");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        Unprivileged.own(password);
    }

    void start(String name) throws Exception {
        run(
                program("pg_ctl"),
                "--pgdata=" + data(name),
                "--log=" + nodes.home(name).resolve("old.log"),
                "--wait",
                "start");
    }

    void stop(String name) throws Exception {
        run(program("pg_ctl"), "--pgdata=" + data(name), "--mode=fast", "--wait", "stop");
    }

    String sql(String name, String sql, String... database) throws Exception {
        Said said = WholeNodes.unprivileged(
                program("psql"),
                "-XqAt",
                "-h",
                nodes.home(name).toString(),
                "-U",
                "postgres",
                "-c",
                sql,
                database.length == 0 ? "postgres" : database[0]);
        assertEquals(0, said.code(), said::text);
        return said.text().strip();
    }

    /** The replica has all that the primary has written so far. */
    void awaitReplica() throws Exception {
        String end = sql("a", "select pg_current_wal_flush_lsn()");
        nodes.await(
                "the old replica has " + end,
                Duration.ofSeconds(20),
                () -> sql("b", "select pg_last_wal_replay_lsn() >= '" + end + "'")
                        .equals("t"));
    }
}
