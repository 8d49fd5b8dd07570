package io.interrex.persistence.ratis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Voters a, b, c as processes of their own, that can be killed, stopped and started again; they end with this one. */
final class VoterProcesses implements AutoCloseable {

    private final Path directory;
    private final Map<String, String> voters = new TreeMap<>();
    private final Map<String, Process> running = new TreeMap<>();
    private final long snapshotEvery;

    VoterProcesses(long snapshotEvery) throws IOException {
        this.directory = Files.createTempDirectory("log-crash-");
        this.snapshotEvery = snapshotEvery;
        RatisCluster.freeAddresses(3)
                .forEach(address -> voters.put(String.valueOf((char) ('a' + voters.size())), address));
    }

    static VoterProcesses started(long snapshotEvery) throws IOException {
        var processes = new VoterProcesses(snapshotEvery);
        processes.startAll();
        return processes;
    }

    void startAll() throws IOException {
        for (var node : voters.keySet()) {
            start(node);
        }
    }

    void start(String node) throws IOException {
        start(node, List.of());
    }

    /** The voter's directory is on a disk of its own of {@code bytes}, gone with the process. */
    void startOnSmallDisk(String node, long bytes) throws IOException {
        Files.createDirectories(storage(node));
        start(
                node,
                List.of(
                        "unshare",
                        Files.isWritable(Path.of("/proc/sys/kernel/ns_last_pid")) ? "-m" : "-rm",
                        "sh",
                        "-c",
                        "mount -t tmpfs -o size=" + bytes + " tmpfs " + storage(node) + " && exec \"$@\"",
                        "sh"));
    }

    /** The voter's directory as the voter sees it. */
    Path storageAsSeenBy(String node) {
        return Path.of("/proc/" + pid(node) + "/root" + storage(node));
    }

    /** A process under which the voter runs, such as {@code strace}. */
    void start(String node, List<String> under) throws IOException {
        var command = new ArrayList<String>(under);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx96m",
                "-Xlog:disable",
                "-cp",
                System.getProperty("java.class.path"),
                VoterMain.class.getName(),
                node,
                storage(node).toString(),
                String.valueOf(snapshotEvery)));
        voters.forEach((name, address) -> command.add(name + "=" + address));
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve(node + ".out").toFile()));
        builder.environment().put("RATIS_LEVEL", "INFO");
        running.put(node, builder.start());
    }

    RatisEventLog client() throws IOException {
        return RatisEventLog.start(RatisSettings.client("client", voters));
    }

    List<String> names() {
        return List.copyOf(voters.keySet());
    }

    Path storage(String node) {
        return directory.resolve(node);
    }

    long pid(String node) {
        return process(node).pid();
    }

    String output(String node) throws IOException {
        return Files.readString(directory.resolve(node + ".out"));
    }

    private Process process(String node) {
        var process = running.get(node);
        if (process == null) {
            throw new AssertionError(node + " does not run");
        }
        return process;
    }

    /** SIGKILL, and waits for the end. */
    void kill(String node) throws InterruptedException {
        var process = process(node);
        process.destroyForcibly();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            throw new AssertionError(node + " does not die");
        }
        running.remove(node);
    }

    /** SIGSTOP or SIGCONT: a host that answers nothing and refuses nothing. */
    void signal(String node, String signal) throws IOException, InterruptedException {
        var kill = new ProcessBuilder("kill", "-" + signal, String.valueOf(pid(node))).start();
        if (kill.waitFor() != 0) {
            throw new AssertionError("kill -" + signal + " failed");
        }
    }

    @Override
    public void close() throws IOException {
        for (var process : running.values()) {
            process.destroyForcibly();
        }
        for (var process : running.values()) {
            process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
        }
        RatisCluster.delete(directory);
    }
}
