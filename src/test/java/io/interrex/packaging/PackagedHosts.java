package io.interrex.packaging;

import io.interrex.lab.NamespaceLab;
import io.interrex.testkit.Unprivileged;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Hosts that have the package: a member a, the witnesses w and x, and an application. What the unit starts is started by its own
 * words, as an ordinary user with the unit's one capability.
 */
final class PackagedHosts implements AutoCloseable {

    private static final long SERVING_WITHIN_NS = 60_000_000_000L;
    private static final Pattern FIRST_ROUND = Pattern.compile("first lease round left (\\d+) ms");
    private static final String CONFIG = """
            profile = %6$s
            nodes { a { host = %s }, w { host = %s }, x { host = %s } }
            groups.main { synchronous = false, members { a { data = "%5$s/{node}/pg" } } }
            directories {
              state = "%5$s/{node}/state"
              run = "%5$s/{node}/run"
              secrets = "%5$s/{node}/secrets"
              log = "%5$s/{node}/log"
            }
            security.insecure = true
            """;

    private final Packed packed;
    private final NamespaceLab lab;
    private final Path hosts;
    private final Path config;
    private final Map<String, Process> nodes = new HashMap<>();

    PackagedHosts(Packed packed, NamespaceLab lab, String profile) throws IOException {
        this.packed = packed;
        this.lab = lab;
        this.hosts = packed.base().resolve("hosts");
        this.config = packed.base().resolve("interrex.conf");
        Files.writeString(
                config,
                CONFIG.formatted(
                        lab.address("a"), lab.address("w"), lab.address("x"), lab.address("app"), hosts, profile));
        for (String host : List.of("a", "w", "x")) {
            Unprivileged.own(Files.createDirectories(hosts.resolve(host)));
        }
    }

    /** As the service manager does it, but below another root. */
    void start(String host) throws IOException {
        var argv = new ArrayList<>(Unit.read().values("ExecStart"));
        argv.replaceAll(word -> word.replace(Unit.HOME, packed.root() + Unit.HOME)
                .replace("${INTERREX_CONFIG}", config.toString())
                .replace("${INTERREX_NODE}", host));
        ProcessBuilder builder = lab.process(host, argv);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output(host).toFile()));
        nodes.put(host, builder.start());
    }

    /** What the node of that host printed. */
    String told(String host) {
        try {
            return Files.readString(output(host));
        } catch (IOException e) {
            return "nothing that can be read: " + e;
        }
    }

    /** How long its last process took to its first lease round, as that said. */
    long firstRoundMs(String host) {
        return FIRST_ROUND
                .matcher(told(host))
                .results()
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .reduce(0, (all, last) -> last);
    }

    private Path output(String host) {
        return packed.base().resolve(host + ".out");
    }

    /** The main process alone, as KillMode=process has it. */
    void end(String host, String signal) throws IOException, InterruptedException {
        Process node = nodes.get(host);
        if (node == null) {
            throw new AssertionError("no node of " + host + " was started");
        }
        Run.of("kill", "-" + signal, String.valueOf(node.pid())).good();
        if (!node.waitFor(5, TimeUnit.SECONDS)) {
            throw new AssertionError("the unit's TimeoutStopSec is over");
        }
    }

    private List<String> psql() throws IOException {
        String password = Files.readString(hosts.resolve("a/secrets/app"), StandardCharsets.UTF_8)
                .strip();
        return List.of(
                "env",
                "PGPASSWORD=" + password,
                "PGCONNECT_TIMEOUT=2",
                "psql",
                "-XqAt",
                "-h",
                lab.address("a"),
                "-U",
                "app",
                "app");
    }

    void awaitServing() throws IOException, InterruptedException {
        long untilNs = System.nanoTime() + SERVING_WITHIN_NS;
        Run last = new Run(1, "no password was made");
        while (last.code() != 0) {
            if (System.nanoTime() > untilNs) {
                throw new AssertionError(last.text() + "\n" + Files.readString(output("a")));
            }
            LockSupport.parkNanos(200_000_000);
            if (Files.exists(hosts.resolve("a/secrets/app"))) {
                var argv = new ArrayList<>(psql());
                argv.addAll(List.of("-c", "select 1"));
                last = Run.of(lab.process("app", argv));
            }
        }
    }

    /** @param starts how often it was started until now */
    void awaitUp(String host, int starts) throws IOException {
        long untilNs = System.nanoTime() + SERVING_WITHIN_NS;
        String told = "";
        while (told.split("node " + host + " is up", -1).length <= starts) {
            if (System.nanoTime() > untilNs) {
                throw new AssertionError("the node is not up again:\n" + told);
            }
            LockSupport.parkNanos(50_000_000);
            told = Files.readString(output(host));
        }
    }

    /** Their process ids, while they live. */
    String guardAndServer() throws IOException {
        String guard = firstLine(hosts.resolve("a/run/main/guard.lock"));
        String server = firstLine(hosts.resolve("a/pg/data/postmaster.pid"));
        for (String pid : List.of(guard, server)) {
            if (!Files.exists(Path.of("/proc", pid, "exe"))) {
                throw new AssertionError("process " + pid + " is gone\n" + Files.readString(output("a")));
            }
        }
        return "guard " + guard + ", server " + server;
    }

    private static String firstLine(Path file) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.findFirst().orElse("none").strip();
        }
    }

    Session session() throws IOException {
        return new Session(lab.process("app", psql()).redirectErrorStream(true).start());
    }

    @Override
    public void close() {
        nodes.values().forEach(Process::destroyForcibly);
        lab.killHost("a");
    }

    /** One connection of a client, for as long as it lasts. */
    record Session(Process psql, Writer to, BufferedReader from) implements AutoCloseable {

        Session(Process psql) {
            this(psql, psql.outputWriter(StandardCharsets.UTF_8), psql.inputReader(StandardCharsets.UTF_8));
        }

        String ask(String statement) throws IOException {
            to.write(statement + "\n");
            to.flush();
            return String.valueOf(from.readLine());
        }

        @Override
        public void close() {
            psql.destroyForcibly();
        }
    }
}
