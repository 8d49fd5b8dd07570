package io.interrex.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Finds, kills and stops the processes of one host: what the kernel says counts, not who started them. */
final class HostProcesses {

    private static final Duration DEATH_LIMIT = Duration.ofSeconds(20);

    private final Predicate<ProcessHandle> belongs;

    private HostProcesses(Predicate<ProcessHandle> belongs) {
        this.belongs = belongs;
    }

    /** Those whose network namespace is the one mounted at {@code file}. */
    static HostProcesses inNamespace(Path file) {
        String identity;
        try {
            identity = "net:[" + Files.getAttribute(file, "unix:ino") + "]";
        } catch (IOException e) {
            throw new LabException("network namespace " + file + " cannot be read: " + e.getMessage(), e);
        }
        return new HostProcesses(process -> namespaceOf(process).equals(identity));
    }

    /** Those that have {@code marker} ("NAME=value") in the environment that they were started with. */
    static HostProcesses marked(String marker) {
        return new HostProcesses(process -> environment(process).contains(marker));
    }

    private static String namespaceOf(ProcessHandle process) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", String.valueOf(process.pid()), "ns", "net"))
                    .toString();
        } catch (IOException e) {
            return "none: ended, or somebody else's";
        }
    }

    static List<String> environment(ProcessHandle process) {
        try {
            return List.of(Files.readString(
                            Path.of("/proc", String.valueOf(process.pid()), "environ"), StandardCharsets.ISO_8859_1)
                    .split("\0"));
        } catch (IOException e) {
            return List.of();
        }
    }

    /** All that live; never this process itself. */
    List<ProcessHandle> list() {
        long self = ProcessHandle.current().pid();
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != self)
                .filter(belongs)
                .collect(Collectors.toCollection(ArrayList::new));
    }

    /** Kills until none is left, also those that are born meanwhile. */
    void killAll(String host) {
        boolean empty = Shell.await(DEATH_LIMIT, () -> {
            List<ProcessHandle> left = list();
            left.forEach(ProcessHandle::destroyForcibly);
            return left.isEmpty();
        });
        if (!empty) {
            throw new LabException("processes of " + host + " do not die: " + pids(list()));
        }
    }

    void stopAll(String host) {
        boolean stopped = Shell.await(DEATH_LIMIT, () -> {
            List<ProcessHandle> running =
                    list().stream().filter(process -> !isStopped(process)).toList();
            signal("STOP", running);
            return running.isEmpty();
        });
        if (!stopped) {
            throw new LabException("processes of " + host + " do not stop: " + pids(list()));
        }
    }

    void continueAll() {
        signal("CONT", list());
    }

    private static boolean isStopped(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc", String.valueOf(process.pid()), "stat"));
            char state = stat.charAt(stat.lastIndexOf(')') + 2);
            return state == 'T' || state == 't' || state == 'Z';
        } catch (IOException e) {
            return true;
        }
    }

    private static void signal(String name, List<ProcessHandle> processes) {
        if (!processes.isEmpty()) {
            // one that ended meanwhile makes kill fail, and is no concern
            Shell.run("sh", "-c", "kill -" + name + " " + pids(processes) + " 2>/dev/null; true");
        }
    }

    private static String pids(List<ProcessHandle> processes) {
        return processes.stream().map(p -> String.valueOf(p.pid())).collect(Collectors.joining(" "));
    }
}
