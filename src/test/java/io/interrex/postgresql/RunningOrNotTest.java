package io.interrex.postgresql;

import static io.interrex.testkit.TempMembers.get;
import static io.interrex.testkit.TempMembers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.cluster.port.Outcome;
import io.interrex.testkit.TempMembers;
import io.interrex.testkit.TempMembers.Member;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that serves is never called stopped, whatever somebody did to its files: what is unknown is not dead. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@DisplayName("A server that serves")
class RunningOrNotTest {

    private TempMembers members;
    private Member a;

    @BeforeAll
    void make() throws Exception {
        members = new TempMembers("a");
        a = members.member("a");
        value(a.database().initialise());
        value(a.database().startAsPrimary(SyncSet.NONE));
    }

    @AfterAll
    void end() throws Exception {
        members.close();
    }

    private Process seen() {
        return get(a.database().status()).process();
    }

    @ParameterizedTest(name = "postmaster.pid holds \"{0}\"")
    @ValueSource(strings = {"", "x", "99999999999"})
    @DisplayName("is found without its pid file")
    void damagedPidFile(String text) throws IOException {
        Path file = a.settings().data().resolve("postmaster.pid");
        byte[] before = Files.readAllBytes(file);
        Files.writeString(file, text);
        try {
            assertEquals(Process.PRIMARY, seen());
        } finally {
            Files.write(file, before);
        }
    }

    @Test
    @DisplayName("and whose files cannot be read hangs, for all that is known")
    void unreadable() throws IOException {
        Path file = a.settings().data().resolve("postgresql.auto.conf");
        byte[] before = Files.readAllBytes(file);
        Files.delete(file);
        Files.createDirectory(file);
        try {
            assertEquals(Process.HUNG, seen());
        } finally {
            Files.delete(file);
            Files.write(file, before);
        }
    }

    @Test
    @DisplayName("or does not has as much space as the fuller of its disks, that of its WAL among them")
    void diskFree() throws Exception {
        Path small = Path.of("/dev/shm");
        try (var others = new TempMembers("b")) {
            Member b = others.member("b");
            value(b.database().initialise());
            Path data = b.settings().data();
            long ofData = data.toFile().getUsableSpace();
            long ofWal = small.toFile().getUsableSpace();
            Assumptions.assumeTrue(ofWal > 0 && 2 * ofWal < ofData, "there is no smaller file system at " + small);
            assertTrue(get(b.database().status()).diskFree() > ofWal);
            Files.move(data.resolve("pg_wal"), data.resolve("pg_wal.aside"));
            Files.createSymbolicLink(data.resolve("pg_wal"), small);
            long free = get(b.database().status()).diskFree();
            assertTrue(free > 0 && free < ofData / 2, () -> free + " of " + ofWal + " and " + ofData);
        }
    }

    @Test
    @DisplayName("that was killed promises no end of WAL before it was started again")
    void detachOfTheDead() throws Exception {
        try (var others = new TempMembers("b")) {
            Member b = others.member("b");
            value(b.database().initialise());
            value(b.database().startAsPrimary(SyncSet.NONE));
            value(b.database().kill());
            assertEquals(Process.STOPPED, get(b.database().status()).process());
            var outcome =
                    assertInstanceOf(Outcome.Refused.class, get(b.database().detach()));
            assertTrue(outcome.reason().contains("start it"), outcome.reason());
        }
    }
}
