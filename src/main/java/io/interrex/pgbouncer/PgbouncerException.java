package io.interrex.pgbouncer;

/** Says why PgBouncer cannot be used at all, and what the operator can do. */
public final class PgbouncerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PgbouncerException(String message) {
        super(message);
    }

    PgbouncerException(String message, Throwable cause) {
        super(message, cause);
    }
}
