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
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                line++;
            } else if (c == '{' || c == '[') {
                depth++;
            } else if (c == '}' || c == ']') {
                depth = Math.max(0, depth - 1);
            } else if (c < ' ' && c != '\t' && c != '\r') {
                throw new ConfigProblems(List.of(new Problem(
                        file + ":" + line,
                        null,
                        null,
                        "it has the control character 0x%02X, so it is no text".formatted((int) c),
                        NAME_IT)));
            }
            if (depth > NESTING_MAX) {
                throw new ConfigProblems(List.of(new Problem(
                        file + ":" + line,
                        null,
                        null,
                        "brackets are nested deeper than " + NESTING_MAX,
                        "Close them; no key of Interrex lies deeper than 6")));
            }
        }
    }

    private static ConfigProblems problem(Path file, String reason, String remedy) {
        return new ConfigProblems(List.of(new Problem(file.toString(), null, null, reason, remedy)));
    }
}
