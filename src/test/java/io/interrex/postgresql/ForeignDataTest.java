package io.interrex.postgresql;

import static io.interrex.testkit.TempMembers.get;
import static io.interrex.testkit.TempMembers.value;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.Outcome;
import io.interrex.testkit.TempMembers;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A clone")
class ForeignDataTest {

    private static final long GIB = 1L << 30;

    @Test
    @DisplayName("never replaces another database, and leaves it as it was")
    void neverOverwritten() throws Exception {
        try (var members = new TempMembers("a", "b")) {
            var a = members.member("a");
            var b = members.member("b");
            value(a.database().initialise());
            value(a.database().startAsPrimary(SyncSet.NONE));
            value(a.database().writeMarker(1, UUID.randomUUID()));
            value(b.database().initialise());
            DatabaseStatus before = get(b.database().status());

            Outcome<?> outcome = get(b.database().cloneFrom(a.upstream()));

            assertInstanceOf(Outcome.Refused.class, outcome, outcome.toString());
            assertTrue(outcome.toString().contains("holds another database (system identifier " + before.systemId()));
            assertTrue(outcome.toString().contains("Move it away yourself"), outcome.toString());
            DatabaseStatus after = get(b.database().status());
            assertEquals(DatabaseStatus.Process.STOPPED, after.process());
            assertEquals(before.systemId(), after.systemId());

            DurableFiles.deleteTree(b.settings().data());
            value(b.database().cloneFrom(a.upstream()));
            assertEquals(
                    get(a.database().status()).systemId(),
                    get(b.database().status()).systemId());
        }
    }

    @Test
    @DisplayName("is refused where the copy and 256 MiB do not fit, and not refused where the size is not known")
    void space() throws Exception {
        try (var members = new TempMembers("a")) {
            var conditions =
                    new ClonePreconditions(members.member("a").settings(), new Tools(TempMembers::unprivileged));
            var trouble = assertThrows(Trouble.class, () -> conditions.requireSpace(GIB, GIB));
            assertTrue(trouble.isRefused());
            assertTrue(trouble.text().contains("needs 1280 MiB"), trouble.text());
            assertTrue(trouble.text().contains("1024 MiB are free"), trouble.text());
            assertDoesNotThrow(() -> conditions.requireSpace(GIB, 2 * GIB));
            assertDoesNotThrow(() -> conditions.requireSpace(-1, 0));
        }
    }
}
