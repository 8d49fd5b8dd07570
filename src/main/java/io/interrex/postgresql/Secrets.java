package io.interrex.postgresql;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Passwords of the database roles: one file per role, named like the role, the same on all nodes, readable by the node's
 * user only. They never appear in arguments, events or log lines.
 */
public final class Secrets {

    private static final int MAX_BYTES = 1024;
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private final Path directory;

    public Secrets(Path directory) {
        this.directory = directory;
    }

    /**
     * Makes a random password for each role that has none; existing ones stay.
     *
     * @return the roles that got one
     */
    public List<String> createMissing(Collection<String> roles) throws IOException {
        Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        var made = new ArrayList<String>();
        var random = new SecureRandom();
        for (String role : roles) {
            Path file = directory.resolve(role);
            if (!Files.exists(file)) {
                byte[] bytes = new byte[24];
                random.nextBytes(bytes);
                String text = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes) + "\n";
                DurableFiles.write(file, text, DurableFiles.SECRET);
                made.add(role);
            }
        }
        return made;
    }

    String password(String role) throws Trouble {
        Path file = directory.resolve(role);
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw Trouble.refused("the password file " + file + " is longer than " + MAX_BYTES + " bytes");
            }
            String text = Files.readString(file, StandardCharsets.UTF_8).strip();
            if (text.isEmpty() || text.lines().count() != 1) {
                throw Trouble.refused(
                        "the password file " + file + " must hold one line with the password of role '" + role + "'");
            }
            return text;
        } catch (IOException e) {
            throw Trouble.refused("the password of role '" + role + "' cannot be read from " + file + " (" + e
                    + "). Copy the directory of secrets from the node where the group was created, with mode 0600");
        }
    }
}
