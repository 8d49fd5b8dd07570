package io.interrex.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.interrex.testkit.GuardBinary;
import io.interrex.testkit.Unprivileged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
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
    @TempDir
    Path home;

    private HidingTree tree;

    @BeforeAll
    static void sweep() throws IOException {
        HidingTree.sweep();
    }

    @BeforeEach
    void own() throws IOException {
        Unprivileged.own(home);
        tree = new HidingTree(home);
    }

    @AfterEach
    void close() throws IOException {
        tree.close();
    }

    @Test
    @DisplayName("leaves no orphan, no other session and no stopped process: DEAD comes when none is left")
    void nothingIsLeft() throws Exception {
        RawGuard guard = tree.start(GuardBinary.commandIn(home), Optional.empty());
        assertEquals(HidingTree.PROCESSES, HidingTree.tree().size());
        assertEquals("9 OK", guard.ask("9 KILL"));
        String dead = guard.line();
        assertTrue(dead.startsWith("* DEAD cause=order"), dead);
        assertEquals(List.of(), HidingTree.tree());
    }

    @Test
    @DisplayName("tells how many of it were stopped, which a hang of the server may be")
    void tellsStopped() throws Exception {
        RawGuard guard = tree.start(GuardBinary.commandIn(home), Optional.empty());
        GuardRig.awaitTrue(() -> stopped(guard).equals("1"));
    }

    @Test
    @DisplayName(
            "reaches by the cgroup what a guard that died with its keeper left behind, in whatever directory it runs")
    void cgroupHoldsOrphans() throws Exception {
        Optional<Path> cgroup = tree.cgroup();
        assumeTrue(cgroup.isPresent(), "needs a writable cgroup2");
        var launcher = GuardLauncher.of(Path.of(GuardBinary.commandIn(home).getLast()), home.resolve("run"), cgroup);
        RawGuard guard = tree.start(launcher.command(), cgroup);
        assertTrue(guard.ask("8 STATUS").contains(" cgroup=own "));
        assertEquals(
                HidingTree.tree().size(),
                Files.readAllLines(cgroup.orElseThrow().resolve("cgroup.procs")).size());
        long pid = tree.guardPid();
        GuardRig.signal(
                "KILL",
                ProcessHandle.of(pid).orElseThrow().parent().orElseThrow().pid());
        GuardRig.signal("KILL", pid);
        guard.close();
        assertFalse(HidingTree.tree().isEmpty(), "orphans that ignore the signal of their parent's death");

        RawGuard next = tree.connect(launcher.command(), cgroup);
        assertEquals("1 OK", next.ask("1 DISARM"));
        String start = next.ask("2 START " + home + " " + home.resolve("out") + " /bin/true");
        assertTrue(start.startsWith("2 ERR ORPHANS"), start);
        assertEquals("3 OK", next.ask("3 SWEEP " + home));
        String dead = next.line();
        assertTrue(dead.startsWith("* DEAD cause=sweep"), dead);
        assertEquals(List.of(), HidingTree.tree());
    }

    @Test
    @DisplayName("is another cgroup for each member, also of one group and of nodes that share a cgroup")
    void sharesNoCgroup() {
        Optional<Path> one = OwnCgroup.of("test-x", home.resolve("a"));
        Optional<Path> other = OwnCgroup.of("test-x", home.resolve("b"));
        assumeTrue(one.isPresent() && other.isPresent(), "needs a writable cgroup2");
        HidingTree.remove(one.get());
        HidingTree.remove(other.get());
        assertFalse(one.equals(other), one::toString);
    }

    private static String stopped(RawGuard guard) {
        try {
            return Words.fields(guard.ask("9 STATUS").substring("9 OK ".length()))
                    .getOrDefault("stopped", "");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
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
}
