package io.interrex.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.ArrayList;
import java.util.List;

/** Runs programs as a user without privileges: PostgreSQL refuses to run as root, which tests may be. */
public final class Unprivileged {

    private static final List<String> AS_NOBODY =
            List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--");

    private Unprivileged() {}

    public static List<String> command(List<String> argv) {
        if (!isRoot()) {
            return argv;
        }
        var wrapped = new ArrayList<>(AS_NOBODY);
        wrapped.addAll(argv);
        return wrapped;
    }

    /** Hands a file or directory to the user that {@link #command} runs as. */
    public static void own(Path path) throws IOException {
        if (isRoot()) {
            UserPrincipalLookupService users = path.getFileSystem().getUserPrincipalLookupService();
            Files.getFileAttributeView(path, PosixFileAttributeView.class)
                    .setGroup(users.lookupPrincipalByGroupName("nogroup"));
            Files.setOwner(path, users.lookupPrincipalByName("nobody"));
        }
    }

    public static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }
}
