package io.interrex.postgresql;

import io.interrex.cluster.port.Guard;
import io.interrex.cluster.port.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The server's process on this host: whether it runs, and starting and stopping it through the guard. */
final class ServerProcess {

    /** What protects node, guard and postmaster from the kernel's killer of processes is not for each backend (postgres(1), "Linux Memory Overcommit"). */
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "LC_ALL", "C", "TZ", "UTC", "PG_OOM_ADJUST_FILE", "/proc/self/oom_score_adj", "PG_OOM_ADJUST_VALUE", "0");

    private static final int STATUS_LINE = 7;

    private final PostgresSettings settings;
    private final Guard guard;

    /**
     * @param status as PostgreSQL notes it in postmaster.pid: starting, ready, standby, stopping
     * @param frozen stopped by a signal or a debugger
     */
    record Postmaster(long pid, String status, boolean frozen) {}

    ServerProcess(PostgresSettings settings, Guard guard) {
        this.settings = settings;
        this.guard = guard;
    }

    /** The postmaster of this data directory, null where none runs. */
    @Nullable
    Postmaster find() throws Trouble {
        return in(settings.data());
    }

    /** The postmaster of a data directory, whoever started it; null where none runs. */
    static @Nullable Postmaster in(Path data) throws Trouble {
        Path file = data.resolve("postmaster.pid");
        try {
            String text = DurableFiles.readIfThere(file);
            List<String> lines =
                    text == null ? List.of() : text.lines().map(String::strip).toList();
            String first = lines.isEmpty() ? "" : lines.getFirst();
            if (!first.matches("-?[0-9]{1,10}")) {
                return found(data);
            }
            long pid = Math.abs(Long.parseLong(first));
            String state = stateOf(pid);
            if (state.isEmpty() || state.equals("Z") || state.equals("X") || !belongsTo(data, pid)) {
                return null;
            }
            String status = lines.size() > STATUS_LINE ? lines.get(STATUS_LINE) : "starting";
            return new Postmaster(pid, status, state.equalsIgnoreCase("T"));
        } catch (IOException e) {
            throw Trouble.of("reading " + file, e);
        }
    }

    /** A file that is gone or damaged proves nothing: the first process that works in this data directory. */
    private static @Nullable Postmaster found(Path data) throws IOException {
        if (!Files.exists(data)) {
            return null;
        }
        Path here = data.toRealPath();
        long pid = ProcessHandle.allProcesses()
                .filter(process -> here.equals(workingDirectory(process)))
                .filter(process -> process.parent()
                        .filter(parent -> here.equals(workingDirectory(parent)))
                        .isEmpty())
                .mapToLong(ProcessHandle::pid)
                .min()
                .orElse(0);
        return pid == 0 ? null : new Postmaster(pid, "starting", stateOf(pid).equalsIgnoreCase("T"));
    }

    /** Null for one that has ended, and for another user's. */
    private static @Nullable Path workingDirectory(ProcessHandle process) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", Long.toString(process.pid()), "cwd"));
        } catch (IOException e) {
            return null;
        }
    }

    void requireStopped(String what) throws Trouble {
        Postmaster running = find();
        if (running != null) {
            throw Trouble.refused(what + " is not possible while the server of member " + settings.member()
                    + " runs (process " + running.pid() + "): stop it first");
        }
    }

    /** Starts the server; its process id. It does not accept connections yet when this returns. */
    long start(List<String> argv) throws Trouble {
        removeStalePidFile();
        return await(
                guard.start(argv, ENVIRONMENT, settings.data()),
                settings.limits().start(),
                "starting the server");
    }

    void stopFast(Duration limit) throws Trouble {
        await(guard.stopFast(limit), limit.plusSeconds(1), "stopping the server");
    }

    void reload() throws Trouble {
        await(guard.reload(), settings.limits().sql(), "reloading the server's configuration");
    }

    static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    /** The end of the server's newest log file, for messages. */
    String lastWords() {
        try (var files = Files.list(settings.log())) {
            Path newest = files.filter(Files::isRegularFile)
                    .max(Comparator.comparingLong(file -> file.toFile().lastModified()))
                    .orElse(null);
            if (newest == null) {
                return "it left no log in " + settings.log();
            }
            List<String> lines;
            try (var all = Files.lines(newest, StandardCharsets.UTF_8)) {
                lines = all.filter(line -> line.contains("FATAL") || line.contains("PANIC") || line.contains("ERROR"))
                        .toList();
            }
            return lines.isEmpty() ? "its log " + newest + " names no error" : "its log says: " + lines.getLast();
        } catch (IOException | java.io.UncheckedIOException e) {
            return "its log in " + settings.log() + " cannot be read (" + e.getMessage() + ")";
        }
    }

    static <T> T await(CompletionStage<Outcome<T>> stage, Duration limit, String what) throws Trouble {
        try {
            Outcome<T> outcome = stage.toCompletableFuture().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return switch (outcome) {
                case Outcome.Done<T>(var value) -> value;
                case Outcome.Refused<T>(var reason) -> throw Trouble.refused(what + ": " + reason);
                case Outcome.Unknown<T>(var reason) -> throw Trouble.unknown(what + ": " + reason);
            };
        } catch (InterruptedException e) {
            throw Trouble.interrupted(what);
        } catch (ExecutionException e) {
            throw Trouble.unknown(what + ": the guard failed: " + e.getCause());
        } catch (TimeoutException e) {
            throw Trouble.unknown(what + ": the guard did not answer within " + limit.toMillis() + " ms");
        }
    }

    /** After a restart of the host another process may have the number that the old file names. */
    private void removeStalePidFile() throws Trouble {
        if (find() == null) {
            try {
                DurableFiles.delete(pidFile());
            } catch (IOException e) {
                throw Trouble.of("removing the stale " + pidFile(), e);
            }
        }
    }

    private Path pidFile() {
        return settings.data().resolve("postmaster.pid");
    }

    private static String stateOf(long pid) throws IOException {
        String stat = DurableFiles.readIfThere(Path.of("/proc", Long.toString(pid), "stat"));
        if (stat == null) {
            return "";
        }
        int afterName = stat.lastIndexOf(')');
        return stat.substring(afterName + 2, afterName + 3);
    }

    private static boolean belongsTo(Path data, long pid) {
        try {
            Path directory = Path.of("/proc", Long.toString(pid), "cwd").toRealPath();
            return directory.equals(data.toRealPath());
        } catch (IOException e) {
            return isAlive(pid);
        }
    }
}
