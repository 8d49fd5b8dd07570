package io.interrex.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The unit of a node, as it is shipped. */
record Unit(List<String> lines) {

    static final Path FILE = Path.of("..", "deploy", "systemd", "interrex.service");
    static final String HOME = "/usr/lib/interrex/";

    static Unit read() throws IOException {
        return new Unit(Files.readAllLines(FILE));
    }

    /** The words of all lines that set {@code key}. */
    List<String> values(String key) {
        return lines.stream()
                .filter(line -> line.startsWith(key + "="))
                .flatMap(line -> Arrays.stream(line.substring(key.length() + 1).split(" ")))
                .toList();
    }
}
