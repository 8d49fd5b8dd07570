package io.interrex.pgbouncer;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts the messages of one answer together until PgBouncer is ready for the next question. */
final class ConsoleAnswer {
    private static final int TEXT_MAX = 300;
    private static final int COLUMNS_MAX = 100;
    private static final int COLUMN_DETAILS = 18;

    private final List<String> columns = new ArrayList<>();
    private final List<Map<String, String>> rows = new ArrayList<>();
    private @Nullable String refusal;
    private boolean complete;

    boolean isComplete() {
        return complete;
    }

    /** PgBouncer's words; null: none. */
    @Nullable
    String refusal() {
        return refusal;
    }

    List<Map<String, String>> rows() {
        return List.copyOf(rows);
    }

    /** Any message is taken, or refused in one short line. */
    void take(byte type, ByteBuffer body) throws IOException {
        try {
            switch (type) {
                case 'R' -> login(body);
                case 'T' -> columns(body);
                case 'D' -> row(body);
                case 'E' -> {
                    refusal = error(body);
                    // an error before the login is followed by the end of the connection
                    complete = refusal.startsWith("FATAL");
                }
                case 'Z' -> complete = true;
                case 'S', 'K', 'C', 'N' -> body.position(body.limit());
                default -> throw new IOException("a message of type %d that is none of the console's".formatted(type));
            }
        } catch (BufferUnderflowException e) {
            throw new IOException("a message of type %c that ends too early".formatted(type), e);
        }
    }

    private static void login(ByteBuffer body) throws IOException {
        int kind = body.getInt();
        if (kind != 0) {
            throw new IOException(
                    "PgBouncer asks for a password (%d): the console's socket belongs to a PgBouncer of another user"
                            .formatted(kind));
        }
    }

    private void columns(ByteBuffer body) throws IOException {
        int count = body.getShort();
        if (count < 0 || count > COLUMNS_MAX) {
            throw new IOException("a table of %d columns".formatted(count));
        }
        columns.clear();
        for (int i = 0; i < count; i++) {
            columns.add(text(body));
            for (int skipped = 0; skipped < COLUMN_DETAILS; skipped++) {
                body.get();
            }
        }
    }

    private void row(ByteBuffer body) throws IOException {
        int count = body.getShort();
        if (count != columns.size()) {
            throw new IOException("a row of %d values in a table of %d columns".formatted(count, columns.size()));
        }
        var row = new LinkedHashMap<String, String>();
        for (String column : columns) {
            int length = body.getInt();
            if (length > body.remaining()) {
                throw new BufferUnderflowException();
            }
            byte[] value = new byte[Math.max(0, length)];
            body.get(value);
            row.put(column, new String(value, StandardCharsets.UTF_8));
        }
        rows.add(row);
    }

    private static String error(ByteBuffer body) {
        String severity = "ERROR";
        String message = "(nothing)";
        for (byte field = body.get(); field != 0; field = body.get()) {
            String text = text(body);
            severity = field == 'S' ? text : severity;
            message = field == 'M' ? text : message;
        }
        return abridged(severity + ": " + message);
    }

    private static String text(ByteBuffer body) {
        int start = body.position();
        int length = 0;
        while (body.get() != 0) {
            length++;
        }
        byte[] bytes = new byte[length];
        body.get(start, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static String abridged(String text) {
        String start = text.length() > TEXT_MAX ? text.substring(0, TEXT_MAX) + "…" : text;
        return start.replaceAll("[\\x00-\\x1f\\x7f-\\x9f]", "?");
    }
}
