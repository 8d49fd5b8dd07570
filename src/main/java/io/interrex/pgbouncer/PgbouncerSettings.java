package io.interrex.pgbouncer;

import io.interrex.cluster.group.MemberInfo;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Says where one group's PgBouncer listens and what it serves. Checked when made, so that nothing from a configuration file can
 * add a line to PgBouncer's.
 *
 * @param binary path of the program
 * @param runtimeDir private to this router; holds the configuration and the console's socket; made if absent
 * @param host address to listen on, with {@code port}
 * @param databases served by the writer; by readers under the same name with {@link #READ_SUFFIX}
 * @param user whose password is in {@code secrets}, in a file of that name
 * @param authFile PgBouncer's file of users; null: written from {@code secrets}
 * @param poolSize server connections of one user to one database
 * @param callMax longest wait for one answer of the console
 */
public record PgbouncerSettings(
        String binary,
        Path runtimeDir,
        String group,
        List<MemberInfo> members,
        String host,
        int port,
        List<String> databases,
        String user,
        Path secrets,
        @Nullable Path authFile,
        int poolSize,
        Duration callMax) {

    /** What a database's name ends with where its readers are meant. */
    public static final String READ_SUFFIX = "_read";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,63}");
    private static final Pattern DATABASE = Pattern.compile("[a-z_][a-z0-9_]{0,57}");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_.:%-]{1,255}");
    private static final int SOCKET_PATH_MAX = 100;
    private static final int MEMBERS_MAX = 32;

    public PgbouncerSettings {
        members = List.copyOf(members);
        databases = List.copyOf(databases);
        runtimeDir = runtimeDir.toAbsolutePath();
        require(
                NAME.matcher(group).matches(),
                "the group's name '%s' is not 1 to 63 letters, digits, _, . and -",
                group);
        require(
                !members.isEmpty() && members.size() <= MEMBERS_MAX,
                "group %s has %d members; PgBouncer routes to 1 to %d",
                group,
                members.size(),
                MEMBERS_MAX);
        for (MemberInfo member : members) {
            require(NAME.matcher(member.name()).matches(), "the member's name '%s' is no plain name", member.name());
            requireAddress("member " + member.name(), member.host(), member.port());
        }
        requireAddress("the port", host, port);
        require(!databases.isEmpty(), "group %s: no database is named; name one at least", group);
        Set<String> names = new HashSet<>();
        for (String database : databases) {
            require(
                    DATABASE.matcher(database).matches() && !database.equals("pgbouncer"),
                    "'%s' cannot be the name of a database here; use at most 58 small letters, digits and _",
                    database);
            require(
                    names.add(database) && names.add(database + READ_SUFFIX),
                    "two databases of group %s are both called %s or %s%s; rename one",
                    group,
                    database,
                    database,
                    READ_SUFFIX);
        }
        require(DATABASE.matcher(user).matches(), "'%s' is no plain name of a role", user);
        require(
                poolSize >= 1 && poolSize <= 10_000,
                "group %s: a pool of %d is not within 1 and 10000",
                group,
                poolSize);
        String socket = socketOf(runtimeDir, port).toString();
        require(
                socket.getBytes(StandardCharsets.UTF_8).length <= SOCKET_PATH_MAX && socket.matches("[\\w/.-]+"),
                "the console's socket %s needs a path of at most %d letters, digits and /._-; choose another directory",
                socket,
                SOCKET_PATH_MAX);
        if (authFile != null) {
            require(
                    authFile.isAbsolute() && authFile.toString().matches("[\\w/.-]+"),
                    "the file of users %s must be an absolute path of letters, digits and /._-",
                    authFile);
        }
    }

    PgbouncerSettings withMembers(List<MemberInfo> others) {
        return new PgbouncerSettings(
                binary, runtimeDir, group, others, host, port, databases, user, secrets, authFile, poolSize, callMax);
    }

    /** The console's. PgBouncer names it. */
    Path socket() {
        return socketOf(runtimeDir, port);
    }

    private static Path socketOf(Path directory, int port) {
        return directory.resolve(".s.PGSQL." + port);
    }

    private static void requireAddress(String what, String host, int port) {
        require(
                HOST.matcher(host).matches() && port >= 1 && port <= 65_535,
                "%s: '%s' and %d are no address and port; the port is within 1 and 65535",
                what,
                host,
                port);
    }

    private static void require(boolean holds, String sentence, Object... values) {
        if (!holds) {
            throw new PgbouncerException(sentence.formatted(values));
        }
    }
}
