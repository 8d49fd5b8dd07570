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
    private static final int SENTENCE_MAX = 600;

    /** One line of printable characters, whatever the file holds. */
    public String line() {
        var text = new StringBuilder(abridged(where, SENTENCE_MAX)).append(": ");
        if (key != null) {
            text.append(abridged(key, VALUE_MAX));
            if (value != null) {
                text.append(" = ").append(abridged(value, VALUE_MAX));
            }
            text.append(": ");
        }
        return text.append(abridged(reason, SENTENCE_MAX))
                .append(". ")
                .append(abridged(remedy, SENTENCE_MAX))
                .append('.')
                .toString()
                .replaceAll("[\\x00-\\x1f\\x7f-\\x9f]", "?");
    }

    private static String abridged(String text, int most) {
        return text.length() > most ? text.substring(0, most) + "…" : text;
    }
}
