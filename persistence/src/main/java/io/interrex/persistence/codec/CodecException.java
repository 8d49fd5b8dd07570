package io.interrex.persistence.codec;

/** Something stored or received cannot be read: an unknown type, an unknown field, a damaged envelope. Never skipped. */
public final class CodecException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    public CodecException(String message) {
        super(message);
    }

    public CodecException(String message, Throwable cause) {
        super(message, cause);
    }
}
