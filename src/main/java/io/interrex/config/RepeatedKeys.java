package io.interrex.config;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds keys that one file writes twice, and counts those that HOCON merges into what it read before. HOCON merges the second into the first without a word, so that two nodes of one
 * name would become one. A second value that is only a substitution ({@code port = ${?PORT}}) is HOCON's way to override,
 * and allowed.
 */
final class RepeatedKeys {

    /** @param mergedKeys with dots, written again, added to or substituted: the reader copies what it has for each of them */
    record Found(List<Repeated> repeated, int mergedKeys) {}

    /** A key that was written before. */
    record Repeated(String key, int firstLine, int line) {}

    /** One long key with many below it would be written down as often: what is longer stands with its hash. */
    private static final int FULL_MAX = 400;

    private final String text;
    private final Deque<String> scopes = new ArrayDeque<>();
    private final Map<String, Integer> seen = new HashMap<>();
    private final List<Repeated> found = new ArrayList<>();
    private int position;
    private int line = 1;
    private int mergedKeys;

    private RepeatedKeys(String text) {
        this.text = text;
    }

    static Found in(String text) {
        var scan = new RepeatedKeys(text);
        scan.run();
        return new Found(List.copyOf(scan.found), scan.mergedKeys);
    }

    private void run() {
        scopes.push("");
        var key = new StringBuilder();
        while (position < text.length()) {
            char c = text.charAt(position);
            if (startsComment()) {
                skipLine();
            } else if (c == '"') {
                key.append(quoted());
            } else if (c == '{') {
                position++;
                open(key.toString().strip());
                key.setLength(0);
            } else if (c == '}') {
                position++;
                if (scopes.size() > 1) {
                    scopes.pop();
                }
                key.setLength(0);
            } else if (c == '=' || c == ':') {
                position++;
                value(key.toString().strip());
                key.setLength(0);
            } else {
                if (c == '\n' || c == ',') {
                    key.setLength(0);
                } else {
                    key.append(c);
                }
                advance();
            }
        }
    }

    private void open(String key) {
        String full = full(key);
        if (!key.isEmpty()) {
            note(key, full);
        }
        scopes.push(full);
    }

    private void value(String key) {
        while (position < text.length() && (text.charAt(position) == ' ' || text.charAt(position) == '\t')) {
            position++;
        }
        if (position < text.length() && text.charAt(position) == '{') {
            position++;
            open(key);
            return;
        }
        boolean overrides = text.startsWith("${", position) || key.endsWith("+");
        if (overrides) {
            mergedKeys++;
        } else if (!key.isEmpty()) {
            note(key, full(key));
        }
        skipValue();
    }

    private void note(String key, String full) {
        Integer before = seen.putIfAbsent(full, line);
        if (before != null || key.indexOf('.') >= 0) {
            mergedKeys++;
        }
        if (before != null) {
            found.add(new Repeated(full, before, line));
        }
    }

    private String full(String key) {
        String scope = scopes.element();
        String full = scope.isEmpty() ? key : key.isEmpty() ? scope : scope + "." + key;
        return full.length() <= FULL_MAX
                ? full
                : full.substring(0, FULL_MAX) + "…" + full.length() + " " + Integer.toHexString(full.hashCode());
    }

    /** To the end of a value: the end of line, a comma or a brace that is not inside quotes, brackets or a substitution. */
    private void skipValue() {
        int depth = 0;
        while (position < text.length()) {
            char c = text.charAt(position);
            if (c == '"') {
                quoted();
                continue;
            }
            if (startsComment()) {
                skipLine();
                continue;
            }
            boolean ends = depth == 0 && (c == '\n' || c == ',' || c == '}');
            if (ends) {
                return;
            }
            if (c == '[' || c == '{') {
                depth++;
            } else if (c == ']' || c == '}') {
                depth--;
            }
            advance();
        }
    }

    private boolean startsComment() {
        return text.charAt(position) == '#' || text.startsWith("//", position);
    }

    private void skipLine() {
        while (position < text.length() && text.charAt(position) != '\n') {
            position++;
        }
    }

    private String quoted() {
        String mark = text.startsWith("\"\"\"", position) ? "\"\"\"" : "\"";
        int start = position + mark.length();
        position = start;
        while (position < text.length() && !text.startsWith(mark, position)) {
            if (text.charAt(position) == '\\' && mark.length() == 1) {
                advance();
            }
            if (position < text.length()) {
                advance();
            }
        }
        String content = text.substring(start, Math.min(position, text.length()));
        position = Math.min(text.length(), position + mark.length());
        return content;
    }

    private void advance() {
        if (text.charAt(position) == '\n') {
            line++;
        }
        position++;
    }
}
