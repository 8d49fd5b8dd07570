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
import io.interrex.cluster.port.Outcome;
import io.interrex.testkit.TempPostgres;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

@DisplayName("The guard's deadline")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GuardDeadlineTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration T = Duration.ofMillis(1200);

    /** The closing delay g of the profile "fast", tripled: the machines that run tests are busy. */
    private static final long CLOSING_NS_MAX = 3 * 170_000_000L;

    private static final Logger LOG = LoggerFactory.getLogger(GuardDeadlineTest.class);
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
    @DisplayName("passes while the agent is silent: postmaster and 40 busy backends are dead within g")
    void killsWhenTheAgentIsSilent() throws Exception {
        var agent = rig.agent();
        rig.startArmed(agent, LONG);
        for (int i = 0; i < 40; i++) {
            rig.busySession();
        }
        assertTrue(postgres.processes().size() > 40);
        assertDeadInTime(rig.beat(agent, T));
        var expired = assertInstanceOf(Guard.Event.Expired.class, rig.nextEvent(LIMIT));
        assertTrue(expired.death().killed() > 40, expired.toString());
        LOG.info("As the guard measured it: {}", expired);
        assertFalse(value(agent.status()).armed());
    }

    @Test
    @DisplayName("passes while the postmaster is stopped, and its sessions go on writing: all are dead within g")
    void killsAStoppedPostmaster() throws Exception {
        var agent = rig.agent();
        long pid = rig.startArmed(agent, LONG);
        Connection writer = rig.busySession();
        signal("STOP", pid);
        assertDeadInTime(rig.beat(agent, T));
        assertThrowsSoon(writer);
    }

    @Test
    @DisplayName("passes while the guard itself was stopped: the keeper continues it at once")
    void survivesAStopOfTheGuard() throws Exception {
        var agent = rig.agent();
        rig.startArmed(agent, LONG);
        long until = rig.beat(agent, T);
        value(agent.status());
        signal("STOP", rig.guardPid());
        assertDeadInTime(until);
    }

    @Test
    @DisplayName("moves with every committed round, and not with a staged one, a late one or another one's number")
    void onlyCommittedRoundsCount() throws Exception {
        var agent = rig.agent();
        long pid = rig.startArmed(agent, LONG);
        long until = rig.beat(agent, T);
        for (int i = 0; i < 20; i++) {
            until = rig.beat(agent, T);
            assertNull(rig.nextEvent(Duration.ofMillis(100)), "renewed in time, nothing happens");
        }
        assertEquals(Long.valueOf(pid), value(agent.status()).pid());

        agent.stage(1_000, LONG);
        refusal(agent.commit(999));
        refusal(agent.commit(1_001));
        agent.stage(1_002, Duration.ofMillis(-1));
        refusal(agent.commit(1_002));
        assertDeadInTime(until);
    }

    @Test
    @DisplayName("is in force when the agent is told so, and nobody is told so by a guard that is gone")
    void isConfirmed() throws Exception {
        var agent = rig.agent();
        agent.stage(1, LONG);
        value(agent.commit(1));
        var found = value(agent.status());
        assertTrue(found.armed(), found.toString());
        assertTrue(found.remaining().compareTo(LONG) <= 0, "no later than it was staged: " + found);

        agent.stage(2, LONG);
        long pid = rig.guardPid();
        signal("STOP", rig.keeperPid());
        signal("STOP", pid);
        var answer = agent.commit(2).toCompletableFuture();
        assertFalse(answer.isDone(), "a guard that stands still has confirmed nothing");
        signal("KILL", pid);
        signal("CONT", rig.keeperPid());
        assertFalse(GuardRig.outcome(answer) instanceof Outcome.Done, "it died before it had read the round");
    }

    @Test
    @DisplayName(
            "stands while one agent leaves and another comes within T: the database and its sessions do not notice")
    void outlivesTheAgent() throws Exception {
        var first = rig.agent();
        long pid = rig.startArmed(first, LONG);
        try (Connection session = postgres.connect(LIMIT);
                var statement = session.createStatement()) {
            statement.execute("create temporary table still_here (n int)");
            rig.beat(first, Duration.ofSeconds(3));
            value(first.status());
            first.close();

            var second = rig.agent();
            var found = value(second.status());
            assertTrue(found.armed());
            assertTrue(found.remaining().compareTo(Duration.ofSeconds(3)) <= 0, found.toString());
            assertEquals(Long.valueOf(pid), found.pid());
            long until = rig.beat(second, Duration.ofSeconds(4));
            statement.execute("insert into still_here values (1)");
            assertNull(rig.nextEvent(Duration.ofMillis(3200)), "the first agent's deadline no longer counts");
            statement.execute("insert into still_here values (2)");
            assertDeadInTime(until);
        }
    }

    @Test
    @DisplayName("measures g: fifteen servers with five busy backends each")
    void measures() throws Exception {
        var agent = rig.agent();
        List<Long> closingMs = new ArrayList<>();
        for (int i = 0; i < 15; i++) {
            rig.startArmed(agent, LONG);
            for (int j = 0; j < 5; j++) {
                rig.busySession();
            }
            long until = rig.beat(agent, Duration.ofMillis(300));
            closingMs.add((rig.awaitEmpty() - until) / 1_000_000);
            assertInstanceOf(Guard.Event.Expired.class, rig.nextEvent(LIMIT));
        }
        closingMs.sort(Long::compare);
        LOG.info("g in ms, sorted: {}", closingMs);
        assertTrue(closingMs.get(7) <= 170, "the median of " + closingMs + " exceeds 170 ms");
    }

    private void assertDeadInTime(long untilNs) throws Exception {
        long delayNs = rig.awaitEmpty() - untilNs;
        LOG.info("g: {} us", delayNs / 1000);
        assertTrue(delayNs >= 0, "killed " + -delayNs + " ns before the deadline");
        assertTrue(delayNs <= CLOSING_NS_MAX, "the tree died " + delayNs + " ns after the deadline");
    }

    private static void assertThrowsSoon(Connection session) throws Exception {
        GuardRig.awaitTrue(() -> {
            try {
                return !session.isValid(1);
            } catch (java.sql.SQLException e) {
                return true;
            }
        });
    }
}
