package io.interrex.node;

import io.interrex.Main;
import io.interrex.cli.Cli;
import io.interrex.postgresql.PostgresSettings;
import io.interrex.postgresql.Secrets;
import io.interrex.testkit.GuardBinary;
import io.interrex.testkit.Unprivileged;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Whole nodes a, b and c as processes of their own, each a voter with a member, on loopback addresses and without a kernel's gate. */
final class WholeNodes implements AutoCloseable {

    static final List<String> NAMES = List.of("a", "b", "c");

    private static final String CONFIG = """
            cluster { name = whole, generation = %1$d }
            profile = default
            nodes { a { host = 127.79.%2$d.1 }, b { host = 127.79.%2$d.2 }, c { host = 127.79.%2$d.3 } }
            groups.main {
              members { a { data = "%3$s/a/pg" }, b { data = "%3$s/b/pg" }, c { data = "%3$s/c/pg" } }
              postgres.parameters { shared_buffers = 16MB, max_wal_size = 64MB }
              %4$s
            }
            directories {
              state = "%3$s/{node}/state"
              run = "%3$s/{node}/run"
              secrets = "%3$s/secrets"
              log = "%3$s/{node}/log"
            }
            gate.kernel = off
            """;

    /** What a command said, and its exit code. */
    record Said(int code, String text) {}

    private final Path base;
    private final int net = (int) (ProcessHandle.current().pid() % 250 + 1);
    private final List<String> classPath;
    private final Map<String, Process> nodes = new HashMap<>();
    /** Whose output is told, and of whom nothing may be left. */
    private final Set<String> started = new TreeSet<>(NAMES);

    WholeNodes() throws IOException {
        // not below a directory that only its owner can read: the nodes run as another user
        base = Path.of("/tmp", "interrex-whole-" + ProcessHandle.current().pid());
        Files.createDirectories(base);
        GuardBinary.commandIn(base);
        for (String name : Stream.concat(NAMES.stream(), Stream.of("secrets")).toList()) {
            Unprivileged.own(Files.createDirectories(base.resolve(name)));
        }
        Path secrets = base.resolve("secrets");
        for (String role : new Secrets(secrets).createMissing(PostgresSettings.roles("app"))) {
            Unprivileged.own(secrets.resolve(role));
        }
        classPath = copied();
    }

    private List<String> copied() throws IOException {
        Path lib = Files.createDirectories(base.resolve("lib"));
        var paths = new ArrayList<String>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path from = Path.of(entry).toAbsolutePath();
            Path to = lib.resolve(paths.size() + "-" + from.getFileName());
            if (Files.exists(from)) {
                copy(from, to);
                paths.add(to.toString());
            }
        }
        return paths;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                Path target = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    /** The file of a generation, the same for all nodes. */
    Path config(int generation) throws IOException {
        return config(generation, "");
    }

    /** @param ofTheGroup further keys */
    Path config(int generation, String ofTheGroup) throws IOException {
        return Files.writeString(
                base.resolve("generation-" + generation + ".conf"),
                CONFIG.formatted(generation, net, base, ofTheGroup));
    }

    /** The same file, in which another node has the place of one that is lost: its member, and the seat of its voter. */
    void replace(Path config, String lost, String by) throws IOException {
        Unprivileged.own(Files.createDirectories(base.resolve(by)));
        Files.writeString(
                config,
                Files.readString(config)
                        .replace(
                                lost + " { host = " + address(lost) + " }",
                                by + " { host = " + address(by) + ", seat = " + lost + " }")
                        .replace(
                                "%s { data = \"%s/%s/pg\" }".formatted(lost, base, lost),
                                "%s { data = \"%s/%s/pg\" }".formatted(by, base, by)));
    }

    /** Where everything of that host is; its unprivileged user owns it. */
    Path home(String name) {
        return base.resolve(name);
    }

    Path secrets() {
        return base.resolve("secrets");
    }

    /** Runs a program as the user of the nodes. */
    static Said unprivileged(String... argv) throws IOException, InterruptedException {
        return said(Unprivileged.command(List.of(argv)));
    }

    String address(String name) {
        return "127.79." + net + "." + (name.charAt(0) - 'a' + 1);
    }

    private List<String> interrex(String... arguments) {
        var argv = new ArrayList<String>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-Dinterrex.guard=" + base.resolve("interrex-guard"),
                "-cp",
                String.join(File.pathSeparator, classPath),
                Main.class.getName()));
        argv.addAll(List.of(arguments));
        return Unprivileged.command(argv);
    }

    void start(String name, Path config) throws IOException {
        started.add(name);
        nodes.put(
                name,
                new ProcessBuilder(interrex("node", "--config", config.toString(), "--name", name))
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(output(name).toFile()))
                        .directory(base.resolve(name).toFile())
                        .start());
    }

    /** As the service manager does, all of them at once; then whatever they left running ends as its host does. */
    void stop(List<String> names) throws Exception {
        var ending = new HashMap<String, Process>();
        for (String name : names) {
            Process node = nodes.remove(name);
            if (node != null) {
                node.destroy();
                ending.put(name, node);
            }
        }
        for (Map.Entry<String, Process> node : ending.entrySet()) {
            if (!node.getValue().waitFor(20, TimeUnit.SECONDS)) {
                throw new AssertionError("node " + node.getKey() + " does not end:\n" + told(node.getKey()));
            }
        }
        names.forEach(this::powerOff);
        for (String name : names) {
            await(
                    "the server of " + name + " ends",
                    Duration.ofSeconds(30),
                    () -> postmaster(name).isEmpty());
        }
    }

    /** As when its host loses power: node, guard and server at once. */
    void kill(String name) {
        Process node = nodes.remove(name);
        if (node != null) {
            node.destroyForcibly();
        }
        powerOff(name);
    }

    private void powerOff(String name) {
        postmaster(name).ifPresent(ProcessHandle::destroyForcibly);
        String own = base.resolve(name) + "/";
        ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .arguments()
                        .map(arguments -> String.join(" ", arguments).contains(own))
                        .orElse(false))
                .forEach(ProcessHandle::destroyForcibly);
    }

    /** By hand, and not by its node. */
    void stopServer(String name) throws Exception {
        String pid = postmaster(name).map(server -> Long.toString(server.pid())).orElseThrow();
        said(List.of("kill", "-INT", pid));
        await(
                "the server of " + name + " ends",
                Duration.ofSeconds(30),
                () -> postmaster(name).isEmpty());
    }

    /** The exit code of a node that ends by itself. */
    int ended(String name) throws InterruptedException {
        Process node = nodes.remove(name);
        if (node == null || !node.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("node " + name + " does not end:\n" + told(name));
        }
        return node.exitValue();
    }

    private Optional<ProcessHandle> postmaster(String name) {
        Path file = base.resolve(name).resolve("pg/data/postmaster.pid");
        try {
            return Files.exists(file)
                    ? ProcessHandle.of(Long.parseLong(Files.readAllLines(file).getFirst()))
                            .filter(ProcessHandle::isAlive)
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Path output(String name) {
        return base.resolve(name + ".out");
    }

    /** What its node printed. */
    String told(String name) {
        try {
            return Files.exists(output(name)) ? Files.readString(output(name)) : "";
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** All that a host has, as if its disk were another one; kept where {@link #restore} finds it. */
    void empty(String name) throws IOException {
        Files.move(base.resolve(name), base.resolve(name + "-old"));
        Unprivileged.own(Files.createDirectories(base.resolve(name)));
    }

    void restore(String name) throws IOException {
        Files.move(base.resolve(name), base.resolve(name + "-new"));
        Files.move(base.resolve(name + "-old"), base.resolve(name));
    }

    /** A command that only asks nodes: in this process, because a JVM of its own takes seconds to start. */
    static Said run(String... arguments) {
        var text = new StringWriter();
        int code = Cli.run(
                arguments,
                (config, host) -> {
                    throw new AssertionError("a node is a process of its own");
                },
                new PrintWriter(text),
                new PrintWriter(text));
        return new Said(code, text.toString());
    }

    /** A command that works on the files of a host, as the user who owns them. */
    Said runAsOwner(String... arguments) throws IOException, InterruptedException {
        return said(interrex(arguments));
    }

    Said sql(String name, String sql) throws IOException, InterruptedException {
        Path password = base.resolve("secrets/app");
        if (!Files.exists(password)) {
            return new Said(1, "no password was made so far");
        }
        return said(List.of(
                "env",
                "PGPASSWORD=" + Files.readString(password).strip(),
                "PGCONNECT_TIMEOUT=3",
                "psql",
                "-XqAt",
                "-h",
                address(name),
                "-U",
                "app",
                "-c",
                sql,
                "app"));
    }

    private static Said said(List<String> argv) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(argv).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes());
        return new Said(process.waitFor(), text);
    }

    /** A condition that may fail on its way. */
    interface Condition {
        boolean holds() throws Exception;
    }

    void await(String what, Duration limit, Condition condition) throws Exception {
        long untilNs = System.nanoTime() + limit.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > untilNs) {
                throw new AssertionError("not within " + limit + ": " + what + "\n"
                        + String.join(
                                "\n",
                                started.stream()
                                        .map(name -> "--- " + name + "\n" + told(name))
                                        .toList()));
            }
            LockSupport.parkNanos(200_000_000);
        }
    }

    @Override
    public void close() throws IOException {
        nodes.values().forEach(Process::destroyForcibly);
        started.forEach(this::powerOff);
        for (int i = 0;
                i < 50 && started.stream().anyMatch(name -> postmaster(name).isPresent());
                i++) {
            LockSupport.parkNanos(100_000_000);
        }
        try (Stream<Path> files = Files.walk(base)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
