package io.interrex.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** The guard that the build made, where an unprivileged user can execute it. */
public final class GuardBinary {
    private GuardBinary() {}

    /** A copy in that directory, as command line for the user of {@link Unprivileged}. */
    public static List<String> commandIn(Path directory) throws IOException {
        Path copy = directory.resolve("interrex-guard");
        if (!Files.exists(copy)) {
            Files.copy(find(), copy, StandardCopyOption.COPY_ATTRIBUTES);
            Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return new ArrayList<>(Unprivileged.command(List.of(copy.toString())));
    }

    private static Path find() throws IOException {
        String given = System.getProperty("interrex.guard", "");
        var candidates = given.isEmpty()
                ? List.of(Path.of("target/guard/interrex-guard"), Path.of("src/target/guard/interrex-guard"))
                : List.of(Path.of(given));
        return candidates.stream()
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IOException("No guard at " + candidates + ": build it with make -C src/main/c"));
    }
}
