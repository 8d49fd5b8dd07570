package io.interrex.lab;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.Driver;

/**
 * Where a probe connects, and as whom: a member, or a router's port.
 *
 * @param others further ports of the host; where there are any, the driver asks all in turn for one that takes writes
 */
public record ProbeTarget(String host, int port, List<Integer> others, String database, String user, String password) {

    public ProbeTarget {
        others = List.copyOf(others);
    }

    public ProbeTarget(String host, int port, String database, String user, String password) {
        this(host, port, List.of(), database, user, password);
    }

    /** A handshake needs few round trips; the driver's own time-outs count in whole seconds and are not used. */
    public Connection connect(Duration connectMax, Duration answerMax, boolean localCommit) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("socketFactory", DeadlineSockets.class.getName());
        properties.setProperty("socketFactoryArg", connectMax.toMillis() + "/" + answerMax.toMillis());
        properties.setProperty("sslmode", "disable");
        properties.setProperty("gssEncMode", "disable");
        properties.setProperty("preferQueryMode", "simple");
        properties.setProperty("assumeMinServerVersion", "14");
        properties.setProperty("ApplicationName", "interrex-probe");
        if (localCommit) {
            properties.setProperty("options", "-c synchronous_commit=local");
        }
        if (!others.isEmpty()) {
            properties.setProperty("targetServerType", "primary");
            properties.setProperty("hostRecheckSeconds", "0");
        }
        String addresses = Stream.concat(Stream.of(port), others.stream())
                .map(one -> (host.contains(":") ? "[" + host + "]" : host) + ":" + one)
                .collect(Collectors.joining(","));
        Connection connection = new Driver().connect("jdbc:postgresql://" + addresses + "/" + database, properties);
        if (connection == null) {
            throw new SQLException(addresses + "/" + database + " is no address of a database");
        }
        return connection;
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "%s@%s:%d/%s".formatted(user, host, port, database);
    }
}
