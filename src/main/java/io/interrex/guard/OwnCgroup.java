package io.interrex.guard;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a control group (version 2) for one member's server below this process's own, where that is allowed: as root, and in a
 * unit with Delegate=yes. The guard kills it as one, whatever forks meanwhile, and finds in it what a guard that died left
 * behind. Without one the guard's walk over /proc does the same, again and again until none is left.
 */
public final class OwnCgroup {
    private static final Logger LOG = LoggerFactory.getLogger(OwnCgroup.class);
    private static final Path SELF = Path.of("/proc/self");
    private static final String PREFIX = "interrex-";

    private OwnCgroup() {}

    /**
     * The member's cgroup, made or found; empty, with the reason in the log, where there can be none.
     *
     * @param run the guard's directory, which no other guard of this host has: two nodes may share a cgroup, and no server dies
     *     with another's
     */
    public static Optional<Path> of(String group, Path run) {
        return named(group + "-"
                + UUID.nameUUIDFromBytes(run.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8)));
    }

    static Optional<Path> named(String name) {
        try {
            Path own = find(
                    Files.readAllLines(SELF.resolve("mountinfo"), StandardCharsets.UTF_8),
                    Files.readAllLines(SELF.resolve("cgroup"), StandardCharsets.UTF_8));
            return Optional.of(below(own, PREFIX + name));
        } catch (IOException e) {
            LOG.info("no cgroup {} for a server, the guard kills by /proc alone: {}", PREFIX + name, e.toString());
            return Optional.empty();
        }
    }

    /** This process's own directory in the cgroup2 file system. */
    static Path find(List<String> mountinfo, List<String> cgroup) throws IOException {
        String within = cgroup.stream()
                .filter(line -> line.startsWith("0::"))
                .map(line -> line.substring("0::".length()))
                .findFirst()
                .orElseThrow(() -> new IOException("this process is in no cgroup of version 2"));
        for (String line : mountinfo) {
            String[] halves = line.split(" - ", 2);
            String[] mount = halves[0].split(" ", -1);
            if (halves.length == 2 && halves[1].startsWith("cgroup2 ") && mount.length > 4 && holds(mount[3], within)) {
                String rest = within.substring(mount[3].equals("/") ? 0 : mount[3].length());
                return Path.of(mount[4] + rest).normalize();
            }
        }
        throw new IOException("no cgroup2 file system is mounted that has " + within);
    }

    private static boolean holds(String root, String within) {
        return root.equals("/") || within.equals(root) || within.startsWith(root + "/");
    }

    /** A process may enter it only if this user may write to both cgroups, the one that it leaves included. */
    static Path below(Path own, String name) throws IOException {
        if (!Files.isWritable(own.resolve("cgroup.procs"))) {
            throw new IOException(own + " is not this user's (Delegate=yes in a unit makes it so)");
        }
        Path made = own.resolve(name);
        if (!Files.isDirectory(made)) {
            Files.createDirectory(made);
        }
        if (!Files.isWritable(made.resolve("cgroup.kill"))) {
            throw new IOException(
                    "no cgroup.kill in " + made + ": the kernel is older than 5.14, or it is another user's");
        }
        return made;
    }
}
