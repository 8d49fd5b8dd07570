package io.interrex.guard;

import static io.interrex.guard.GuardRig.LIMIT;
import static io.interrex.guard.GuardRig.refusal;
import static io.interrex.guard.GuardRig.signal;
import static io.interrex.guard.GuardRig.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.port.Guard;
import io.interrex.cluster.port.Nothing;
import io.interrex.testkit.TempPostgres;
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

@DisplayName("The guard as the parent of PostgreSQL")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GuardLifeTest {
    private static final Duration LONG = Duration.ofSeconds(50);
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
    @DisplayName("starts a server, reloads it and stops it cleanly, and then nothing is left and nothing is told")
    void startsAndStops() throws Exception {
        var agent = rig.agent();
        long pid = rig.startArmed(agent, LONG);

        var status = value(agent.status());
        assertTrue(status.alive());
        assertEquals(Long.valueOf(pid), status.pid());
        assertTrue(status.armed());
        assertTrue(status.processes() > 3, "backends count: " + status);
        assertEquals(Nothing.NOTHING, value(agent.reload()));
        assertEquals(Nothing.NOTHING, value(agent.stopFast(LIMIT)));

        assertEquals(List.of(), postgres.processes());
        var after = value(agent.status());
        assertFalse(after.alive());
        assertEquals(0, after.exitStatus());
        assertTrue(postgres.log().contains("database system is shut down"), postgres.log());
        assertTrue(rig.events.isEmpty(), "a stop that was asked for is no event: " + rig.events);
        assertEquals(Nothing.NOTHING, value(agent.stopFast(LIMIT)), "a stop of what does not run is done");
    }

    @Test
    @DisplayName(
            "refuses to start outside recovery while no deadline is in force, also after the one before has passed")
    void startsNothingUnguarded() throws Exception {
        var agent = rig.agent();
        assertTrue(
                refusal(agent.start(postgres.argv(), Map.of(), postgres.data())).startsWith("UNGUARDED"));

        rig.beat(agent, Duration.ofMillis(1));
        GuardRig.awaitTrue(() -> !value(agent.status()).armed());
        assertTrue(
                refusal(agent.start(postgres.argv(), Map.of(), postgres.data())).startsWith("UNGUARDED"));
        assertEquals(List.of(), postgres.processes());

        value(agent.disarm());
        value(agent.start(postgres.argv(), Map.of(), postgres.data()));
        assertTrue(
                refusal(agent.start(postgres.argv(), Map.of(), postgres.data())).startsWith("BUSY"));
    }

    @Test
    @DisplayName("kills busy and stopped processes alike on order, and calls them dead only when none is left")
    void kills() throws Exception {
        var agent = rig.agent();
        long pid = rig.startArmed(agent, LONG);
        for (int i = 0; i < 5; i++) {
            rig.busySession();
        }
        long backend = postgres.processes().getLast();
        signal("STOP", backend);
        signal("STOP", pid);
        int before = postgres.processes().size();

        Guard.Death death = value(agent.kill(LIMIT));

        assertEquals(List.of(), postgres.processes(), "dead means empty");
        assertTrue(death.killed() >= before, death + " of " + before);
        assertTrue(rig.events.isEmpty(), "a kill that was asked for is no event: " + rig.events);
        assertTrue(
                refusal(agent.start(postgres.argv(), Map.of(), postgres.data())).startsWith("UNGUARDED"));
    }

    @Test
    @DisplayName("sweeps the backends of a postmaster that was killed, tells it, and lets it restart in the same lease")
    void sweepsAfterACrash() throws Exception {
        var agent = rig.agent();
        long pid = rig.startArmed(agent, LONG);
        rig.busySession();
        rig.busySession();

        long killedNs = System.nanoTime();
        signal("KILL", pid);
        long emptyNs = rig.awaitEmpty();

        var exited = assertInstanceOf(Guard.Event.Exited.class, rig.nextEvent(LIMIT));
        assertEquals(pid, exited.pid());
        assertEquals(128 + 9, exited.status());
        assertTrue(exited.swept() >= 2, "the busy backends: " + exited);
        assertTrue(emptyNs - killedNs < 1_000_000_000L, "empty after ns " + (emptyNs - killedNs));
        assertTrue(value(agent.status()).armed());
        value(agent.start(postgres.argv(), Map.of(), postgres.data()));
        postgres.connect(LIMIT).close();
    }

    @Test
    @DisplayName("tells at once when the server cannot be started")
    void tellsExecFailure() throws Exception {
        var agent = rig.agent();
        rig.beat(agent, LONG);
        value(agent.start(List.of("/nowhere/postgres", "-D", "x y%"), Map.of("A", "b c"), postgres.data()));
        assertEquals(
                127,
                assertInstanceOf(Guard.Event.Exited.class, rig.nextEvent(LIMIT)).status());
        assertTrue(refusal(agent.start(postgres.argv(), Map.of(), Path.of("/nowhere")))
                .startsWith("DATA /nowhere"));
    }

    @Test
    @DisplayName("does nothing by time while the member is in recovery")
    void recoveryHasNoDeadline() throws Exception {
        var agent = rig.agent();
        rig.beat(agent, Duration.ofMillis(400));
        value(agent.disarm());
        long pid = value(agent.start(postgres.argv(), Map.of(), postgres.data()));
        assertNull(rig.nextEvent(Duration.ofMillis(800)));
        assertEquals(Long.valueOf(pid), value(agent.status()).pid());
    }

    @Test
    @DisplayName("takes no deadline away while a server lives that had one: only its death does")
    void keepsTheDeadline() throws Exception {
        var agent = rig.agent();
        rig.startArmed(agent, LONG);
        assertTrue(refusal(agent.disarm()).startsWith("ARMED"));
        assertTrue(value(agent.status()).armed());

        rig.beat(agent, Duration.ofMillis(300));
        assertInstanceOf(Guard.Event.Expired.class, rig.nextEvent(LIMIT));
        value(agent.disarm());
        assertFalse(value(agent.status()).armed());
    }
}
