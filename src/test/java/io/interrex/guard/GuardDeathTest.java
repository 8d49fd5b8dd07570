package io.interrex.guard;

import static io.interrex.guard.GuardRig.LIMIT;
import static io.interrex.guard.GuardRig.refusal;
import static io.interrex.guard.GuardRig.signal;
import static io.interrex.guard.GuardRig.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.port.Guard;
import io.interrex.testkit.TempPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

@DisplayName("The death of the guard")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GuardDeathTest {
    private static final Duration LONG = Duration.ofSeconds(50);
    private static final Logger LOG = LoggerFactory.getLogger(GuardDeathTest.class);
    private static TempPostgres postgres;
    private GuardRig rig;

    @BeforeAll
    static void initdb() throws Exception {
        postgres = TempPostgres.create();
    }

    @AfterAll
    static void delete() throws Exception {
        postgres.close();
    }

    @BeforeEach
    void open() throws Exception {
        rig = new GuardRig(postgres, "run");
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    @Test
    @DisplayName(
            "takes a stopped postmaster and busy backends along, is told, and leaves a new empty guard in its place")
    void takesTheTreeAlong() throws Exception {
        var agent = rig.agent();
        long pid = rig.startArmed(agent, LONG);
        rig.busySession();
        rig.busySession();
        long guard = rig.guardPid();

        signal("STOP", pid); // so that only the keeper can end it
        long killedNs = System.nanoTime();
        signal("KILL", guard);
        long emptyNs = rig.awaitEmpty();
        LOG.info("Empty {} us after the death of the guard", (emptyNs - killedNs) / 1000);

        assertTrue(emptyNs - killedNs < 1_000_000_000L, "empty after ns " + (emptyNs - killedNs));
        assertInstanceOf(Guard.Event.Lost.class, rig.nextEvent(LIMIT));
        awaitReconnected(agent);
        assertNotEquals(guard, rig.guardPid());
        assertFalse(value(agent.status()).alive());
        assertTrue(
                refusal(agent.start(postgres.argv(), Map.of(), postgres.data())).startsWith("UNGUARDED"));
        rig.startArmed(agent, LONG);
    }

    @Test
    @DisplayName(
            "and of its keeper, with a stopped postmaster, leaves orphans that prevent a start until they are swept")
    void orphansAreSwept() throws Exception {
        var agent = rig.agent();
        long pid = rig.startArmed(agent, LONG);
        rig.busySession();
        long guard = rig.guardPid();
        long keeper = parentOf(guard);
        signal("STOP", pid);
        signal("KILL", keeper);
        signal("KILL", guard);

        assertInstanceOf(Guard.Event.Lost.class, rig.nextEvent(LIMIT));
        awaitReconnected(agent);
        List<Long> orphans = postgres.processes();
        assertTrue(orphans.contains(pid), "a stopped postmaster does not follow SIGQUIT: " + orphans);
        rig.beat(agent, LONG);
        assertTrue(
                refusal(agent.start(postgres.argv(), Map.of(), postgres.data())).startsWith("ORPHANS"));

        Guard.Death death = value(agent.sweep(postgres.data(), LIMIT));

        assertEquals(List.of(), postgres.processes());
        assertTrue(death.killed() > 0, death + " of " + orphans);
        // PostgreSQL takes a zombie that init has not reaped yet for the living owner of its lock files.
        GuardRig.awaitTrue(() -> !Files.exists(Path.of("/proc", Long.toString(pid))));
        rig.startArmed(agent, LONG);
    }

    @Test
    @DisplayName("and of its keeper makes a running postmaster stop with its busy backends")
    void postmasterFollows() throws Exception {
        var agent = rig.agent();
        rig.startArmed(agent, LONG);
        rig.busySession();
        long guard = rig.guardPid();
        long keeper = parentOf(guard);
        long killedNs = System.nanoTime();
        signal("KILL", keeper);
        signal("KILL", guard);
        long emptyNs = rig.awaitEmpty();
        LOG.info("Empty {} us after both deaths", (emptyNs - killedNs) / 1000);
        assertTrue(emptyNs - killedNs < 2_000_000_000L, "empty after ns " + (emptyNs - killedNs));
    }

    @Test
    @DisplayName("does not come by SIGTERM while a server lives")
    void ignoresSigterm() throws Exception {
        var agent = rig.agent();
        long pid = rig.startArmed(agent, LONG);
        long guard = rig.guardPid();
        signal("TERM", guard);
        signal("INT", guard);
        signal("HUP", guard);
        assertEquals(Long.valueOf(pid), value(agent.status()).pid());
        assertEquals(guard, rig.guardPid());
    }

    @Test
    @DisplayName("cannot be followed by a second guard while it lives: the run directory is locked")
    void oneGuardPerRunDirectory() throws Exception {
        rig.agent();
        var command = new java.util.ArrayList<>(rig.launcher.command());
        command.add(rig.launcher.runDirectory().toString());
        var second = new ProcessBuilder(command).redirectErrorStream(true).start();
        assertEquals(1, second.waitFor());
        String said = new String(second.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertTrue(said.contains("another guard"), said);
    }

    private static void awaitReconnected(Guard agent) {
        GuardRig.awaitTrue(() -> GuardRig.outcome(agent.status()) instanceof io.interrex.cluster.port.Outcome.Done);
    }

    private static long parentOf(long pid) throws Exception {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[1]);
    }
}
