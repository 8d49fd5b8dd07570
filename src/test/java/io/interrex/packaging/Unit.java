package io.interrex.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A unit of systemd, as it is shipped. */
public record Unit(List<String> lines) {

    /** That of a node. */
    static final Path FILE = Path.of("..", "deploy", "systemd", "interrex.service");

    /** That closes a host's gates before its network is up. */
    public static final Path GATE = FILE.resolveSibling("interrex-gate.service");

    static final String HOME = "/usr/lib/interrex/";

    static Unit read() throws IOException {
        return read(FILE);
    }

    public static Unit read(Path file) throws IOException {
        return new Unit(Files.readAllLines(file));
    }

    /** The words of all lines that set {@code key}. */
    public List<String> values(String key) {
        return lines.stream()
                .filter(line -> line.startsWith(key + "="))
                .flatMap(line -> Arrays.stream(line.substring(key.length() + 1).split(" ")))
                .toList();
    }
}
