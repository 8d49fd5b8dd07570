package io.interrex.cluster.supervision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.interrex.cluster.charter.Adoption;
import io.interrex.cluster.group.FileSettings;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupCommand.AdoptGroup;
import io.interrex.cluster.group.GroupCommand.CreateGroup;
import io.interrex.cluster.group.Groups;
import io.interrex.cluster.settings.Timings;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Given a group of a, b, c and d, in this order in the file, whose log is empty. */
@DisplayName("A group begins")
class BeginningTest {
    private static final FileSettings FILE = new FileSettings(Groups.SETTINGS, Groups.members(), "");
    private static final Timings TIMINGS = Groups.SETTINGS.timings();
    private static final long LEASE_MS = TIMINGS.leaseFor().toMillis();

    private static @Nullable GroupCommand by(Beginning beginning, String node, long startedForMs) {
        var where = new Beginning.Where("main", node, List.of("a", "b", "c"), TIMINGS);
        return beginning.command(where, FILE, Groups.STAMP, new UUID(0, 9), startedForMs);
    }

    @Test
    @DisplayName(
            "by the first member of the file at once, by the next ones each three leases later, and by no other node")
    void created() {
        var beginning = new Beginning.Created();
        assertEquals(
                "a", assertInstanceOf(CreateGroup.class, by(beginning, "a", 0)).first());
        assertNull(by(beginning, "b", 3 * LEASE_MS - 1));
        assertEquals(
                "b",
                assertInstanceOf(CreateGroup.class, by(beginning, "b", 3 * LEASE_MS))
                        .first());
        assertNull(by(beginning, "c", 6 * LEASE_MS - 1));
        assertNull(by(beginning, "w", Long.MAX_VALUE / 2));
    }

    @Test
    @DisplayName(
            "with an existing database only by the node whose disk holds the order for a primary, however long the others wait")
    void adopted() {
        var primary = new Adoption("b", true, "7011", 3, new UUID(0, 1), "/old", "eve");
        AdoptGroup begun = assertInstanceOf(AdoptGroup.class, by(new Beginning.Adopted(primary), "b", 0));
        assertEquals(
                "b 7011 3 eve", begun.first() + " " + begun.systemId() + " " + begun.timeline() + " " + begun.actor());
        var replica = new Adoption("b", false, "7011", 3, new UUID(0, 1), "/old", "eve");
        assertNull(by(new Beginning.Adopted(replica), "b", Long.MAX_VALUE / 2));
        assertNull(by(new Beginning.Adopted(Adoption.NONE), "a", Long.MAX_VALUE / 2));
        assertNull(by(new Beginning.Adopted(primary), "a", Long.MAX_VALUE / 2));
    }
}
