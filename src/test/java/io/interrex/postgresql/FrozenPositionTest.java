package io.interrex.postgresql;

import static io.interrex.testkit.TempMembers.get;
import static io.interrex.testkit.TempMembers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lineage;
import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.port.Database.Position;
import io.interrex.cluster.port.Database.Promoted;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.testkit.TempMembers;
import io.interrex.testkit.TempMembers.Member;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A revoked standby says how far it can be replayed")
class FrozenPositionTest {

    private static final UUID FIRST = UUID.randomUUID();

    @Test
    @DisplayName(
            "not how much WAL it took from a promotion with its own timeline's number; and that timeline fits no chain")
    void collidingTimelines() throws Exception {
        try (var members = new TempMembers("a", "b")) {
            Member a = members.member("a");
            Member b = members.member("b");
            Promoted third = promotedTwice(a, b);
            value(b.database().startAsStandby(null));
            DatabaseStatus status = get(b.database().status());
            assertEquals(1, status.epochInWal());
            assertEquals(2, status.timeline());
            var chain = List.of(
                    new Reign(1, FIRST, 1, Lsn.ZERO),
                    new Reign(3, UUID.randomUUID(), third.timeline(), third.switchLsn()));
            assertEquals(
                    Lineage.Fit.OFF_CHAIN,
                    Lineage.of(chain, status.epochInWal(), status.uuid(), status.timeline(), Lsn.ZERO));

            value(b.database().follow(a.upstream()));
            Wait.until(() -> {
                value(a.database().probeWrite(java.time.Duration.ofSeconds(1)));
                DatabaseStatus now = get(b.database().status());
                return now.lsn().bytesSince(now.replayed()) > 1_000;
            });
            Position position = value(b.database().detach());
            DatabaseStatus after = get(b.database().status());
            assertEquals(after.replayed(), position.flushLsn());
            assertTrue(after.lsn().compareTo(position.flushLsn()) > 0, "more was received than can be replayed");
            assertEquals(2, position.timeline());
        }
    }

    /** b is promoted and dies before its marker; a, which had written on, is promoted to the same timeline later. */
    private static Promoted promotedTwice(Member a, Member b) throws Exception {
        value(a.database().initialise());
        value(a.database().startAsPrimary(SyncSet.NONE));
        value(a.database().writeMarker(1, FIRST));
        value(a.database().admitClients(true));
        Client.createTable(a);
        value(b.database().cloneFrom(a.upstream()));
        value(b.database().startAsStandby(a.upstream()));
        Wait.until(() -> get(b.database().status()).receiving());
        value(b.database().detach());
        assertEquals(2, value(b.database().promote(SyncSet.NONE)).timeline());
        value(b.database().kill());
        for (int number = 1; number <= 5; number++) {
            assertEquals("", Client.tryWrite(a, number));
        }
        value(a.database().kill());
        value(a.database().startAsStandby(null));
        Promoted third = value(a.database().promote(SyncSet.NONE));
        assertEquals(2, third.timeline());
        value(a.database().writeMarker(3, UUID.randomUUID()));
        return third;
    }
}
