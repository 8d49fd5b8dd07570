package io.interrex.demo;

import io.interrex.lab.Lab;
import io.interrex.lab.LabSpec.User;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The one directory in which a demo keeps everything: the program, the configuration, the secrets, and a directory per
 * host. It belongs to one demo at a time, and it is of a place that the nodes' unprivileged user can read.
 */
final class Places implements AutoCloseable {

    static final String APP_ROLE = "app";
    private static final List<String> ROLES =
            List.of("interrex_admin", "interrex_replication", "interrex_rewind", APP_ROLE);

    private final Path base;
    private final boolean keep;
    private final FileChannel lockFile;

    private Places(Path base, boolean keep, FileChannel lockFile) {
        this.base = base;
        this.keep = keep;
        this.lockFile = lockFile;
    }

    /**
     * Takes the directory, removes what an earlier demo left in it, and fills it.
     *
     * @param dist the package to copy
     * @param keep whether data of an earlier demo stays, and this one's too
     */
    static Places take(Path base, Path dist, @Nullable Path from, boolean keep, List<String> hosts, User user) {
        try {
            Path parent =
                    Objects.requireNonNull(base.toAbsolutePath().getParent(), "the demo's directory has a parent");
            Files.createDirectories(parent);
            FileChannel channel = lock(parent.resolve(base.getFileName() + ".lock"));
            var places = new Places(base.toAbsolutePath(), keep, channel);
            places.requireOurs();
            if (!keep) {
                deleteTree(places.base);
            }
            places.fill(dist, hosts, user);
            if (from != null) {
                copyTree(from, places.older());
            }
            return places;
        } catch (IOException e) {
            throw new DemoException("the demo's directory " + base + " cannot be prepared: " + e, e);
        }
    }

    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            throw new DemoException("another demo runs in this directory (it holds " + file
                    + "). End that one, or choose another with --directory.");
        }
        return channel;
    }

    /** A directory of that name that another user made is neither filled nor removed. */
    private void requireOurs() throws IOException {
        if (Files.exists(base)) {
            Object owner = Files.getAttribute(base, "unix:uid");
            Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            if (!Files.isDirectory(base) || Files.isSymbolicLink(base) || !Objects.equals(owner, self)) {
                throw new DemoException(base + " belongs to somebody else. Choose another directory with --directory.");
            }
        }
    }

    private void fill(Path dist, List<String> hosts, User user) throws IOException {
        open(Files.createDirectories(base));
        deleteTree(dist());
        deleteTree(older());
        copyTree(dist, dist());
        Path secrets = Files.createDirectories(secrets());
        var random = new SecureRandom();
        for (String role : ROLES) {
            Path file = secrets.resolve(role);
            if (!Files.exists(file)) {
                byte[] bytes = new byte[24];
                random.nextBytes(bytes);
                writeSecret(file, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes) + "\n");
            }
            give(file, user);
        }
        Files.setPosixFilePermissions(secrets, PosixFilePermissions.fromString("rwx------"));
        give(secrets, user);
        open(Files.createDirectories(base.resolve("hosts")));
        for (String host : hosts) {
            give(Files.createDirectories(host(host)), user);
        }
        give(Files.createDirectories(base.resolve("told")), user);
    }

    private static void open(Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void give(Path path, User user) throws IOException {
        if (isRoot()) {
            Files.setAttribute(path, "unix:uid", user.uid());
            Files.setAttribute(path, "unix:gid", user.gid());
        }
    }

    static boolean isRoot() throws IOException {
        return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                Path target = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    open(Files.createDirectories(target));
                } else {
                    Files.copy(path, target, StandardCopyOption.COPY_ATTRIBUTES);
                    String rights = Files.isExecutable(path) ? "rwxr-xr-x" : "rw-r--r--";
                    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString(rights));
                }
            }
        }
    }

    private static void deleteTree(Path root) throws IOException {
        if (Files.exists(root)) {
            try (Stream<Path> all = Files.walk(root)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }

    Path base() {
        return base;
    }

    /** The package of an older release, where the nodes begin with one. */
    Path older() {
        return base.resolve("older");
    }

    Path dist() {
        return base.resolve("dist");
    }

    Path config() {
        return base.resolve("interrex.conf");
    }

    Path secrets() {
        return base.resolve("secrets");
    }

    /** Everything that the node of {@code host} writes. */
    Path host(String host) {
        return base.resolve("hosts").resolve(host);
    }

    /** The data directory of the server of {@code host}. */
    Path data(String host) {
        return server(host).resolve("data");
    }

    /** Gives the server of {@code host} a disk of its own. */
    void makeDisk(Lab lab, String host, long bytes) {
        try {
            Path home = Files.createDirectories(server(host));
            lab.smallDisk(home, bytes);
            give(home, lab.spec().user());
        } catch (IOException e) {
            throw new DemoException("the disk of host " + host + " cannot be made: " + e, e);
        }
    }

    /** Everything that the server of {@code host} writes. */
    Path server(String host) {
        return host(host).resolve("pg");
    }

    /** What the node of {@code host} printed. */
    Path output(String host) {
        return host(host).resolve("node.out");
    }

    /** Where the notifier's command writes what people are told. */
    Path notices() {
        return base.resolve("told").resolve("notices.jsonl");
    }

    /** Whether people were told something with these words. */
    boolean wasTold(String words) {
        return Files.exists(notices()) && read(notices()).contains(words);
    }

    String password(String role) {
        return read(secrets().resolve(role)).strip();
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new DemoException(file + " cannot be read: " + e, e);
        }
    }

    void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new DemoException(file + " cannot be written: " + e, e);
        }
    }

    /** Only its owner may read it, from the first byte on. */
    void writeSecret(Path file, String text) {
        try {
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new DemoException(file + " cannot be written: " + e, e);
        }
    }

    /** Removes everything, unless it is to be kept, and lets the next demo in. */
    @Override
    public void close() {
        try {
            if (!keep) {
                deleteTree(base);
                Files.deleteIfExists(Path.of(base + ".lock"));
            }
            lockFile.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the demo's directory " + base + " cannot be removed", e);
        }
    }
}
