package io.interrex.postgresql;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection, opened when needed, kept, and opened anew after a failure. Every statement has a limit, the time to
 * connect included. Commits wait for the local disk only. Used by one thread at a time; {@link #abort} by any.
 */
final class Session implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    private static final Executor SAME_THREAD = Runnable::run;
    private static final int MIN_MS = 5;

    private final Target target;
    private final Secrets secrets;
    private volatile @Nullable Connection connection;

    /** Where to log in, and as whom. */
    record Target(String host, int port, String database, String role, String purpose) {}

    @FunctionalInterface
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    Session(Target target, Secrets secrets) {
        this.target = target;
        this.secrets = secrets;
    }

    static Session ofAgent(PostgresSettings settings, String purpose) {
        return ofAgent(settings, purpose, PostgresSettings.DATABASE);
    }

    static Session ofAgent(PostgresSettings settings, String purpose, String database) {
        return new Session(
                new Target(settings.adminHost(), settings.port(), database, PostgresSettings.ADMIN_ROLE, purpose),
                new Secrets(settings.secrets()));
    }

    /** The first row, null where there is none. */
    <T> @Nullable T first(Duration limit, String sql, Row<T> reader, Object... parameters) throws Trouble {
        var deadline = Deadline.in(limit);
        boolean reused = connection != null;
        try {
            return attempt(deadline, sql, reader, parameters);
        } catch (SQLException e) {
            boolean broken = breaksConnection(e);
            if (broken) {
                abort();
            }
            if (!(broken && reused) || deadline.passed() || isTimeout(e)) {
                throw Trouble.of(describe(), target.role(), e);
            }
        }
        try {
            return attempt(deadline, sql, reader, parameters);
        } catch (SQLException e) {
            if (breaksConnection(e)) {
                abort();
            }
            throw Trouble.of(describe(), target.role(), e);
        }
    }

    <T> T one(Duration limit, String sql, Row<T> reader, Object... parameters) throws Trouble {
        T value = first(limit, sql, reader, parameters);
        if (value == null) {
            throw Trouble.unknown(describe() + ": no row came back");
        }
        return value;
    }

    /** A statement without a result. */
    void execute(Duration limit, String sql, Object... parameters) throws Trouble {
        first(limit, sql, row -> Boolean.TRUE, parameters);
    }

    boolean isOpen() {
        return connection != null;
    }

    /** From any thread: cuts the connection, so that a statement that is under way fails. */
    void abort() {
        Connection old = connection;
        connection = null;
        if (old != null) {
            try {
                old.abort(SAME_THREAD);
            } catch (SQLException e) {
                LOG.debug("aborting a connection to {}", target.host(), e);
            }
        }
    }

    @Override
    public void close() {
        abort();
    }

    private <T> @Nullable T attempt(Deadline deadline, String sql, Row<T> reader, Object... parameters)
            throws SQLException, Trouble {
        Connection current = connection;
        if (current == null) {
            current = connect(deadline);
            connection = current;
        }
        current.setNetworkTimeout(SAME_THREAD, millis(deadline));
        try (PreparedStatement statement = current.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            if (!statement.execute()) {
                return null;
            }
            try (ResultSet rows = statement.getResultSet()) {
                return rows.next() ? reader.read(rows) : null;
            }
        }
    }

    private Connection connect(Deadline deadline) throws SQLException, Trouble {
        var properties = new Properties();
        properties.setProperty("user", target.role());
        properties.setProperty("password", secrets.password(target.role()));
        properties.setProperty("ApplicationName", "interrex-" + target.purpose());
        properties.setProperty("sslmode", "disable");
        properties.setProperty("gssEncMode", "disable");
        properties.setProperty("socketFactory", DeadlineSocketFactory.class.getName());
        properties.setProperty("socketFactoryArg", Integer.toString(millis(deadline)));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("assumeMinServerVersion", "14");
        properties.setProperty("connectTimeout", "5");
        properties.setProperty(
                "options",
                "-c synchronous_commit=local -c default_transaction_read_only=off -c client_min_messages=error"
                        + " -c search_path=pg_catalog");
        return DriverManager.getConnection(
                "jdbc:postgresql://" + target.host() + ":" + target.port() + "/" + target.database(), properties);
    }

    private static int millis(Deadline deadline) {
        return (int) Math.clamp(deadline.left().toMillis(), MIN_MS, Integer.MAX_VALUE);
    }

    private String describe() {
        return "asking the server at " + target.host() + ":" + target.port();
    }

    private static boolean breaksConnection(SQLException e) {
        String state = e.getSQLState();
        return state == null || state.startsWith("08") || state.startsWith("57P") || state.startsWith("28");
    }

    private static boolean isTimeout(SQLException e) {
        return e.getCause() instanceof java.net.SocketTimeoutException;
    }
}
