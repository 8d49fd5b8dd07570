package io.interrex.guard;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Connects to the living guard of a run directory, or starts one there. The guard makes itself a daemon in a session of its
 * own, so the process that is started here returns as soon as the socket exists; a lock in the run directory keeps a second
 * guard away, also while the keeper of a dead one still clears up.
 *
 * @param command the guard's binary, with what has to stand before it (for example setpriv and its options)
 * @param runDirectory for the guard's socket, lock and log; made with mode 0700 if absent, best on a tmpfs
 * @param cgroup the server's own, as a directory of the cgroup2 file system; empty: none
 * @param watchdog of the machine, which the guard feeds; empty: none
 */
public record GuardLauncher(
        List<String> command, Path runDirectory, Optional<Path> cgroup, Optional<Watchdog> watchdog) {

    /** sun_path of a Linux socket address holds 108 bytes with the final zero. */
    private static final int SOCKET_PATH_BYTES_MAX = 107;

    private static final String LATE = "the guard did not become a daemon in time";
    private static final String NO_CGROUP = "none";

    /** By it a laboratory on loopback addresses finds all processes of a host, to kill them as one. */
    static final String HOST_MARK = "INTERREX_LAB_HOST";

    private static final Duration RETRY = Duration.ofMillis(10);

    /**
     * @param device which is fed
     * @param timeout without being fed for so long it resets the machine; whole seconds
     * @param slack from a deadline until the voters' promises end: not fed any more, it resets the machine within that
     */
    public record Watchdog(Path device, Duration timeout, Duration slack) {}

    public GuardLauncher {
        command = List.copyOf(command);
        runDirectory = runDirectory.toAbsolutePath();
        if (socketOf(runDirectory).toString().getBytes(StandardCharsets.UTF_8).length > SOCKET_PATH_BYTES_MAX) {
            throw new IllegalArgumentException("The guard's run directory " + runDirectory
                    + " is too long for a socket address: choose a path below 96 bytes");
        }
    }

    public GuardLauncher(List<String> command, Path runDirectory) {
        this(command, runDirectory, Optional.empty(), Optional.empty());
    }

    public static GuardLauncher of(Path binary, Path runDirectory, Optional<Path> cgroup) {
        return new GuardLauncher(List.of(binary.toAbsolutePath().toString()), runDirectory, cgroup, Optional.empty());
    }

    public GuardLauncher with(Optional<Watchdog> own) {
        return new GuardLauncher(command, runDirectory, cgroup, own);
    }

    /** What guard and server get of this process's environment: nothing but the mark, if there is one. */
    static Map<String, String> inherited() {
        String mark = System.getenv(HOST_MARK);
        return mark == null ? Map.of() : Map.of(HOST_MARK, mark);
    }

    public Path socket() {
        return socketOf(runDirectory);
    }

    private static Path socketOf(Path runDirectory) {
        return runDirectory.resolve("guard.sock");
    }

    /** Adopts the living guard, or tells why there is none and starts one. Throws when neither was possible within the limit. */
    SocketChannel connect(Duration limit, Consumer<String> absent) throws IOException, InterruptedException {
        long until = System.nanoTime() + limit.toNanos();
        String said = LATE;
        while (true) {
            IOException noGuard;
            try {
                return adopt();
            } catch (IOException e) {
                noGuard = e;
                absent.accept(String.valueOf(e.getMessage()));
            }
            String now = start(Duration.ofNanos(Math.max(until - System.nanoTime(), 1)));
            if (now.isEmpty()) {
                return adopt();
            }
            said = now.equals(LATE) ? said : now;
            if (System.nanoTime() - until >= 0) {
                throw new IOException(
                        "No guard in " + runDirectory + " within " + limit.toMillis() + " ms: " + said, noGuard);
            }
            new CountDownLatch(1).await(RETRY.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Connects to the guard that lives in the run directory. */
    SocketChannel adopt() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(socket()));
    }

    /** Empty if a guard was started, else what the guard said against it. */
    private String start(Duration limit) throws IOException, InterruptedException {
        var argv = new ArrayList<>(command);
        argv.add(runDirectory.toString());
        cgroup.map(Path::toString).or(() -> watchdog.map(none -> NO_CGROUP)).ifPresent(argv::add);
        watchdog.ifPresent(dog -> argv.addAll(List.of(
                dog.device().toString(),
                Long.toString(dog.timeout().toSeconds()),
                Long.toString(dog.slack().toMillis()))));
        var builder = new ProcessBuilder(argv).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(inherited());
        Process process = builder.start();
        process.getOutputStream().close();
        if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
            process.destroyForcibly();
            return LATE;
        }
        try (var output = process.getInputStream()) {
            String said =
                    process.exitValue() == 0 ? "" : new String(output.readNBytes(1000), StandardCharsets.UTF_8).strip();
            return process.exitValue() == 0 || !said.isEmpty() ? said : "exit code " + process.exitValue();
        }
    }
}
