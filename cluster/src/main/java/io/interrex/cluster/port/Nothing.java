package io.interrex.cluster.port;

/** The value of an {@link Outcome} that carries none. */
public enum Nothing {
    NOTHING
}
