package io.interrex.demo;

import io.interrex.cluster.settings.Profile;
import io.interrex.cluster.settings.Timings;
import io.interrex.lab.Fault;
import io.interrex.lab.Lab;
import io.interrex.lab.LabSpec;
import io.interrex.lab.ProbeTarget;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/** A whole installation in a laboratory: three nodes with a member each and an edge node, started, asked, broken, mended. */
final class Installation implements AutoCloseable {

    static final List<String> MEMBERS = List.of("a", "b", "c");
    static final String EDGE = "app";
    static final int WRITE_PORT = 5000;
    static final int POOLER_PORT = 6432;
    static final int READ_PORT = 5001;
    static final int PG_PORT = 5432;

    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

    private final Lab lab;
    private final Layout layout;
    private final Timings timings;
    private final Places places;
    private final NodeApi api = new NodeApi();
    private final NodeProcesses processes = new NodeProcesses(this);
    private final Map<String, Process> nodes = new ConcurrentHashMap<>();
    private final Map<String, String> jvmOptions = new ConcurrentHashMap<>();
    /** Hosts that have the package of an older release. */
    private final Set<String> older = ConcurrentHashMap.newKeySet();

    private final Set<String> cutOff = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();

    private Installation(Lab lab, Layout layout, Timings timings, Places places, Set<String> older) {
        this.older.addAll(older);
        this.lab = lab;
        this.layout = layout;
        this.timings = timings;
        this.places = places;
    }

    /** Builds the hosts, and starts nothing on them. */
    static Installation prepare(DemoSettings settings) {
        Layout layout = settings.layout();
        var hosts = new ArrayList<>(MEMBERS);
        hosts.addAll(layout.witnesses());
        hosts.add(EDGE);
        LabSpec spec = new LabSpec(hosts, LabSpec.User.NOBODY, 0);
        // hosts first: what a killed demo left running must be gone before its files are
        Lab lab = Lab.create(spec);
        try {
            Places places = Places.take(
                    settings.directory(), settings.dist(), settings.from(), settings.keep(), hosts, spec.user());
            places.write(
                    places.config(),
                    ConfigText.of(places, MEMBERS, EDGE, layout, lab::address, settings.profile(), settings.pgBin()));
            places.writeSecret(places.base().resolve("env"), environment(lab, places, settings));
            String pid = System.getenv("INTERREX_DEMO_PID");
            places.write(
                    places.base().resolve("pid"),
                    pid == null ? String.valueOf(ProcessHandle.current().pid()) : pid);
            if (layout.smallDisks() && lab.faults().contains(Fault.SMALL_DISK)) {
                MEMBERS.forEach(host -> places.makeDisk(lab, host, Ballast.DISK_BYTES));
            }
            Timings timings =
                    Profile.valueOf(settings.profile().toUpperCase(Locale.ROOT)).timings();
            Set<String> older = settings.from() == null ? Set.of() : Set.copyOf(hosts);
            return new Installation(lab, layout, timings, places, older);
        } catch (DemoException e) {
            lab.close();
            throw e;
        }
    }

    /** For {@code deploy/demo --in}: where the demo's own tools find everything. */
    private static String environment(Lab lab, Places places, DemoSettings settings) {
        return """
                export INTERREX_CONFIG=%s PGHOST=%s PGPORT=%d PGUSER=%s PGDATABASE=%s PGPASSWORD=%s
                PATH=%s:%s:$PATH
                """.formatted(
                        places.config(),
                        lab.address(EDGE),
                        WRITE_PORT,
                        Places.APP_ROLE,
                        Places.APP_ROLE,
                        places.password(Places.APP_ROLE),
                        places.dist().resolve("bin"),
                        settings.pgBin());
    }

    Lab lab() {
        return lab;
    }

    Layout layout() {
        return layout;
    }

    Timings timings() {
        return timings;
    }

    List<String> hosts() {
        return lab.spec().hosts();
    }

    Places places() {
        return places;
    }

    NodeApi api() {
        return api;
    }

    /** Further options for the JVM of a host's node, from its next start on. */
    void withJvmOptions(String host, String jvm) {
        jvmOptions.put(host, jvm);
    }

    /** Starts the node of a host, as its init system would. */
    void start(String host) {
        List<String> argv = List.of(
                "setsid",
                (older.contains(host) ? places.older() : places.dist())
                        .resolve("bin")
                        .resolve("interrex")
                        .toString(),
                "node",
                "--config",
                places.config().toString(),
                "--name",
                host);
        ProcessBuilder builder = lab.process(host, argv);
        builder.directory(places.host(host).toFile());
        builder.environment().put("HOME", places.host(host).toString());
        builder.environment().computeIfAbsent("INTERREX_JAVA_OPTS", none -> jvmOptions.get(host));
        builder.redirectErrorStream(true);
        builder.redirectOutput(
                ProcessBuilder.Redirect.appendTo(places.output(host).toFile()));
        builder.redirectInput(Path.of("/dev/null").toFile());
        try {
            nodes.put(host, builder.start());
        } catch (IOException e) {
            throw new DemoException("the node of host " + host + " cannot be started: " + e, e);
        }
    }

    /** Gives a host the newer package; its node runs it from its next start on. */
    void upgrade(String host) {
        older.remove(host);
    }

    void startAll() {
        hosts().forEach(this::start);
    }

    /** The process of a node, if it lives. */
    Optional<Process> node(String host) {
        return Optional.ofNullable(nodes.get(host)).filter(Process::isAlive);
    }

    /** Fails where a node that should run has ended, with the end of what it printed. */
    void requireAlive() {
        for (Map.Entry<String, Process> node : Map.copyOf(nodes).entrySet()) {
            if (!node.getValue().isAlive()) {
                throw new DemoException("the node of host " + node.getKey() + " ended with exit code "
                        + node.getValue().exitValue() + ". Its last words:\n" + lastWords(node.getKey()));
            }
        }
    }

    String lastWords(String host) {
        List<String> lines = Places.read(places.output(host)).lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    }

    /** Stops a node in order (SIGTERM) and waits for its end; its database goes on. */
    void stop(String host) {
        stop(host, STOP_LIMIT);
    }

    void stop(String host, Duration limit) {
        node(host).ifPresent(process -> {
            process.destroy();
            try {
                if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new DemoException("the node of host " + host + " did not stop within " + limit);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new DemoException("interrupted while stopping the node of " + host, e);
            }
        });
        nodes.remove(host);
    }

    /** Kills the first process of the database server with signal 9. */
    void killPostmaster(String host) {
        processes.killPostmaster(host);
    }

    Ballast ballast(String host) {
        return new Ballast(places.server(host));
    }

    NodeProcesses processes() {
        return processes;
    }

    /** Its node has ended and is not started again; nobody asks it any more. */
    void forget(String host) {
        nodes.remove(host);
    }

    /** Kills node, guard and PostgreSQL of a host at once; its kernel lives and says so to its peers. */
    void crashHost(String host) {
        nodes.remove(host);
        lab.crashHost(host);
    }

    /** Pulls the plug of a host: node, guard and PostgreSQL are gone at once. */
    void killHost(String host) {
        nodes.remove(host);
        lab.killHost(host);
    }

    /** Gives a killed host its power back; its node starts, as its init system would have it. */
    void bootHost(String host) {
        lab.bootHost(host);
        if (node(host).isEmpty()) {
            start(host);
        }
    }

    void cut(String host) {
        cutOff.add(host);
        lab.cut(host);
    }

    void cutFromPeers(String host) {
        cutOff.add(host);
        lab.isolate(host, MEMBERS);
    }

    /** A node that is stopped is not asked, because each question would wait for its deadline. */
    void expectSilence(String host, boolean silent) {
        if (silent) {
            cutOff.add(host);
        } else {
            cutOff.remove(host);
        }
    }

    void heal() {
        cutOff.clear();
        lab.heal();
    }

    boolean canShow(Fault fault) {
        return lab.faults().contains(fault);
    }

    /** What the nodes say that run and are not cut off. */
    List<Sight> sights() {
        return reachable().stream()
                .flatMap(host -> api.status(lab.address(host)).stream())
                .toList();
    }

    List<String> reachable() {
        return MEMBERS.stream()
                .filter(host -> nodes.containsKey(host) && !cutOff.contains(host))
                .toList();
    }

    /** Waits until every running node sees the group whole, in the same version of the log. */
    Sight awaitWhole(Duration limit) {
        return Waiting.until(
                "that the group is whole",
                limit,
                () -> {
                    requireAlive();
                    List<Sight> sights = sights();
                    boolean whole = sights.size() == MEMBERS.size()
                            && sights.stream().allMatch(sight -> sight.missing().isEmpty())
                            && sights.stream()
                                            .mapToLong(Sight::epoch)
                                            .distinct()
                                            .count()
                                    == 1;
                    return whole ? Optional.of(sights.getFirst()) : Optional.empty();
                },
                this::shortfall);
    }

    /** Waits until the next node of a rolling upgrade may be restarted. */
    void awaitSettled(Duration limit) {
        Waiting.until(
                "that every node is settled",
                limit,
                () -> Optional.of(lab).filter(l -> hosts().stream().allMatch(host -> api.isSettled(l.address(host)))),
                () -> hosts().stream()
                        .map(host -> "\n  " + host + ": " + api.answer(lab.address(host), "/settled"))
                        .collect(Collectors.joining()));
    }

    /** What each node misses. */
    String shortfall() {
        var said = new HashMap<String, String>();
        for (Sight sight : sights()) {
            said.put(sight.node(), sight.missing().orElse("nothing") + " [" + sight.line() + "]");
        }
        List<String> lines = new ArrayList<>();
        for (String host : MEMBERS) {
            lines.add("\n  " + host + " misses " + said.getOrDefault(host, "everything: it does not answer"));
        }
        return String.join("", lines);
    }

    ProbeTarget router() {
        return target(lab.address(EDGE), WRITE_PORT);
    }

    ProbeTarget pooler() {
        return target(lab.address(EDGE), POOLER_PORT);
    }

    ProbeTarget member(String host) {
        return target(lab.address(host), PG_PORT);
    }

    private ProbeTarget target(String address, int port) {
        return new ProbeTarget(address, port, Places.APP_ROLE, Places.APP_ROLE, places.password(Places.APP_ROLE));
    }

    /** Kills every process and removes everything that was made. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            processes.close();
            api.close();
            lab.close();
            places.close();
        }
    }
}
