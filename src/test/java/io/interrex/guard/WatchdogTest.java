package io.interrex.guard;

import static io.interrex.guard.GuardRig.LIMIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.interrex.cluster.port.Guard;
import io.interrex.testkit.Unprivileged;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * No machine of ours may be reset: in place of the device stands a FIFO, and in place of the ioctl that sets its time-out the guard's
 * test build writes T and the seconds into it. All else is the shipped guard: what it writes and when, of a watchdog of 1 s, a lease of
 * {@link #LEASE}, and promises that end {@link #SLACK} after it.
 */
@DisplayName("The watchdog of a host")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WatchdogTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final Duration LEASE = Duration.ofMillis(1200);
    private static final Duration SLACK = Duration.ofMillis(500);

    @TempDir
    Path home;

    private final BlockingQueue<Guard.Event> events = new LinkedBlockingQueue<>();
    private final List<Fed> fed = new CopyOnWriteArrayList<>();
    private HidingTree tree;
    private Path device;
    private RandomAccessFile reader;

    /** One byte that the device was given. */
    private record Fed(char what, long atNs) {}

    @BeforeEach
    void make() throws Exception {
        HidingTree.sweep();
        Unprivileged.own(home);
        tree = new HidingTree(home);
        device = home.resolve("watchdog");
        assertEquals(
                0,
                new ProcessBuilder("mkfifo", "-m", "0666", device.toString())
                        .start()
                        .waitFor());
        reader = new RandomAccessFile(device.toFile(), "rw");
        Thread.ofPlatform().daemon().start(this::read);
    }

    private void read() {
        try {
            for (int c = reader.read(); c >= 0; c = reader.read()) {
                fed.add(new Fed((char) c, System.nanoTime()));
            }
        } catch (IOException e) {
            fed.add(new Fed('x', System.nanoTime())); // closed by the test's end
        }
    }

    @AfterEach
    void close() throws IOException {
        tree.close();
        reader.close();
    }

    private GuardLauncher launcher(Path at, Duration timeout) throws IOException {
        Path copy = home.resolve("interrex-guard-fifo");
        if (!Files.exists(copy)) {
            String given = System.getProperty("interrex.guard", "target/guard/interrex-guard");
            Files.copy(Path.of(given + "-fifo"), copy);
            Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return tree.launcher(Unprivileged.command(List.of(copy.toString())), Optional.empty())
                .with(Optional.of(new GuardLauncher.Watchdog(at, timeout, SLACK)));
    }

    private GuardClient agent() throws Exception {
        GuardClient agent = GuardClient.open(launcher(device, TIMEOUT), home.resolve("out"), LIMIT);
        agent.listen(events::add);
        return agent;
    }

    /** A server that may write; the moment at which its lease ends. */
    private long serve(GuardClient agent) {
        renew(agent, 1);
        tree.start(agent);
        return renew(agent, 2);
    }

    private static long renew(GuardClient agent, long round) {
        long sentNs = System.nanoTime();
        agent.stage(round, LEASE);
        GuardRig.value(agent.commit(round));
        return sentNs + LEASE.toNanos();
    }

    private String bytes() {
        return fed.stream().map(f -> String.valueOf(f.what())).reduce("", String::concat);
    }

    private long lastFedNs() {
        return fed.stream().filter(f -> f.what() == '1').toList().getLast().atNs();
    }

    @Test
    @DisplayName(
            "is not fed while a tree without a lease lives that nothing can kill: the host is reset before the promises end")
    void unkillable() throws Exception {
        assumeTrue(HidingTree.canFreeze(), "needs a writable freezer of cgroup version 1");
        try (GuardClient agent = agent()) {
            long endNs = serve(agent);
            tree.freeze(HidingTree.sleeper());
            assertInstanceOf(Guard.Event.Stuck.class, events.poll(10, TimeUnit.SECONDS));
            long resetNs = lastFedNs() + TIMEOUT.toNanos();
            assertTrue(System.nanoTime() > resetNs, "it would have been reset by now");
            assertTrue(resetNs <= endNs + SLACK.toNanos(), (resetNs - endNs) / 1000 + " us after the lease");
            assertTrue(resetNs > endNs, "not while it was killed: " + (endNs - resetNs) / 1000 + " us before its end");
            int before = fed.size();
            tree.thaw();
            assertInstanceOf(Guard.Event.Expired.class, events.poll(10, TimeUnit.SECONDS));
            GuardRig.awaitTrue(() -> fed.size() > before);
        }
    }

    @Test
    @DisplayName("is fed on while a standby is killed that does not die: its host is not reset for it")
    void unkillableStandby() throws Exception {
        assumeTrue(HidingTree.canFreeze(), "needs a writable freezer of cgroup version 1");
        try (GuardClient agent = agent()) {
            GuardRig.value(agent.disarm());
            tree.start(agent);
            tree.freeze(HidingTree.sleeper());
            var killed = agent.kill(Duration.ofSeconds(30));
            assertInstanceOf(Guard.Event.Stuck.class, events.poll(10, TimeUnit.SECONDS));
            long stuckNs = System.nanoTime();
            GuardRig.awaitTrue(() -> lastFedNs() - stuckNs > 2 * TIMEOUT.toNanos());
            for (int i = 1; i < fed.size(); i++) {
                long gapNs = fed.get(i).atNs() - fed.get(i - 1).atNs();
                assertTrue(gapNs < TIMEOUT.toNanos(), "a gap of " + gapNs / 1_000_000 + " ms");
            }
            tree.thaw();
            GuardRig.value(killed);
        }
    }

    @Test
    @DisplayName("is fed on where the tree was killed in time, and told with a V when its guard leaves")
    void killed() throws Exception {
        try (GuardClient agent = agent()) {
            serve(agent);
            assertInstanceOf(Guard.Event.Expired.class, events.poll(10, TimeUnit.SECONDS));
            long deadNs = System.nanoTime();
            GuardRig.awaitTrue(() -> lastFedNs() > deadNs);
            assertTrue(bytes().matches("T11+"), bytes());
            for (int i = 1; i < fed.size(); i++) {
                long gapNs = fed.get(i).atNs() - fed.get(i - 1).atNs();
                assertTrue(gapNs < TIMEOUT.toNanos(), "a gap of " + gapNs / 1_000_000 + " ms");
            }
        }
        try (var raw = new RawGuard(home.resolve("run/guard.sock"))) {
            assertEquals("1 OK", raw.ask("1 EXIT"));
        }
        GuardRig.awaitTrue(() -> bytes().endsWith("V"));
    }

    @Test
    @DisplayName("is told with a V by the keeper of a guard that died, when its tree is dead")
    void keeper() throws Exception {
        try (GuardClient agent = agent()) {
            serve(agent);
            GuardRig.signal("KILL", tree.guardPid());
            GuardRig.awaitTrue(() -> bytes().contains("V"));
            assertEquals(List.of(), HidingTree.tree());
        }
    }

    @Test
    @DisplayName("is fed by nobody when a guard died whose tree cannot be killed: its keeper says V when it is dead")
    void keeperFeedsNothing() throws Exception {
        assumeTrue(HidingTree.canFreeze(), "needs a writable freezer of cgroup version 1");
        try (GuardClient agent = agent()) {
            serve(agent);
            tree.freeze(HidingTree.sleeper());
            long guard = tree.guardPid();
            GuardRig.signal("KILL", guard);
            GuardRig.awaitTrue(() -> ProcessHandle.of(guard).isEmpty());
            reader.write('|'); // what comes after it was not written by the guard
            long deadNs = System.nanoTime();
            GuardRig.awaitTrue(() -> System.nanoTime() - deadNs > TIMEOUT.toNanos() * 3 / 2);
            assertTrue(bytes().matches("T1+\\|"), bytes());
            tree.thaw();
            GuardRig.awaitTrue(() -> bytes().contains("V"));
            assertTrue(bytes().matches("T1+\\|V.*"), bytes());
        }
    }

    @Test
    @DisplayName("is refused where it is absent, or keeps another time-out; it is stopped again then")
    void refused() throws Exception {
        var absent = assertThrows(
                IOException.class,
                () -> GuardClient.open(
                        launcher(home.resolve("none"), TIMEOUT), home.resolve("out"), Duration.ofSeconds(1)));
        assertTrue(String.valueOf(absent.getMessage()).contains("No such file"), absent.getMessage());
        var other = assertThrows(
                IOException.class,
                () -> GuardClient.open(
                        launcher(device, Duration.ofSeconds(60)), home.resolve("out"), Duration.ofSeconds(1)));
        assertTrue(
                String.valueOf(other.getMessage()).contains("the device does not keep that time-out"),
                other.getMessage());
        GuardRig.awaitTrue(() -> bytes().startsWith("T60V"));
    }
}
