package io.interrex.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds a program of this host as a shell does, and in the directories of the system too. */
public final class ProgramPath {

    /** Unprivileged users often have no sbin on their PATH. */
    private static final List<String> SYSTEM = List.of("/usr/local/sbin", "/usr/sbin", "/sbin");

    private ProgramPath() {}

    /** @param program a name, or a path: then only that will do */
    public static Optional<Path> find(String program) {
        return find(program, System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
    }

    static Optional<Path> find(String program, String searched) {
        Stream<Path> candidates = program.contains("/")
                ? Stream.of(Path.of(program))
                : Stream.concat(Stream.of(searched.split(":")), SYSTEM.stream())
                        // an empty or relative entry is the current directory, which is anybody's
                        .filter(directory -> directory.startsWith("/"))
                        .map(directory -> Path.of(directory, program));
        return candidates
                .filter(Files::isExecutable)
                .filter(Files::isRegularFile)
                .findFirst();
    }
}
