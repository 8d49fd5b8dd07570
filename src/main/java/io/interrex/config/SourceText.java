package io.interrex.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/** Reads one file of a configuration, or says why it is none: nothing in it may make the reader hang or run out of memory. */
final class SourceText {

    private static final int SIZE_MAX_BYTES = 1 << 20;
    private static final int NESTING_MAX = 32;
    private static final String NAME_IT = "Name the right one with --config, or in the include";

    private SourceText() {}

    static String read(Path file) throws ConfigProblems {
        try {
            requireFile(file);
            byte[] bytes;
            try (var in = Files.newInputStream(file)) {
                bytes = in.readNBytes(SIZE_MAX_BYTES + 1);
            }
            if (bytes.length > SIZE_MAX_BYTES) {
                throw problem(file, "it is larger than " + (SIZE_MAX_BYTES >> 20) + " MiB", NAME_IT);
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            requireText(file, text);
            return text;
        } catch (IOException e) {
            throw problem(
                    file,
                    "it cannot be read as UTF-8 text (" + e.getClass().getSimpleName() + ": " + e.getMessage() + ")",
                    "Check its permissions and encoding");
        }
    }

    private static void requireFile(Path file) throws IOException, ConfigProblems {
        if (!Files.exists(file)) {
            throw problem(file, "the file does not exist", NAME_IT);
        }
        if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
            throw problem(file, "it is not a regular file", NAME_IT);
        }
    }

    private static void requireText(Path file, String text) throws ConfigProblems {
        int line = 1;
        var nesting = new Nesting();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                line++;
            } else if (c < ' ' && c != '\t' && c != '\r') {
                throw problem(
                        file + ":" + line,
                        "it has the control character 0x%02X, so it is no text".formatted((int) c),
                        NAME_IT);
            }
            if (nesting.after(text, i) > NESTING_MAX) {
                throw problem(
                        file + ":" + line,
                        "brackets are nested deeper than " + NESTING_MAX,
                        "Close them; no key of Interrex lies deeper than 6");
            }
        }
    }

    /** Counts the brackets that are open; those in quotes and comments close nothing. */
    private static final class Nesting {
        private int depth;
        private boolean comment;
        private boolean quoted;
        private int skip;

        int after(String text, int at) {
            char c = text.charAt(at);
            if (skip > 0) {
                skip--;
            } else if (comment || quoted && c == '\n') {
                // a quote that its line does not close is none: the reader refuses it
                comment &= c != '\n';
                quoted = false;
            } else if (quoted) {
                skip = c == '\\' ? 1 : 0;
                quoted = c != '"';
            } else if (c == '"') {
                skip = text.startsWith("\"\"\"", at) ? endOfLongText(text, at) - at - 1 : 0;
                quoted = skip == 0;
            } else if (c == '#' || text.startsWith("//", at)) {
                comment = true;
            } else if (c == '{' || c == '[') {
                depth++;
            } else if (c == '}' || c == ']') {
                depth = Math.max(0, depth - 1);
            }
            return depth;
        }

        private static int endOfLongText(String text, int start) {
            int end = text.indexOf("\"\"\"", start + 3);
            return end < 0 ? text.length() : end + 3;
        }
    }

    private static ConfigProblems problem(Path file, String reason, String remedy) {
        return problem(file.toString(), reason, remedy);
    }

    private static ConfigProblems problem(String where, String reason, String remedy) {
        return new ConfigProblems(List.of(new Problem(where, null, null, reason, remedy)));
    }
}
