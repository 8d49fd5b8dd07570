package io.interrex.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The .deb of the tree that the tests run, made and unpacked below a directory of its own; nothing is installed.
 *
 * @param base readable for everybody: nodes run as another user
 * @param again what a second run made of a copy of that tree, elsewhere and with other times
 */
record Packed(Path base, Path deb, Path tar, Path again) implements AutoCloseable {

    private static final Path DIST = Path.of(System.getProperty("interrex.home", "target/dist"));

    static Packed make() throws IOException, InterruptedException {
        Path base = Files.createDirectories(
                Path.of("/tmp", "interrex-package-" + ProcessHandle.current().pid()));
        Path copy = base.resolve("copy");
        for (String part : List.of("bin", "lib", "libexec")) {
            Files.createDirectories(copy.resolve(part));
            try (Stream<Path> files = Files.list(DIST.resolve(part))) {
                for (Path file :
                        files.filter(f -> !f.toString().endsWith(".aot")).toList()) {
                    Files.copy(file, copy.resolve(part).resolve(file.getFileName()));
                }
            }
        }
        Files.copy(DIST.resolve("LICENSE"), copy.resolve("LICENSE"), StandardCopyOption.REPLACE_EXISTING);
        // a cache that was made for this machine stays here
        Files.writeString(copy.resolve("lib").resolve("interrex.aot"), "not to be packed");
        Process second = start(copy, base.resolve("again"));
        Run first = Run.of(command(DIST, base.resolve("out")));
        if (second.waitFor() != 0) {
            throw new AssertionError("a second package could not be made");
        }
        List<String> made = first.good().lines().toList();
        var packed = new Packed(base, Path.of(made.get(1)), Path.of(made.getFirst()), base.resolve("again"));
        Run.of("dpkg-deb", "-x", packed.deb().toString(), packed.root().toString())
                .good();
        return packed;
    }

    private static ProcessBuilder command(Path from, Path to) {
        return new ProcessBuilder("../deploy/package", "--from", from.toString(), "--output", to.toString());
    }

    private static Process start(Path from, Path to) throws IOException {
        return command(from, to)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    Path root() {
        return base.resolve("root");
    }

    Path program() {
        return root().resolve("usr/lib/interrex/bin/interrex");
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> all = Files.walk(base)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
