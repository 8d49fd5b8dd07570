package io.interrex.persistence;

/** An append does not continue the hash chain of its stream: the writer knows another history. Nothing was stored. */
public final class BrokenChainException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    public BrokenChainException(String message) {
        super(message);
    }
}
