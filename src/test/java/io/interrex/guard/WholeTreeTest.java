package io.interrex.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.interrex.testkit.GuardBinary;
import io.interrex.testkit.Unprivileged;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** In place of PostgreSQL a shell whose descendants hide as well as processes can. */
@DisplayName("A kill of the whole tree")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WholeTreeTest {
    private static final long OWNER = ProcessHandle.current().pid();

    /** Finds the descendants of this test, whoever their parent is by then. */
    private static final Pattern TREE = Pattern.compile("INTERREX_TEST_TREE=(\\d+)");

    /** Finds its guards and their keepers, whose environment the tree does not get. */
    private static final Pattern GUARD = Pattern.compile("INTERREX_TEST_GUARD=(\\d+)");

    private static final String CGROUP = "test-";

    /** A session of its own, an orphan twice over, one that is stopped, and one that ignores what can be ignored. */
    private static final String HIDING =
            "trap '' TERM INT HUP QUIT; setsid sh -c 'setsid sleep 1000 & setsid sleep 1000 & exit' & "
                    + "(sleep 1000 & exit 0) & sh -c 'kill -STOP $$' & exec sleep 1000";

    @TempDir
    Path home;

    private final List<RawGuard> guards = new ArrayList<>();
    private Optional<Path> cgroup = Optional.empty();

    /** What a test left whose own process was killed: its owner is gone. */
    @BeforeAll
    static void sweep() throws IOException {
        killAll(pid -> ProcessHandle.of(pid).isEmpty());
        Optional<Path> own = OwnCgroup.named(CGROUP + OWNER);
        if (own.isPresent()) {
            try (var all = Files.newDirectoryStream(own.get().resolveSibling(""), "interrex-" + CGROUP + "[0-9]*")) {
                for (Path cgroup : all) {
                    String owner = cgroup.toString().replaceFirst(".*-", "");
                    if (ProcessHandle.of(Long.parseLong(owner)).isEmpty()) {
                        remove(cgroup);
                    }
                }
            } finally {
                remove(own.get());
            }
        }
    }

    @BeforeEach
    void own() throws IOException {
        Unprivileged.own(home);
    }

    /** Needs nothing of what the test did or found: everything has its mark, the guards too, which live until they are told. */
    @AfterEach
    void close() throws Exception {
        try {
            killAll(pid -> pid == OWNER);
        } finally {
            if (cgroup.isPresent()) {
                remove(cgroup.get());
            }
            for (RawGuard guard : guards) {
                guard.close();
            }
        }
    }

    private static void killAll(LongPredicate owner) {
        GuardRig.awaitTrue(() -> {
            List<Long> left = marked(List.of(TREE, GUARD), owner);
            left.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
            return left.isEmpty();
        });
    }

    private static void remove(Path cgroup) {
        GuardRig.awaitTrue(() -> cgroup.toFile().delete() || !Files.exists(cgroup));
    }

    @Test
    @DisplayName("leaves no orphan, no other session and no stopped process: DEAD comes when none is left")
    void nothingIsLeft() throws Exception {
        RawGuard guard = start(GuardBinary.commandIn(home), Optional.empty());
        assertEquals(5, tree().size());
        assertEquals("9 OK", guard.ask("9 KILL"));
        String dead = guard.line();
        assertTrue(dead.startsWith("* DEAD cause=order"), dead);
        assertEquals(List.of(), tree());
    }

    @Test
    @DisplayName("tells how many of it were stopped, which a hang of the server may be")
    void tellsStopped() throws Exception {
        RawGuard guard = start(GuardBinary.commandIn(home), Optional.empty());
        GuardRig.awaitTrue(() -> status(guard).getOrDefault("stopped", "").equals("1"));
    }

    @Test
    @DisplayName(
            "reaches by the cgroup what a guard that died with its keeper left behind, in whatever directory it runs")
    void cgroupHoldsOrphans() throws Exception {
        cgroup = cgroupOfThisTest();
        var launcher = GuardLauncher.of(Path.of(GuardBinary.commandIn(home).getLast()), home.resolve("run"), cgroup);
        RawGuard guard = start(launcher.command(), cgroup);
        assertTrue(guard.ask("8 STATUS").contains(" cgroup=own "));
        assertEquals(
                tree().size(),
                Files.readAllLines(cgroup.orElseThrow().resolve("cgroup.procs")).size());
        long pid =
                Long.parseLong(Files.readString(home.resolve("run/guard.lock")).strip());
        GuardRig.signal(
                "KILL",
                ProcessHandle.of(pid).orElseThrow().parent().orElseThrow().pid());
        GuardRig.signal("KILL", pid);
        guard.close();
        assertFalse(tree().isEmpty(), "orphans that ignore the signal of their parent's death");

        RawGuard next = connect(launcher.command(), cgroup);
        assertEquals("1 OK", next.ask("1 DISARM"));
        String start = next.ask("2 START " + home + " " + home.resolve("out") + " /bin/true");
        assertTrue(start.startsWith("2 ERR ORPHANS"), start);
        assertEquals("3 OK", next.ask("3 SWEEP " + home));
        String dead = next.line();
        assertTrue(dead.startsWith("* DEAD cause=sweep"), dead);
        assertEquals(List.of(), tree());
    }

    @Test
    @DisplayName("is another cgroup for each member, also of one group and of nodes that share a cgroup")
    void sharesNoCgroup() {
        Optional<Path> one = OwnCgroup.of(CGROUP + "x", home.resolve("a"));
        Optional<Path> other = OwnCgroup.of(CGROUP + "x", home.resolve("b"));
        assumeTrue(one.isPresent() && other.isPresent(), "needs a writable cgroup2");
        remove(one.get());
        remove(other.get());
        assertFalse(one.equals(other), one::toString);
    }

    @Test
    @DisplayName("has no cgroup where the file system says so, and the reason is named")
    void findsItsOwn() throws Exception {
        var mounts = List.of(
                "25 1 0:5 / /proc rw - proc proc rw",
                "30 1 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw",
                "31 1 0:26 /system.slice /mnt/slice rw - cgroup2 cgroup2 rw");
        assertEquals(
                Path.of("/sys/fs/cgroup/system.slice/interrex.service"),
                OwnCgroup.find(mounts, List.of("1:cpu:/", "0::/system.slice/interrex.service")));
        assertEquals(Path.of("/mnt/slice/x"), OwnCgroup.find(mounts.subList(2, 3), List.of("0::/system.slice/x")));
        var none = org.junit.jupiter.api.Assertions.assertThrows(
                IOException.class, () -> OwnCgroup.find(mounts.subList(2, 3), List.of("0::/user.slice")));
        assertTrue(String.valueOf(none.getMessage()).contains("/user.slice"), none.toString());
        var foreign = org.junit.jupiter.api.Assertions.assertThrows(
                IOException.class, () -> OwnCgroup.below(home, "interrex-x"));
        assertTrue(String.valueOf(foreign.getMessage()).contains("Delegate=yes"), foreign.toString());
    }

    /** Where this user may make one: as root on a host with cgroup2, or in a delegated unit. */
    private static Optional<Path> cgroupOfThisTest() {
        Optional<Path> made = OwnCgroup.named(CGROUP + OWNER);
        assumeTrue(made.isPresent(), "needs a writable cgroup2");
        return made;
    }

    private RawGuard start(List<String> command, Optional<Path> own) throws Exception {
        RawGuard guard = connect(command, own);
        assertEquals("1 OK", guard.ask("1 DISARM"));
        String script = Words.encode(HIDING);
        String answer = guard.ask("2 START %s %s PATH=/usr/bin:/bin INTERREX_TEST_TREE=%d /bin/sh -c %s"
                .formatted(home, home.resolve("out"), OWNER, script));
        assertTrue(answer.startsWith("2 OK"), answer);
        // the shells in between have ended when sleepers are left, and the one that stops itself
        GuardRig.awaitTrue(() -> sleeping() == 4 && tree().size() == 5);
        return guard;
    }

    private RawGuard connect(List<String> command, Optional<Path> own) throws Exception {
        var marked = new ArrayList<>(List.of("env", "INTERREX_TEST_GUARD=" + OWNER));
        marked.addAll(command);
        var launcher = new GuardLauncher(marked, home.resolve("run"), own);
        launcher.connect(GuardRig.LIMIT, absent -> {}).close();
        var guard = new RawGuard(launcher.socket());
        guards.add(guard);
        return guard;
    }

    /** All living processes of the tree. */
    private static List<Long> tree() {
        return marked(List.of(TREE), pid -> pid == OWNER);
    }

    private static Map<String, String> status(RawGuard guard) {
        try {
            return Words.fields(guard.ask("9 STATUS").substring("9 OK ".length()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
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
}
