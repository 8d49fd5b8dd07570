package io.interrex.demo.versus;

import io.interrex.lab.Fault;
import io.interrex.lab.Lab;
import io.interrex.lab.LabException;
import io.interrex.lab.LabSpec;
import io.interrex.lab.LabSpec.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** The hosts of another system: their directories and what runs on them, started again when a host boots. */
final class PeerHosts implements AutoCloseable {

    static final int PG_PORT = 5432;

    private static final Duration END_MAX = Duration.ofSeconds(20);
    private static final int LAST_LINES = 15;
    private static final String SYSTEM_PATH = ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final Lab lab;
    private final Path base;
    private final Map<String, Map<String, List<String>>> services = new HashMap<>();
    private final Map<String, Process> running = new HashMap<>();
    private final Thread atExit = new Thread(this::close, "clean up");
    private final AtomicBoolean closed = new AtomicBoolean();

    private PeerHosts(Lab lab, Path base) {
        this.lab = lab;
        this.base = base;
    }

    /** @throws LabException where hosts of their own cannot be made: then nothing would be comparable */
    static PeerHosts create(List<String> names) {
        Lab lab = Lab.create(new LabSpec(names, User.NOBODY, 0));
        try {
            if (!lab.faults().contains(Fault.HOST_DEATH) || !lab.observerReachesHosts()) {
                throw new LabException("other systems need network namespaces: " + lab.limitation());
            }
            var hosts = new PeerHosts(lab, Files.createTempDirectory(Path.of("/tmp"), "interrex-versus-"));
            Files.setPosixFilePermissions(hosts.base, PosixFilePermissions.fromString("rwxr-xr-x"));
            for (String name : names) {
                hosts.give(Files.createDirectory(hosts.directory(name)));
            }
            Runtime.getRuntime().addShutdownHook(hosts.atExit);
            return hosts;
        } catch (IOException e) {
            lab.close();
            throw new LabException("the directories of the hosts cannot be made: " + e, e);
        } catch (LabException e) {
            lab.close();
            throw e;
        }
    }

    Lab lab() {
        return lab;
    }

    String address(String host) {
        return lab.address(host);
    }

    Path directory(String host) {
        return base.resolve(host);
    }

    Path data(String host) {
        return directory(host).resolve("data");
    }

    /** A file of a host's user. */
    Path write(String host, String name, String text) {
        Path file = directory(host).resolve(name);
        try {
            Files.writeString(file, text);
            give(file);
            return file;
        } catch (IOException e) {
            throw new LabException(file + " cannot be written: " + e, e);
        }
    }

    /** Name of the user that all services run as. */
    String userName() {
        return isRoot() ? "nobody" : System.getProperty("user.name", "nobody");
    }

    private static boolean isRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException e) {
            throw new LabException("the own user is not known: " + e, e);
        }
    }

    private void give(Path path) throws IOException {
        if (isRoot()) {
            Files.setAttribute(path, "unix:uid", lab.spec().user().uid());
            Files.setAttribute(path, "unix:gid", lab.spec().user().gid());
        }
    }

    /** Starts it now and whenever the host boots. */
    void serve(String host, String name, List<String> argv) {
        services.computeIfAbsent(host, none -> new LinkedHashMap<>()).put(name, argv);
        startMissing(host);
    }

    /** Starts whatever should run on a host and does not, as its init system would. */
    void startMissing(String host) {
        services.getOrDefault(host, Map.of()).forEach((name, argv) -> {
            if (process(host, name).isEmpty()) {
                running.put(host + "/" + name, begin(host, name, argv));
            }
        });
    }

    /** Runs a command to its end, which has to be a good one. */
    void run(String host, String name, List<String> argv, Duration limit) {
        Process process = begin(host, name, argv);
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS) || process.exitValue() != 0) {
                throw new LabException(
                        "%s on host %s did not succeed:\n%s".formatted(name, host, lastWords(host, name)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while " + name + " runs", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private Process begin(String host, String name, List<String> argv) {
        var all = new ArrayList<>(List.of("setsid"));
        all.addAll(argv);
        ProcessBuilder builder = lab.process(host, all);
        Path home = directory(host);
        builder.directory(home.toFile()).redirectErrorStream(true);
        builder.redirectOutput(
                ProcessBuilder.Redirect.appendTo(output(host, name).toFile()));
        builder.redirectInput(Path.of("/dev/null").toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(key -> key.startsWith("PG") || key.startsWith("PATRONI"));
        environment.put("HOME", home.toString());
        environment.put("XDG_CONFIG_HOME", home.resolve("config").toString());
        environment.put("XDG_DATA_HOME", home.resolve("share").toString());
        environment.put("XDG_RUNTIME_DIR", home.toString());
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("PATH", Programs.pgBin() + SYSTEM_PATH);
        // pg_auto_failover knows no other way to have its sockets elsewhere than in a directory of the system
        environment.put("PG_REGRESS_SOCK_DIR", home.toString());
        environment.put("PGHOST", home.toString());
        try {
            return builder.start();
        } catch (IOException e) {
            throw new LabException(name + " cannot be started on host " + host + ": " + e, e);
        }
    }

    private Path output(String host, String name) {
        return directory(host).resolve(name + ".out");
    }

    String lastWords(String host, String name) {
        Path file = output(host, name);
        try (Stream<String> lines = Files.lines(file)) {
            List<String> all = lines.toList();
            return String.join("\n", all.subList(Math.max(0, all.size() - LAST_LINES), all.size()));
        } catch (IOException e) {
            return file + " cannot be read: " + e;
        }
    }

    Optional<Process> process(String host, String name) {
        return Optional.ofNullable(running.get(host + "/" + name)).filter(Process::isAlive);
    }

    /** Ends a service in order and starts it again. */
    void restart(String host, String name) {
        process(host, name).ifPresent(process -> {
            process.destroy();
            awaitEnd(List.of(process.toHandle()));
        });
        startMissing(host);
    }

    void crash(String host) {
        lab.crashHost(host);
    }

    void boot(String host) {
        lab.bootHost(host);
        startMissing(host);
    }

    ProcessHandle postmaster(String host) {
        Path file = data(host).resolve("postmaster.pid");
        try (Stream<String> lines = Files.lines(file)) {
            return lines.findFirst()
                    .flatMap(line -> ProcessHandle.of(Long.parseLong(line.strip())))
                    .orElseThrow(() -> new LabException("no PostgreSQL runs on host " + host));
        } catch (IOException | NumberFormatException e) {
            throw new LabException("no PostgreSQL runs on host " + host + ": " + e, e);
        }
    }

    /** Stops the first process of the database server and all its children (SIGSTOP). */
    void stopServer(String host) {
        ProcessHandle postmaster = postmaster(host);
        stop(Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList());
    }

    static void stop(Collection<ProcessHandle> processes) {
        var argv = new ArrayList<>(List.of("kill", "-STOP"));
        requireSome(processes).forEach(process -> argv.add(String.valueOf(process.pid())));
        try {
            Process kill = new ProcessBuilder(argv).inheritIO().start();
            if (kill.waitFor() != 0) {
                throw new LabException(String.join(" ", argv) + " failed");
            }
        } catch (IOException e) {
            throw new LabException("kill cannot be run: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while stopping processes", e);
        }
    }

    static void kill(Collection<ProcessHandle> processes) {
        requireSome(processes).forEach(ProcessHandle::destroyForcibly);
        awaitEnd(processes);
    }

    private static Collection<ProcessHandle> requireSome(Collection<ProcessHandle> processes) {
        if (processes.isEmpty()) {
            throw new LabException("there is no process to break");
        }
        return processes;
    }

    private static void awaitEnd(Collection<ProcessHandle> processes) {
        if (!Patience.until(END_MAX, () -> processes.stream().noneMatch(ProcessHandle::isAlive))) {
            throw new LabException("processes do not end: " + processes);
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            lab.close();
            try (Stream<Path> all = Files.walk(base)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            } catch (IOException e) {
                throw new LabException(base + " cannot be removed: " + e, e);
            }
            if (!Thread.currentThread().equals(atExit)) {
                Runtime.getRuntime().removeShutdownHook(atExit);
            }
        }
    }
}
