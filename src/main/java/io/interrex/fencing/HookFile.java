package io.interrex.fencing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;

/**
 * Decides whether a program may be trusted to power hosts off: a plain file of root's that nobody else can change or replace, in
 * directories of root's that nobody else can change.
 */
public final class HookFile {

    private HookFile() {}

    /** What is wrong with it; empty: nothing. */
    public static Optional<String> problem(Path program) {
        return problem(program, "root");
    }

    static Optional<String> problem(Path program, String owner) {
        if (!program.isAbsolute() || !program.normalize().equals(program)) {
            return Optional.of("is no absolute path without . and ..");
        }
        try {
            PosixFileAttributes file =
                    Files.readAttributes(program, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!file.isRegularFile()) {
                return Optional.of("is no plain file (a link could be turned elsewhere)");
            }
            for (Path at = program; at != null; at = at.getParent()) {
                Optional<String> wrong = changeable(at, owner);
                if (wrong.isPresent()) {
                    return wrong;
                }
            }
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.of("cannot be looked at: " + e);
        }
        return Files.isExecutable(program) ? Optional.empty() : Optional.of("cannot be executed by this user");
    }

    private static Optional<String> changeable(Path at, String owner) throws IOException {
        PosixFileAttributes seen = Files.readAttributes(at, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (seen.isSymbolicLink()) {
            return Optional.of("is reached through the link " + at);
        }
        if (!seen.owner().getName().equals(owner)) {
            return Optional.of(
                    "%s belongs to %s, not to %s".formatted(at, seen.owner().getName(), owner));
        }
        return seen.permissions().contains(PosixFilePermission.GROUP_WRITE)
                        || seen.permissions().contains(PosixFilePermission.OTHERS_WRITE)
                ? Optional.of(at + " can be changed by others than its owner")
                : Optional.empty();
    }
}
