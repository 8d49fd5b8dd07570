package io.interrex.guard;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Writes and reads the words of the guard's lines: percent-encoded values, and {@code key=value} fields. */
final class Words {
    private static final String PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._/=:,+@";

    private Words() {}

    /** Encodes all but a few harmless ASCII characters, so that a value is one word; an empty value cannot be one. */
    static String encode(String value) {
        if (value.isEmpty() || value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("The guard takes no empty value and none with a NUL character");
        }
        var out = new StringBuilder(value.length() + 16);
        for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
            if (b > 0 && PLAIN.indexOf(b) >= 0) {
                out.append((char) b);
            } else {
                out.append('%').append(String.format("%02X", b & 0xff));
            }
        }
        return out.toString();
    }

    /** The {@code key=value} words of a line; other words are left out. */
    static Map<String, String> fields(String text) {
        var fields = new HashMap<String, String>();
        for (String word : text.split(" ", -1)) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                fields.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
        return fields;
    }

    /** A number that the guard has to tell; a line without it is a defect of the guard, or not the guard. */
    static long number(Map<String, String> fields, String key) throws ProtocolException {
        String value = fields.get(key);
        try {
            return Long.parseLong(value == null ? "" : value);
        } catch (NumberFormatException e) {
            throw new ProtocolException("The guard's answer has no number '" + key + "': " + fields, e);
        }
    }

    /** Shell convention: the exit code, or 128 plus the number of the signal that ended the process. */
    static int exitStatus(long waitStatus) {
        int signal = (int) (waitStatus & 0x7f);
        return signal == 0 ? (int) (waitStatus >> 8 & 0xff) : 128 + signal;
    }

    /** The other side of the socket does not speak the guard's protocol. */
    static final class ProtocolException extends java.io.IOException {
        private static final long serialVersionUID = 1L;

        ProtocolException(String message) {
            super(message);
        }

        ProtocolException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
