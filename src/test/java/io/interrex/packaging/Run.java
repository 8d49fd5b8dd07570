package io.interrex.packaging;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How a program ended, and what it said on both streams. */
record Run(int code, String text) {

    private static final long LIMIT_S = 120;

    static Run of(String... argv) throws IOException, InterruptedException {
        return of(new ProcessBuilder(List.of(argv)));
    }

    static Run of(ProcessBuilder builder) throws IOException, InterruptedException {
        Path said = Files.createTempFile("run", ".out");
        try {
            Process process = builder.redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(said.toFile())
                    .start();
            if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(builder.command() + " is not at its end after " + LIMIT_S + " s");
            }
            return new Run(process.exitValue(), Files.readString(said, StandardCharsets.UTF_8));
        } finally {
            Files.delete(said);
        }
    }

    /** What it said, where it ended well. */
    String good() {
        if (code != 0) {
            throw new AssertionError("exit code " + code + ": " + text);
        }
        return text;
    }
}
