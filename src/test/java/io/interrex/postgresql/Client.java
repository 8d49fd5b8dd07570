package io.interrex.postgresql;

import io.interrex.testkit.TempMembers.Member;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;

/** An application that writes numbers, with a fresh connection for each, and waits two seconds for an answer. */
final class Client {

    private Client() {}

    static void createTable(Member member) throws SQLException, Trouble {
        try (var connection = connect(member);
                var statement = connection.createStatement()) {
            statement.execute("create table if not exists numbers (n int primary key)");
        }
    }

    /** Empty where the write was acknowledged, else the SQL state of the failure. */
    static String tryWrite(Member member, int number) {
        try (var connection = connect(member);
                var statement = connection.createStatement()) {
            statement.execute("insert into numbers values (" + number + ")");
            return "";
        } catch (SQLException e) {
            return Objects.requireNonNullElse(e.getSQLState(), "?");
        } catch (Trouble e) {
            throw new AssertionError(e);
        }
    }

    /** A write that goes on while the test does; it comes to the same as {@link #tryWrite}. */
    static CompletableFuture<String> beginWrite(Member member, int number) {
        return CompletableFuture.supplyAsync(() -> tryWrite(member, number), Thread::startVirtualThread);
    }

    /**
     * Waits until so many commits of clients wait for a standby: they are on the member's own disk, and nobody sees them. Whose
     * client has given up goes on waiting.
     *
     * @return the processes that wait
     */
    static List<Long> awaitHeldCommits(Member member, int count) {
        var held = new ArrayList<Long>();
        Wait.until(() -> {
            held.clear();
            try (var connection = connectAsAdmin(member);
                    var statement = connection.createStatement();
                    var rows = statement.executeQuery(
                            "select pid from pg_stat_activity where wait_event = 'SyncRep' and usename = 'app'")) {
                while (rows.next()) {
                    held.add(rows.getLong(1));
                }
                return held.size() == count;
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        });
        return List.copyOf(held);
    }

    static List<Integer> rows(Member member) {
        try (var connection = connect(member);
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select n from numbers order by n")) {
            var found = new ArrayList<Integer>();
            while (rows.next()) {
                found.add(rows.getInt(1));
            }
            return found;
        } catch (SQLException | Trouble e) {
            throw new AssertionError(e);
        }
    }

    static Connection connect(Member member) throws SQLException, Trouble {
        return connect(member, "app", "app");
    }

    static Connection connectAsAdmin(Member member) throws SQLException, Trouble {
        return connectAsAdmin(member, PostgresSettings.DATABASE);
    }

    static Connection connectAsAdmin(Member member, String database) throws SQLException, Trouble {
        return connect(member, PostgresSettings.ADMIN_ROLE, database);
    }

    private static Connection connect(Member member, String role, String database) throws SQLException, Trouble {
        var properties = new Properties();
        properties.setProperty("user", role);
        properties.setProperty("password", new Secrets(member.settings().secrets()).password(role));
        properties.setProperty("sslmode", "disable");
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("socketTimeout", "2");
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + member.settings().port() + "/" + database, properties);
    }
}
