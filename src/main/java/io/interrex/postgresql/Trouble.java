package io.interrex.postgresql;

import io.interrex.cluster.port.Outcome;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Why an operation on the server did not end as done: it was refused (nothing changed), or nobody knows. */
final class Trouble extends Exception {

    private static final long serialVersionUID = 1;

    private final boolean refused;
    private final String sqlState;

    private Trouble(String message, boolean refused, String sqlState, @Nullable Throwable cause) {
        super(message, cause);
        this.refused = refused;
        this.sqlState = sqlState;
    }

    static Trouble refused(String message) {
        return new Trouble(message, true, "", null);
    }

    static Trouble unknown(String message) {
        return new Trouble(message, false, "", null);
    }

    static Trouble of(String what, IOException e) {
        return new Trouble(what + ": " + e, false, "", e);
    }

    /** A wrong password is refused, with its remedy; anything else leaves open whether the statement took effect. */
    static Trouble of(String what, String user, SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        return switch (state) {
            case "28P01", "28000" ->
                new Trouble(
                        what + ": the server does not accept the login of role '" + user + "' (" + firstLine(e)
                                + "). Compare the file '" + user
                                + "' in the directory of secrets with the other nodes', or set it with ALTER ROLE",
                        true,
                        state,
                        e);
            default -> new Trouble(what + ": " + firstLine(e), false, state, e);
        };
    }

    static Trouble interrupted(String what) {
        Thread.currentThread().interrupt();
        return unknown(what + ": interrupted");
    }

    /** Five characters as in PostgreSQL's appendix "Error Codes"; empty where the trouble is not the server's. */
    String sqlState() {
        return sqlState;
    }

    /** Nothing came back in time, as against "nobody listens". */
    boolean isTimeout() {
        for (Throwable cause = getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                return true;
            }
        }
        return false;
    }

    boolean isRefused() {
        return refused;
    }

    String text() {
        String message = getMessage();
        return message == null ? toString() : message;
    }

    <T> Outcome<T> outcome() {
        return refused ? Outcome.refused(text()) : Outcome.unknown(text());
    }

    private static String firstLine(SQLException e) {
        String message = e.getMessage();
        return message == null ? e.toString() : message.lines().findFirst().orElse(message);
    }
}
