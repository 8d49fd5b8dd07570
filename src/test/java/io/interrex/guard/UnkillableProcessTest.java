package io.interrex.guard;

import static io.interrex.guard.GuardRig.LIMIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.interrex.cluster.port.Guard;
import io.interrex.cluster.port.Outcome;
import io.interrex.testkit.GuardBinary;
import io.interrex.testkit.Unprivileged;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A frozen process (cgroup version 1) is in state D as one is whose disk or file server is away: SIGKILL waits until it thaws. */
@DisplayName("A process that outlives SIGKILL")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class UnkillableProcessTest {

    @TempDir
    Path home;

    private HidingTree tree;
    private final BlockingQueue<Guard.Event> events = new LinkedBlockingQueue<>();

    @BeforeAll
    static void sweep() throws IOException {
        assumeTrue(HidingTree.canFreeze(), "needs a writable freezer of cgroup version 1");
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
    @DisplayName("is told with its state and with where it waits, to the next agent too; DEAD is said when it is dead")
    void told() throws Exception {
        List<String> command = GuardBinary.commandIn(home);
        RawGuard guard = tree.start(command, Optional.empty());
        long pid = HidingTree.sleeper();
        tree.freeze(pid);
        assertEquals("9 OK", guard.ask("9 KILL"));
        String stuck = guard.line();
        assertTrue(
                stuck.matches("\\* STUCK pid=" + pid + " state=D wchan=[a-z_-]+ left=\\d+ uninterruptible=1"), stuck);

        RawGuard next = tree.connect(command, Optional.empty());
        assertTrue(next.line().startsWith("* STUCK pid=" + pid + " state=D "));
        assertTrue(next.ask("3 STATUS").contains(" state=killing "));
        tree.thaw();
        String dead = next.line();
        assertTrue(dead.startsWith("* DEAD cause=order"), dead);
        assertEquals(List.of(), HidingTree.tree());
    }

    private GuardClient agent() throws Exception {
        GuardClient agent = GuardClient.open(
                tree.launcher(GuardBinary.commandIn(home), Optional.empty()), home.resolve("out"), LIMIT);
        agent.listen(events::add);
        GuardRig.value(agent.disarm());
        tree.start(agent);
        return agent;
    }

    @Test
    @DisplayName(
            "lets a kill end as unknown; the agent is told what is stuck, and when it is over, and a start is refused between")
    void agentIsTold() throws Exception {
        try (GuardClient agent = agent()) {
            tree.freeze(HidingTree.sleeper());
            assertInstanceOf(Outcome.Unknown.class, GuardRig.outcome(agent.kill(Duration.ofSeconds(2))));
            var stuck = assertInstanceOf(Guard.Event.Stuck.class, events.poll(10, TimeUnit.SECONDS));
            assertTrue(stuck.evidence().contains(" in state D at "), stuck.evidence());
            assertTrue(GuardRig.refusal(agent.start(List.of("/bin/true"), Map.of(), home))
                    .contains("UNGUARDED"));
            tree.thaw();
            assertEquals(new Guard.Event.Freed(), events.poll(10, TimeUnit.SECONDS));
            assertEquals(List.of(), HidingTree.tree());
        }
    }

    @Test
    @DisplayName("keeps the keeper of a guard that died: the agent is told that no guard comes back, and when one does")
    void keeperIsTold() throws Exception {
        try (GuardClient agent = agent()) {
            tree.freeze(HidingTree.sleeper());
            GuardRig.signal("KILL", tree.guardPid());
            assertInstanceOf(Guard.Event.Lost.class, events.poll(10, TimeUnit.SECONDS));
            var stuck = assertInstanceOf(Guard.Event.Stuck.class, events.poll(10, TimeUnit.SECONDS));
            assertTrue(stuck.evidence().contains("no other starts"), stuck.evidence());
            tree.thaw();
            assertEquals(new Guard.Event.Freed(), events.poll(20, TimeUnit.SECONDS));
            assertEquals(List.of(), HidingTree.tree());
        }
    }
}
