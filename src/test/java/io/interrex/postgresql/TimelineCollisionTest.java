package io.interrex.postgresql;

import static io.interrex.testkit.TempMembers.get;
import static io.interrex.testkit.TempMembers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lineage;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.port.Database.Position;
import io.interrex.cluster.port.Outcome;
import io.interrex.testkit.TempMembers;
import io.interrex.testkit.TempMembers.Member;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/** Fact 4 of protocol.md on real servers: a is lost, b is promoted and then, by somebody who does not know of it, c. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 90, unit = TimeUnit.SECONDS)
@DisplayName("Fact 4: timeline ids collide")
class TimelineCollisionTest {

    private RunningGroup group;
    private Member a;
    private Member b;
    private Member c;

    @BeforeAll
    void make() throws Exception {
        group = RunningGroup.of(UUID.randomUUID(), "a", "b", "c");
        a = group.member("a");
        b = group.member("b");
        c = group.member("c");
    }

    @AfterAll
    void end() throws Exception {
        group.close();
    }

    @Test
    @Order(1)
    @DisplayName("two promotions at the same position begin the same timeline there, with different data")
    void collision() {
        Wait.until(() -> {
            Position one = value(b.database().detach());
            Position other = value(c.database().detach());
            if (one.flushLsn().equals(other.flushLsn())) {
                return true;
            }
            value(b.database().follow(a.upstream()));
            value(c.database().follow(a.upstream()));
            return false;
        });
        value(a.database().kill());

        var promotedB = value(b.database().promote(SyncSet.NONE));
        var promotedC = value(c.database().promote(SyncSet.NONE));
        assertEquals(2, promotedB.timeline());
        assertEquals(promotedB, promotedC, "the same number, begun at the same position");

        value(b.database().writeMarker(2, UUID.randomUUID()));
        value(c.database().writeMarker(3, UUID.randomUUID()));
        value(b.database().admitClients(true));
        value(c.database().admitClients(true));
        assertEquals("", Client.tryWrite(b, 1));
        assertEquals("", Client.tryWrite(c, 2));
        assertEquals(List.of(1), Client.rows(b));
        assertEquals(List.of(2), Client.rows(c));
    }

    @Test
    @Order(2)
    @DisplayName("with the markers: c's last one is not on the chain of b, so it is cloned, and a rewind is refused")
    void with() {
        List<Reign> chain = value(b.database().lineage());
        Reign last = value(c.database().lineage()).getLast();
        assertEquals(chain.getLast().timeline(), last.timeline());
        assertEquals(chain.getLast().switchLsn(), last.switchLsn());
        assertNotEquals(chain.getLast().uuid(), last.uuid(), "the only thing that tells them apart");

        value(c.database().stopClean(Duration.ofSeconds(10)));
        value(c.database().startAsStandby(null));
        Position stands = value(c.database().detach());
        assertEquals(
                Lineage.Fit.OFF_CHAIN,
                Lineage.of(chain, stands.epochInWal(), stands.uuid(), stands.timeline(), stands.flushLsn()));
        value(c.database().stopClean(Duration.ofSeconds(10)));

        Outcome<?> outcome = get(c.database().rewindTo(b.upstream()));
        assertInstanceOf(Outcome.Refused.class, outcome, outcome.toString());
        assertTrue(outcome.toString().contains("clone the member anew"), outcome.toString());
    }

    @Test
    @Order(3)
    @DisplayName("without: pg_rewind says that no rewind is needed, and as a standby of b, c shows what b never had")
    void without() throws Exception {
        value(b.database().checkpoint());
        String said = rewindByHand();
        assertTrue(said.contains("source and target cluster are on the same timeline"), said);
        assertTrue(said.contains("no rewind required"), said);

        value(c.database().startAsStandby(b.upstream()));
        value(c.database().admitClients(true));
        assertEquals(List.of(2), Client.rows(c));
        assertFalse(Client.rows(b).contains(2));
    }

    @Test
    @Order(4)
    @DisplayName("cloned, as the markers say, c holds what b holds and nothing else")
    void cloned() throws Exception {
        value(c.database().kill());
        group.cloneFrom(b, "c");
        Wait.until(() -> Client.rows(c).equals(List.of(1)));
        Position stands = value(c.database().detach());
        assertEquals(
                Lineage.Fit.STREAMS,
                Lineage.of(
                        value(b.database().lineage()),
                        stands.epochInWal(),
                        stands.uuid(),
                        stands.timeline(),
                        stands.flushLsn()));
    }

    /** pg_rewind of c to b, past what Interrex compares first; it has to end as if all were well. */
    private String rewindByHand() throws Exception {
        var rewind = new ProcessBuilder(
                c.settings().tool("pg_rewind"),
                "--target-pgdata=" + c.settings().data(),
                "--source-server=host=127.0.0.1 port=" + b.settings().port() + " user=" + PostgresSettings.ADMIN_ROLE
                        + " dbname=" + PostgresSettings.DATABASE + " sslmode=disable");
        rewind.environment().put("LC_ALL", "C");
        rewind.environment()
                .put("PGPASSWORD", new Secrets(c.settings().secrets()).password(PostgresSettings.ADMIN_ROLE));
        Process process = TempMembers.unprivileged(rewind.redirectErrorStream(true));
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        return said;
    }
}
