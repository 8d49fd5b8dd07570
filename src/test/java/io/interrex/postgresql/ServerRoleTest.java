package io.interrex.postgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.port.Database.Upstream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Text that PostgreSQL or a restarted agent reads")
class ServerRoleTest {

    @Test
    @DisplayName("what a server is configured to be is read back from its configuration file")
    void roundTrip() {
        var roles = List.of(
                ServerRole.standby(null),
                ServerRole.standby(new Upstream("b", "10.0.0.2", 5432)).admitting(true, false),
                ServerRole.primary(SyncSet.NONE),
                ServerRole.primary(SyncSet.of(2, Set.of("b", "c", "d"))).admitting(true, false),
                ServerRole.primary(SyncSet.of(1, Set.of("b"))).admitting(true, true));
        for (ServerRole role : roles) {
            assertEquals(role, ServerRole.parse("max_wal_size = '1GB'\n" + role.toComments()));
        }
        assertEquals(ServerRole.standby(null), ServerRole.parse(null));
    }

    @Test
    @DisplayName(
            "a standby waits for somebody who cannot exist, so that promoted by a stranger it acknowledges nothing")
    void rogue() {
        assertEquals("\"interrex_nobody\"", ServerRole.standby(null).synchronousStandbyNames());
        assertEquals(
                "ANY 1 (\"b\", \"c\")",
                ServerRole.primary(SyncSet.of(1, Set.of("c", "b"))).synchronousStandbyNames());
        assertEquals("", ServerRole.primary(SyncSet.NONE).synchronousStandbyNames());
    }

    @Test
    @DisplayName("a record's end counts the page and segment headers that it crosses")
    void recordEnds() {
        int block = 8192;
        int segment = 16 << 20;
        assertEquals(new Lsn(0x1741568L + 120), CleanStop.endOf(Lsn.parse("0/1741568"), 114, block, segment));
        assertEquals(
                new Lsn(2 * block + 24 + 56), CleanStop.endOf(new Lsn(2L * block - 64), 114, block, segment), "a page");
        assertEquals(
                new Lsn(segment + 40L + 56), CleanStop.endOf(new Lsn(segment - 64L), 114, block, segment), "a segment");
    }

    @Test
    @DisplayName("a timeline's history says where each predecessor was left")
    void history() throws Trouble {
        var history = TimelineHistory.parse(
                "1\t0/3000148\tno recovery target specified\n\n2\t0/5000000\tno recovery target specified\n");
        assertEquals(Optional.of(Lsn.parse("0/3000148")), history.leftAt(1));
        assertEquals(Lsn.parse("0/5000000"), history.lastSwitch());
        assertEquals(Optional.empty(), history.leftAt(3));
    }

    @Test
    @DisplayName("ALTER SYSTEM of what protects data is found, comments and other settings are not")
    void overrides() {
        assertEquals(
                List.of("synchronous_standby_names"),
                ServerConfiguration.overridesIn(
                        "# primary_conninfo = 'x'\nwork_mem = '8MB'\nSynchronous_Standby_Names = ''\n"));
    }
}
