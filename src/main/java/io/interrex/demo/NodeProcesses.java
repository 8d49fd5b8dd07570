package io.interrex.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Kills, stops and continues the processes of one host: its node alone, or its database server alone. */
final class NodeProcesses implements AutoCloseable {

    private static final long KILL_EVERY_MS = 50;

    /** Half a second on a machine that does nothing else. */
    private static final Duration END_MAX = Duration.ofSeconds(2);

    /** A node starts in five seconds, and its voter is silent for W, on a machine that does nothing else. */
    private static final Duration SETTLED_MAX = Duration.ofMinutes(2);

    private final Installation installation;
    private final Map<String, ScheduledFuture<?>> killers = new ConcurrentHashMap<>();
    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("killer").factory());

    NodeProcesses(Installation installation) {
        this.installation = installation;
    }

    /** Kills the first process of the database server with signal 9. */
    void killPostmaster(String host) {
        postmaster(host)
                .orElseThrow(() -> new DemoException("no PostgreSQL runs on host " + host))
                .destroyForcibly();
    }

    /** Stops the first process of the database server and all its children (SIGSTOP). */
    void stopServer(String host) {
        ProcessHandle postmaster =
                postmaster(host).orElseThrow(() -> new DemoException("no PostgreSQL runs on host " + host));
        // it makes no more of them, and those that end meanwhile are no concern
        signal("STOP", List.of(postmaster.pid()));
        for (ProcessHandle child : postmaster.descendants().toList()) {
            try {
                signal("STOP", List.of(child.pid()));
            } catch (DemoException e) {
                if (child.isAlive()) {
                    throw e;
                }
            }
        }
    }

    /** From now on no database server of this host lives longer than a moment. */
    void keepKillingPostmaster(String host) {
        killers.computeIfAbsent(
                host,
                h -> worker.scheduleWithFixedDelay(
                        () -> postmaster(h).ifPresent(ProcessHandle::destroyForcibly),
                        0,
                        KILL_EVERY_MS,
                        TimeUnit.MILLISECONDS));
    }

    void stopKilling() {
        killers.values().forEach(killer -> killer.cancel(false));
        killers.clear();
    }

    private Optional<ProcessHandle> postmaster(String host) {
        Path file = installation.places().data(host).resolve("postmaster.pid");
        return Files.exists(file) ? firstLine(file).flatMap(ProcessHandle::of) : Optional.empty();
    }

    /** A server that starts has an empty file for a moment, and one that ends has none. */
    private static Optional<Long> firstLine(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.findFirst()
                    .map(String::strip)
                    .filter(line -> line.matches("\\d{1,10}"))
                    .map(Long::parseLong);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Kills the node with signal 9; its database goes on. */
    void killNode(String host) {
        Process node = node(host);
        node.destroyForcibly();
        try {
            node.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DemoException("interrupted while the node of " + host + " dies", e);
        }
        installation.forget(host);
    }

    /** Kills the node with signal 9 and starts it again, as its init system would. */
    void restartNode(String host) {
        killNode(host);
        installation.start(host);
    }

    /** Ends the node in order, which must be quick, and starts it again. */
    void upgradeNode(String host) {
        installation.stop(host, END_MAX);
        installation.start(host);
    }

    /** One node after the other, each when all are settled: that of {@code first}, then the others. */
    void upgradeAll(String first) {
        var hosts = new ArrayList<>(installation.hosts());
        hosts.remove(first);
        hosts.addFirst(first);
        for (String host : hosts) {
            installation.upgrade(host);
            upgradeNode(host);
            installation.awaitSettled(SETTLED_MAX);
        }
    }

    void stopNode(String host) {
        installation.expectSilence(host, true);
        signal("STOP", List.of(node(host).pid()));
    }

    void continueNode(String host) {
        signal("CONT", List.of(node(host).pid()));
        installation.expectSilence(host, false);
    }

    private Process node(String host) {
        return installation.node(host).orElseThrow(() -> new DemoException("no node runs on host " + host));
    }

    private static void signal(String name, List<Long> pids) {
        var command = new ArrayList<>(List.of("kill", "-" + name));
        pids.forEach(pid -> command.add(pid.toString()));
        try {
            Process kill = new ProcessBuilder(command).inheritIO().start();
            if (kill.waitFor() != 0) {
                throw new DemoException(String.join(" ", command) + " failed");
            }
        } catch (IOException e) {
            throw new DemoException("kill cannot be run: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DemoException("interrupted while sending " + name, e);
        }
    }

    @Override
    public void close() {
        worker.shutdownNow();
    }
}
