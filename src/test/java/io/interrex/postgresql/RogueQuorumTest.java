package io.interrex.postgresql;

import static io.interrex.testkit.TempMembers.get;
import static io.interrex.testkit.TempMembers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.SyncSet;
import io.interrex.testkit.TempMembers.Member;
import java.util.List;
import java.util.Set;
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

/** Fact 1 of protocol.md on real servers. a is the primary, its commits wait for one of b and c; b is to take over. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 90, unit = TimeUnit.SECONDS)
@DisplayName("Fact 1: a synchronous quorum does not fence")
class RogueQuorumTest {

    private static final SyncSet ONE_OF_B_AND_C = SyncSet.of(1, Set.of("b", "c"));
    private static final SyncSet ONE_OF_C = SyncSet.of(1, Set.of("c"));

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
        value(a.database().applySyncSet(ONE_OF_B_AND_C));
    }

    @AfterAll
    void end() throws Exception {
        group.close();
    }

    @Test
    @Order(1)
    @DisplayName(
            "without revocation: b is promoted while c streams from a, and two primaries acknowledge different rows")
    void without() throws Exception {
        RunningGroup.promoteByHand(b);
        RunningGroup.byHand(b, "alter system set synchronous_standby_names = ''", "select pg_reload_conf()");
        Wait.until(() -> get(b.database().status()).syncNames().isEmpty());

        assertEquals("", Client.tryWrite(a, 1), "a acknowledges through c");
        assertEquals("", Client.tryWrite(b, 2), "b acknowledges with no copy, as one does whose standbys are gone");

        assertEquals(List.of(1), Client.rows(a));
        assertEquals(List.of(2), Client.rows(b));
        Wait.until(() -> Client.rows(c).equals(List.of(1)));
    }

    @Test
    @Order(2)
    @DisplayName(
            "with both standbys revoked first: the old primary acknowledges nothing, the new one nothing without a copy")
    void with() {
        value(b.database().kill());
        group.cloneFrom(a, "b");
        Wait.until(() -> get(a.database().status()).senders().stream()
                        .filter(sender -> sender.syncState().equals("quorum"))
                        .count()
                == 2);

        value(b.database().detach());
        value(c.database().detach());
        var toTheOld = Client.beginWrite(a, 3);
        Client.awaitHeldCommits(a, 1);
        value(b.database().promote(ONE_OF_C));
        value(b.database().writeMarker(2, UUID.randomUUID()));
        value(b.database().admitClients(true));
        var toTheNew = Client.beginWrite(b, 4);
        Client.awaitHeldCommits(b, 1);
        assertEquals(List.of(1), Client.rows(b), "nothing of either is seen or acknowledged");
        value(c.database().follow(b.upstream()));
        Client.awaitHeldCommits(b, 0);

        assertEquals("", Client.tryWrite(b, 5), "c holds a copy now");
        Wait.until(() -> Client.rows(c).equals(List.of(1, 4, 5)));
        assertEquals("08006", Client.tryWrite(a, 6), "the old primary waits on, for good");
        Client.awaitHeldCommits(a, 2);
        value(a.database().kill());
        assertNotEquals("", toTheOld.join());
        assertTrue(Client.rows(b).containsAll(List.of(1, 4, 5)), "what was acknowledged is there: " + toTheNew.join());
    }
}
