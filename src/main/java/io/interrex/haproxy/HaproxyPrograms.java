package io.interrex.haproxy;

import io.interrex.host.ProgramPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Finds the programs that the router needs, and lets HAProxy judge its own configuration. */
final class HaproxyPrograms {
    private static final int CHECK_MAX_S = 10;

    private HaproxyPrograms() {}

    static Path find(String program, String remedy) {
        return ProgramPath.find(program)
                .orElseThrow(() -> new HaproxyException("program %s was not found; %s".formatted(program, remedy)));
    }

    static void validate(Path haproxy, Path config) {
        try {
            Path output = Files.createTempFile(config.toAbsolutePath().getParent(), "check", ".log");
            try {
                Process check = new ProcessBuilder(haproxy.toString(), "-c", "-f", config.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                if (!check.waitFor(CHECK_MAX_S, TimeUnit.SECONDS)) {
                    check.destroyForcibly();
                    throw new HaproxyException(
                            "'%s -c' did not end within %d s on %s".formatted(haproxy, CHECK_MAX_S, config));
                }
                if (check.exitValue() != 0) {
                    String said =
                            Files.readString(output, StandardCharsets.UTF_8).strip();
                    throw new HaproxyException(
                            "HAProxy refuses %s (2.6 or newer is needed): %s".formatted(config, said));
                }
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            throw new HaproxyException("cannot check %s with %s: %s".formatted(config, haproxy, e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HaproxyException("interrupted while checking " + config, e);
        }
    }
}
