package io.interrex.haproxy;

/** Says why HAProxy cannot be used at all, and what the operator can do. */
public final class HaproxyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    HaproxyException(String message) {
        super(message);
    }

    HaproxyException(String message, Throwable cause) {
        super(message, cause);
    }
}
