package io.interrex.config;

import io.interrex.config.ClusterConfig.FencingHook;
import io.interrex.config.ClusterConfig.Group;
import io.interrex.config.ClusterConfig.Member;
import io.interrex.config.ClusterConfig.Ports;
import io.interrex.config.ClusterConfig.RouterConfig;
import io.interrex.fencing.HookFile;
import io.interrex.fencing.WatchdogDevice;
import io.interrex.host.ProgramPath;
import io.interrex.postgresql.PostgresSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Looks at one host, check by check, and collects what is wrong with it for a node. */
final class HostExamination {

    private static final int OLDEST = 14;
    private static final int TESTED = 15;
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private final NodeConfig node;
    private final List<Problem> problems = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();
    private final Map<String, Path> postgresBin = new TreeMap<>();
    private final Map<String, Path> routers = new TreeMap<>();

    HostExamination(NodeConfig node) {
        this.node = node;
    }

    Installation result() throws ConfigProblems {
        if (!problems.isEmpty()) {
            throw new ConfigProblems(problems);
        }
        return new Installation(Map.copyOf(postgresBin), Map.copyOf(routers), List.copyOf(warnings));
    }

    /** @param user who runs this process */
    void user(String user) {
        if (user.equals("root") && !node.memberGroups().isEmpty()) {
            problem(
                    "nodes." + node.name(),
                    null,
                    "it has a member, and PostgreSQL refuses to run as root",
                    "Start the node as an unprivileged user (setpriv --reuid=postgres, or User= of the systemd unit)");
        }
    }

    void postgres(Group group, Member member) {
        String key = "groups." + group.name() + ".postgres.bin";
        String asked = group.postgres().bin();
        Optional<Path> bin = Programs.postgresBin(asked, majorOf(member.data()));
        if (bin.isEmpty()) {
            problem(
                    key,
                    asked,
                    "no PostgreSQL was found there (looked for the program 'postgres')",
                    "Install postgresql-15, or name the directory of postgres, initdb and pg_basebackup");
            return;
        }
        for (String program : List.of("initdb", "pg_basebackup", "pg_rewind", "pg_controldata")) {
            if (!Files.isExecutable(bin.get().resolve(program))) {
                problem(
                        key,
                        asked,
                        bin.get() + " has no program " + program,
                        "Install all of PostgreSQL's server package");
            }
        }
        Optional<Integer> major = versionOf(key, asked, bin.get());
        if (major.isEmpty()) {
            return;
        }
        if (major.get() < OLDEST) {
            problem(
                    key,
                    asked,
                    bin.get() + " is PostgreSQL " + major.get() + ", older than " + OLDEST,
                    "Install PostgreSQL " + TESTED);
        } else if (major.get() != TESTED) {
            warnings.add(node.problem(
                    key,
                    asked,
                    "PostgreSQL " + major.get() + " in " + bin.get() + " is not tested with Interrex",
                    "Prefer PostgreSQL " + TESTED));
        }
        postgresBin.put(group.name(), bin.get());
        majorOf(member.data())
                .filter(own -> !own.equals(major.get()))
                .ifPresent(own -> problem(
                        "groups." + group.name() + ".members." + member.name() + ".data",
                        member.data().toString(),
                        "belongs to PostgreSQL " + own + ", and " + bin.get() + " is " + major.get(),
                        "Set postgres.bin to version " + own + ", or name another directory"));
    }

    private Optional<Integer> versionOf(String key, String asked, Path bin) {
        String why = "no number in what it says";
        try {
            Optional<Integer> major = Programs.postgresMajor(bin.resolve("postgres"));
            if (major.isPresent()) {
                return major;
            }
        } catch (IOException e) {
            why = String.valueOf(e.getMessage());
        }
        problem(key, asked, bin + "/postgres --version gave no version (" + why + ")", "Run it by hand to see more");
        return Optional.empty();
    }

    void dataDirectory(Group group, Member member) {
        String key = "groups." + group.name() + ".members." + member.name() + ".data";
        Path data = member.data();
        Path parent = data.getParent();
        if (Files.exists(data)) {
            if (!Files.isDirectory(data)) {
                problem(key, data.toString(), "is not a directory", "Name a directory, or remove the file");
            } else if (!Files.isReadable(data) || !Files.isExecutable(data)) {
                problem(
                        key,
                        data.toString(),
                        "cannot be read by the user " + user(),
                        "Give it to that user: chown -R " + user() + " " + data);
            } else {
                content(key, data);
            }
        } else if (parent == null || !Files.isDirectory(parent)) {
            problem(
                    key,
                    data.toString(),
                    "its parent " + parent + " does not exist",
                    "Create it, owned by " + user() + ": install -d -o " + user() + " " + parent);
        } else if (!Files.isWritable(parent)) {
            problem(
                    key,
                    data.toString(),
                    "does not exist, and the user " + user() + " cannot create it in " + parent,
                    "Let that user write to " + parent);
        }
    }

    /** A member's directory is Interrex's; the server's own is {@code data} in it. Anything else is somebody else's. */
    private void content(String key, Path data) {
        try (var entries = Files.list(data)) {
            List<String> names =
                    entries.map(path -> path.getFileName().toString()).toList();
            if (names.contains("PG_VERSION")) {
                problem(
                        key,
                        data.toString(),
                        "is a data directory of PostgreSQL itself, which Interrex did not make and does not touch",
                        "Name a directory that does not exist yet, and let 'interrex adopt' move the data there");
            } else if (!names.contains("conf")
                    && !names.contains("data")
                    && !names.isEmpty()
                    && !names.equals(List.of("lost+found"))) {
                problem(
                        key,
                        data.toString(),
                        "is neither empty nor a directory that Interrex made",
                        "Name another directory, or empty this one yourself");
            }
            ownServer(key, data);
        } catch (IOException e) {
            problem(key, data.toString(), "cannot be listed (" + e.getMessage() + ")", "Give it to " + user());
        }
    }

    /** PostgreSQL starts only in a directory of its own user. */
    private void ownServer(String key, Path data) throws IOException {
        Path server = data.resolve("data");
        if (Files.exists(server) && !Files.getOwner(server).getName().equals(user())) {
            problem(
                    key,
                    data.toString(),
                    "its database in " + server + " belongs to the user "
                            + Files.getOwner(server).getName() + ", and this node runs as " + user(),
                    "Start the node as that user, or: chown -R " + user() + " " + data);
        }
    }

    void router(RouterConfig router) {
        String name = switch (router.kind()) {
            case HAPROXY -> "haproxy";
            case PGBOUNCER -> "pgbouncer";
        };
        Optional<Path> program = ProgramPath.find(router.bin().equals("auto") ? name : router.bin());
        if (program.isEmpty()) {
            problem(
                    "routers." + router.name() + ".bin",
                    router.bin(),
                    "no program " + name + " was found there",
                    "Install " + name + ", or name the program");
        } else {
            routers.put(router.name(), program.get());
        }
    }

    /** Checked on every node: whoever is up on the other side runs it. */
    void fencing(Group group) {
        FencingHook hook = group.fencing();
        if (hook == null) {
            return;
        }
        String program = hook.run().getFirst();
        HookFile.problem(Path.of(program))
                .ifPresent(
                        wrong -> problem(
                                "groups." + group.name() + ".fencing.run",
                                program,
                                "is not fit to power hosts off: it " + wrong,
                                "Install it as root: install -o root -g root -m 0755, in a directory that only root can write to"));
    }

    /** Of a host with a member: its guard feeds it. */
    void watchdog() {
        ClusterConfig.Watchdog watchdog = node.cluster().watchdog();
        if (watchdog != null) {
            Path device = watchdog.device();
            WatchdogDevice.problem(device)
                    .ifPresent(wrong -> problem(
                            "fencing.watchdog", device.toString(), "it " + wrong, WatchdogDevice.remedy(device)));
        }
    }

    /** Each node that made passwords of its own would be refused by the database of the first. */
    void secrets(Group group) {
        if (group.members().size() == 1) {
            return;
        }
        Path directory = node.directories().secrets();
        if (Files.exists(directory) && !Files.isExecutable(directory)) {
            problem(
                    "directories.secrets",
                    directory.toString(),
                    "the user " + user() + " cannot look into it",
                    "Run this as the node's user, or give the directory to it: chown -R " + user() + " " + directory);
            return;
        }
        List<String> missing = PostgresSettings.roles(group.postgres().user()).stream()
                .filter(role -> !Files.exists(directory.resolve(role)))
                .toList();
        if (!missing.isEmpty()) {
            problem(
                    "directories.secrets",
                    directory.toString(),
                    "has no password of " + String.join(", ", missing) + ", and the members of group " + group.name()
                            + " need the same ones",
                    "On one node: interrex secrets --name " + node.name()
                            + ". Then copy that directory to all others, owned by the node's user, mode 0600");
        }
    }

    void ownDirectories() {
        directory("state", node.directories().state());
        directory("run", node.directories().run());
        directory("secrets", node.directories().secrets());
        directory("log", node.directories().log());
    }

    private void directory(String key, Path path) {
        try {
            boolean secret = key.equals("secrets");
            if (secret && !Files.exists(path)) {
                Files.createDirectories(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            } else {
                Files.createDirectories(path);
            }
            if (!Files.isWritable(path)) {
                problem(
                        "directories." + key,
                        path.toString(),
                        "the user " + user() + " cannot write there",
                        "Give it to that user: chown " + user() + " " + path);
            }
        } catch (IOException e) {
            problem(
                    "directories." + key,
                    path.toString(),
                    "cannot be created by the user " + user() + " (" + e.getMessage() + ")",
                    "Create it, owned by that user: install -d -o " + user() + " " + path);
        }
    }

    void ports() {
        Ports ports = node.self().ports();
        String at = "nodes." + node.name() + ".ports.";
        String host = node.self().host();
        port(at + "hands", host, ports.hands());
        port(at + "log", host, ports.log());
        port(at + "brain", host, ports.brain());
        port(at + "http", host, ports.http());
        for (Group group : node.memberGroups()) {
            Member member = group.member(node.name());
            if (!serves(member.data().resolve("data"))) {
                port("groups." + group.name() + ".members." + node.name() + ".port", host, member.port());
            }
        }
        for (RouterConfig router : node.routers()) {
            port("routers." + router.name() + ".write-port", router.bind(), router.writePort());
            if (router.kind() == ClusterConfig.RouterKind.HAPROXY) {
                port("routers." + router.name() + ".read-port", router.bind(), router.readPort());
            }
        }
    }

    /** The server of an earlier process of this node lives on, and is taken over. */
    private static boolean serves(Path server) {
        try (var lines = Files.lines(server.resolve("postmaster.pid"), StandardCharsets.UTF_8)) {
            String pid = lines.findFirst().orElse("").strip();
            return pid.matches("\\d{1,9}")
                    && Path.of("/proc", pid, "cwd").toRealPath().equals(server.toRealPath());
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    private void port(String key, String host, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(host, port));
        } catch (BindException e) {
            boolean foreign = String.valueOf(e.getMessage()).contains("assign");
            problem(
                    key,
                    Integer.toString(port),
                    foreign ? host + " is not an address of this host" : host + ":" + port + " is already in use",
                    foreign
                            ? "Check the address, and that --name is this host's"
                            : "See who has it (ss -ltnp 'sport = :" + port + "'); is this node running already");
        } catch (IOException | IllegalArgumentException e) {
            problem(
                    key,
                    Integer.toString(port),
                    "cannot listen on " + host + ":" + port + " (" + e.getMessage() + ")",
                    "Check the address");
        }
    }

    /** The member's directory holds the server's own in {@code data}. */
    private static Optional<Integer> majorOf(Path data) {
        Path file = data.resolve("data").resolve("PG_VERSION");
        try {
            return Files.isReadable(file)
                    ? Programs.leadingNumber(Files.readString(file, StandardCharsets.UTF_8))
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read: see to the disk", e);
        }
    }

    private void problem(String key, @Nullable String value, String reason, String remedy) {
        problems.add(node.problem(key, value, reason, remedy));
    }

    private static String user() {
        return System.getProperty("user.name", "of this process");
    }
}
