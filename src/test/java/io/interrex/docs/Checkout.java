package io.interrex.docs;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the checkout that the tests run in. */
final class Checkout {

    private Checkout() {}

    static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("README.md"))) {
            Path parent = directory.getParent();
            if (parent == null) {
                throw new IllegalStateException(
                        "no README.md above " + Path.of("").toAbsolutePath());
            }
            directory = parent;
        }
        return directory;
    }
}
