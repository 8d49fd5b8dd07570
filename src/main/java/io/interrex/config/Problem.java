package io.interrex.config;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with a configuration: where, what, why, and what to do about it.
 *
 * @param where file and line, as {@code interrex.conf:12}; the file alone where no line is to blame
 * @param key full key, null where the file as a whole is to blame
 * @param value as it is written, null where there is none
 * @param reason why it is refused
 * @param remedy what the operator can do
 */
public record Problem(
        String where, @Nullable String key, @Nullable String value, String reason, String remedy) {

    private static final int VALUE_MAX = 120;

    /** One line of printable characters, whatever the file holds. */
    public String line() {
        var text = new StringBuilder(where).append(": ");
        if (key != null) {
            text.append(key);
            if (value != null) {
                text.append(" = ").append(value.length() > VALUE_MAX ? value.substring(0, VALUE_MAX) + "…" : value);
            }
            text.append(": ");
        }
        return text.append(reason)
                .append(". ")
                .append(remedy)
                .append('.')
                .toString()
                .replaceAll("\\p{Cntrl}", "?");
    }
}
