package io.interrex.cluster.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Bytes that somebody else sent. Shown in full where they are few, so that a failure can be made a test of its own. */
public record Input(byte[] bytes) {

    private static final int SHOWN_MAX = 4096;

    public int size() {
        return bytes.length;
    }

    /** As a text of a file or a socket, wrong bytes replaced. */
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        int shown = Math.min(bytes.length, SHOWN_MAX);
        return bytes.length + " bytes " + HexFormat.of().formatHex(bytes, 0, shown) + (shown < bytes.length ? "…" : "")
                + " = " + new String(bytes, 0, shown, StandardCharsets.ISO_8859_1).replaceAll("\\p{Cntrl}", "?");
    }
}
