package io.interrex.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * In place of PostgreSQL a shell whose descendants hide as well as processes can, with its guards. When it is closed nothing of it
 * is left, whatever the test did: every process has a mark, the guards too, which live until they are told.
 */
final class HidingTree implements AutoCloseable {
    static final long OWNER = ProcessHandle.current().pid();

    private static final String MARK = "INTERREX_TEST_TREE";

    /** Finds the descendants of this test, whoever their parent is by then. */
    private static final Pattern TREE = Pattern.compile(MARK + "=(\\d+)");

    /** Finds its guards and their keepers, whose environment the tree does not get. */
    private static final Pattern GUARD = Pattern.compile("INTERREX_TEST_GUARD=(\\d+)");

    private static final String CGROUP = "test-";
    private static final String PREFIX = "interrex-" + CGROUP;

    /** A session of its own, an orphan twice over, one that is stopped, and one that ignores what can be ignored. */
    static final String SCRIPT =
            "trap '' TERM INT HUP QUIT; setsid sh -c 'setsid sleep 1000 & setsid sleep 1000 & exit' & "
                    + "(sleep 1000 & exit 0) & sh -c 'kill -STOP $$' & exec sleep 1000";

    static final int PROCESSES = 5;

    private final Path home;
    private final List<RawGuard> guards = new ArrayList<>();
    private Optional<Path> cgroup = Optional.empty();
    private Optional<Path> freezer = Optional.empty();

    HidingTree(Path home) {
        this.home = home;
    }

    /** What a test left whose own process was killed: its owner is gone. */
    static void sweep() throws IOException {
        for (Path frozen : left(freezers())) {
            thaw(frozen);
        }
        killAll(pid -> ProcessHandle.of(pid).isEmpty());
        for (Path frozen : left(freezers())) {
            remove(frozen);
        }
        Optional<Path> own = OwnCgroup.named(CGROUP + OWNER);
        if (own.isPresent()) {
            remove(own.get());
            for (Path of : left(Optional.ofNullable(own.get().getParent()))) {
                remove(of);
            }
        }
    }

    private static List<Path> left(Optional<Path> parent) throws IOException {
        var left = new ArrayList<Path>();
        if (parent.isPresent()) {
            try (DirectoryStream<Path> all = Files.newDirectoryStream(parent.get(), PREFIX + "[0-9]*")) {
                for (Path one : all) {
                    String owner = one.toString().replaceFirst(".*-", "");
                    if (ProcessHandle.of(Long.parseLong(owner)).isEmpty()) {
                        left.add(one);
                    }
                }
            }
        }
        return left;
    }

    /** Where this user may make one: as root on a host with cgroup2, or in a delegated unit. */
    Optional<Path> cgroup() {
        cgroup = OwnCgroup.named(CGROUP + OWNER);
        return cgroup;
    }

    /** Of cgroup version 1, whose frozen processes sleep in state D and outlive SIGKILL; that of version 2 lets them die. */
    private static Optional<Path> freezers() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/mountinfo"), StandardCharsets.UTF_8).stream()
                .filter(line -> line.matches(".* - cgroup .*\\bfreezer\\b.*"))
                .map(line -> Path.of(line.split(" ", -1)[4]))
                .filter(Files::isWritable)
                .findFirst();
    }

    static boolean canFreeze() throws IOException {
        return freezers().isPresent();
    }

    void freeze(long pid) throws IOException {
        Path made = freezers().orElseThrow().resolve(PREFIX + OWNER);
        if (!Files.isDirectory(made)) {
            Files.createDirectory(made);
        }
        freezer = Optional.of(made);
        Files.writeString(made.resolve("cgroup.procs"), Long.toString(pid));
        Files.writeString(made.resolve("freezer.state"), "FROZEN");
        GuardRig.awaitTrue(() -> stateOf(made).equals("FROZEN"));
    }

    void thaw() throws IOException {
        if (freezer.isPresent()) {
            thaw(freezer.get());
        }
    }

    private static void thaw(Path frozen) throws IOException {
        Files.writeString(frozen.resolve("freezer.state"), "THAWED");
    }

    private static String stateOf(Path frozen) {
        try {
            return Files.readString(frozen.resolve("freezer.state")).strip();
        } catch (IOException e) {
            return e.toString();
        }
    }

    RawGuard start(List<String> command, Optional<Path> own) throws Exception {
        RawGuard guard = connect(command, own);
        assertEquals("1 OK", guard.ask("1 DISARM"));
        String answer = guard.ask("2 START %s %s PATH=/usr/bin:/bin %s=%d /bin/sh -c %s"
                .formatted(home, home.resolve("out"), MARK, OWNER, Words.encode(SCRIPT)));
        assertTrue(answer.startsWith("2 OK"), answer);
        awaitStarted();
        return guard;
    }

    /** By an agent, as a node starts its server. */
    void start(GuardClient agent) {
        GuardRig.value(agent.start(
                List.of("/bin/sh", "-c", SCRIPT), Map.of("PATH", "/usr/bin:/bin", MARK, Long.toString(OWNER)), home));
        awaitStarted();
    }

    private void awaitStarted() {
        // the shells in between have ended when sleepers are left, and the one that stops itself
        GuardRig.awaitTrue(() -> sleeping() == PROCESSES - 1 && tree().size() == PROCESSES);
    }

    GuardLauncher launcher(List<String> command, Optional<Path> own) {
        var marked = new ArrayList<>(List.of("env", "INTERREX_TEST_GUARD=" + OWNER));
        marked.addAll(command);
        return new GuardLauncher(marked, home.resolve("run"), own, Optional.empty());
    }

    RawGuard connect(List<String> command, Optional<Path> own) throws Exception {
        GuardLauncher launcher = launcher(command, own);
        launcher.connect(GuardRig.LIMIT, absent -> {}).close();
        var guard = new RawGuard(launcher.socket());
        guards.add(guard);
        return guard;
    }

    long guardPid() throws IOException {
        return Long.parseLong(Files.readString(home.resolve("run/guard.lock")).strip());
    }

    /** All living processes of the tree. */
    static List<Long> tree() {
        return marked(List.of(TREE), pid -> pid == OWNER);
    }

    /** One that may be frozen. */
    static long sleeper() {
        return tree().stream()
                .filter(pid -> file(pid, "comm").equals("sleep\n"))
                .findFirst()
                .orElseThrow();
    }

    private static long sleeping() {
        return tree().stream()
                .filter(pid -> file(pid, "comm").equals("sleep\n"))
                .count();
    }

    private static List<Long> marked(List<Pattern> marks, LongPredicate owner) {
        var found = new ArrayList<Long>();
        String[] pids = new java.io.File("/proc").list((dir, name) -> name.matches("[0-9]+"));
        for (String pid : pids == null ? new String[0] : pids) {
            String environment = file(Long.parseLong(pid), "environ");
            for (Pattern mark : marks) {
                Matcher matcher = mark.matcher(environment);
                if (matcher.find() && owner.test(Long.parseLong(matcher.group(1)))) {
                    found.add(Long.parseLong(pid));
                }
            }
        }
        return found;
    }

    /** Empty for one that ended, or is another user's. */
    private static String file(long pid, String name) {
        try {
            return new String(Files.readAllBytes(Path.of("/proc", String.valueOf(pid), name)), StandardCharsets.UTF_8);
        } catch (IOException gone) {
            return "";
        }
    }

    private static void killAll(LongPredicate owner) {
        GuardRig.awaitTrue(() -> {
            List<Long> left = marked(List.of(TREE, GUARD), owner);
            left.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
            return left.isEmpty();
        });
    }

    static void remove(Path made) {
        GuardRig.awaitTrue(() -> made.toFile().delete() || !Files.exists(made));
    }

    @Override
    public void close() throws IOException {
        try {
            thaw();
            killAll(pid -> pid == OWNER);
        } finally {
            cgroup.ifPresent(HidingTree::remove);
            freezer.ifPresent(HidingTree::remove);
            for (RawGuard guard : guards) {
                guard.close();
            }
        }
    }
}
