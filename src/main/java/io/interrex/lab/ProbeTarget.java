package io.interrex.lab;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.postgresql.Driver;

/** Where a probe connects, and as whom: a member, or a router's port. */
public record ProbeTarget(String host, int port, String database, String user, String password) {

    /** A handshake needs few round trips; the driver's own time-outs count in whole seconds and are not used. */
    Connection connect(Duration connectMax, Duration answerMax, boolean localCommit) throws SQLException {
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
        String address = host.contains(":") ? "[" + host + "]" : host;
        Connection connection =
                new Driver().connect("jdbc:postgresql://%s:%d/%s".formatted(address, port, database), properties);
        if (connection == null) {
            throw new SQLException("%s:%d/%s is no address of a database".formatted(address, port, database));
        }
        return connection;
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "%s@%s:%d/%s".formatted(user, host, port, database);
    }
}
