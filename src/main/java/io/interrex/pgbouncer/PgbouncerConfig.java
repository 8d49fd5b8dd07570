package io.interrex.pgbouncer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes PgBouncer's configuration for one group, and its file of users; both are readable by the node's user only. */
final class PgbouncerConfig {
    static final String FILE = "pgbouncer.ini";
    private static final String USERS = "users.txt";
    private static final int PASSWORD_FILE_MAX = 1024;

    /** A client waits so long for a primary: longer than a failover takes, shorter than a person's patience. */
    private static final int WAIT_MAX_S = 30;

    /**
     * so_reuseport off: a second PgBouncer on the port must fail, not take every other client. server_login_retry: a member that
     * was not there yet is tried again at once, not after 15 s. extra_float_digits: what JDBC sets. Connections are not logged:
     * each look of the router would be.
     */
    private static final String TEMPLATE = """
            ;; Written by Interrex for group %1$s. Changes made here are lost.
            [databases]
            %2$s
            [pgbouncer]
            listen_addr = %3$s
            listen_port = %4$d
            unix_socket_dir = %5$s
            unix_socket_mode = 0700
            auth_type = scram-sha-256
            auth_file = %6$s
            admin_users = pgbouncer
            pool_mode = transaction
            max_client_conn = 1000
            default_pool_size = %7$d
            query_wait_timeout = %8$d
            server_connect_timeout = 2
            server_login_retry = 0.1
            so_reuseport = 0
            ignore_startup_parameters = extra_float_digits
            log_connections = 0
            log_disconnections = 0
            log_stats = 0
            """;

    private PgbouncerConfig() {}

    static String render(PgbouncerSettings settings, Map<String, Target> targets) {
        return TEMPLATE.formatted(
                settings.group(),
                targets.entrySet().stream()
                        .map(entry -> entry.getValue().line(entry.getKey(), settings.runtimeDir()))
                        .collect(Collectors.joining()),
                settings.host(),
                settings.port(),
                settings.runtimeDir(),
                users(settings),
                settings.poolSize(),
                WAIT_MAX_S);
    }

    private static Path users(PgbouncerSettings settings) {
        Path own = settings.authFile();
        return own == null ? settings.runtimeDir().resolve(USERS) : own;
    }

    /** Whole or not at all: PgBouncer may read it at any moment. */
    static void write(PgbouncerSettings settings, Map<String, Target> targets) throws IOException {
        replace(settings.runtimeDir().resolve(FILE), render(settings, targets));
    }

    /** Before each start: nobody is reachable until a plan says so. */
    static void writeClosed(PgbouncerSettings settings) {
        try {
            write(settings, Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The directory, the users and a configuration without any server. */
    static void prepare(PgbouncerSettings settings) {
        try {
            var onlyUs = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
            if (!Files.isDirectory(settings.runtimeDir())) {
                Files.createDirectories(settings.runtimeDir(), onlyUs);
            }
            Files.setPosixFilePermissions(settings.runtimeDir(), onlyUs.value());
            Path own = settings.authFile();
            if (own == null) {
                replace(
                        settings.runtimeDir().resolve(USERS),
                        "%s %s%n".formatted(quoted(settings.user()), quoted(password(settings))));
            } else if (!Files.isReadable(own)) {
                throw new PgbouncerException(
                        "the file of users %s cannot be read; routers.NAME.auth-file names it, and the node's user must be able to read it"
                                .formatted(own));
            }
            write(settings, Map.of());
        } catch (IOException e) {
            throw new PgbouncerException(
                    "cannot write PgBouncer's configuration into %s: %s; the node's user must own this directory"
                            .formatted(settings.runtimeDir(), e.getMessage()),
                    e);
        }
    }

    private static String password(PgbouncerSettings settings) {
        Path file = settings.secrets().resolve(settings.user());
        try {
            String text = Files.size(file) > PASSWORD_FILE_MAX
                    ? ""
                    : Files.readString(file, StandardCharsets.UTF_8).strip();
            if (text.isEmpty() || text.lines().count() != 1) {
                throw new PgbouncerException("the password file %s must hold one line with the password of role %s"
                        .formatted(file, settings.user()));
            }
            return text;
        } catch (IOException e) {
            throw new PgbouncerException(
                    "PgBouncer needs the password of role %s, and %s cannot be read: %s; copy it from the node where the group was created, with mode 0600, or name a file of users in routers.NAME.auth-file"
                            .formatted(settings.user(), file, e.getMessage()),
                    e);
        }
    }

    private static String quoted(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }

    private static void replace(Path file, String text) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        var secret = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Files.createFile(fresh, secret);
        Files.writeString(fresh, text, StandardOpenOption.WRITE);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
