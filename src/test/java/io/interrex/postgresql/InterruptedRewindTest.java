package io.interrex.postgresql;

import static io.interrex.testkit.TempMembers.get;
import static io.interrex.testkit.TempMembers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.cluster.port.Outcome;
import io.interrex.testkit.TempMembers;
import io.interrex.testkit.TempMembers.Member;
import io.interrex.testkit.Unprivileged;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

/** Given a, a killed primary with rows of its own, and b, which was promoted without them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@DisplayName("A rewind that is killed")
class InterruptedRewindTest {

    private TempMembers members;
    private Member a;
    private Member b;
    private volatile long rewindBegunMs;

    @BeforeAll
    void diverge() throws Exception {
        members = new TempMembers("a", "b");
        a = members.member("a");
        b = members.member("b");
        value(a.database().initialise());
        value(a.database().startAsPrimary(SyncSet.NONE));
        value(a.database().writeMarker(1, UUID.randomUUID()));
        value(a.database().admitClients(true));
        Client.createTable(a);
        value(b.database().cloneFrom(a.upstream()));
        value(b.database().startAsStandby(a.upstream()));
        Wait.until(() -> get(b.database().status()).receiving());
        value(b.database().detach());
        assertEquals("", Client.tryWrite(a, 100));
        value(a.database().kill());
        value(b.database().promote(SyncSet.NONE));
        value(b.database().writeMarker(2, UUID.randomUUID()));
        value(b.database().admitClients(true));
        assertEquals("", Client.tryWrite(b, 200));
    }

    @AfterAll
    void end() throws Exception {
        members.close();
    }

    @Test
    @Order(1)
    @DisplayName("before it wrote anything leaves a member that is incomplete and does not start")
    void atOnce() {
        rewindThrough(List.of("sh", "-c", "kill -KILL $$"));
        assertIncomplete();
    }

    @Test
    @Order(2)
    @DisplayName("in the middle of its writing does so too, and is not tried again on what it left")
    void inTheMiddle() throws Exception {
        DurableFiles.delete(a.settings().incomplete());
        // the kernel kills it at the first byte behind 64 KiB of a file: SIGXFSZ
        rewindThrough(List.of("prlimit", "--fsize=65536", "--"));
        assertTrue(changedSince(rewindBegunMs) > 0, "it had begun to write");
        assertIncomplete();
        assertInstanceOf(Outcome.Refused.class, get(a.database().rewindTo(b.upstream())));
        assertIncomplete();
    }

    @Test
    @Order(3)
    @DisplayName("is healed by a clone, which ends a rewind that outlived its node before it writes")
    void cloned() throws Exception {
        try (var silent = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            java.lang.Process outlived = new ProcessBuilder(Unprivileged.command(List.of(
                            a.settings().tool("pg_rewind"),
                            "--target-pgdata=" + a.settings().data(),
                            "--no-ensure-shutdown",
                            "--source-server=host=127.0.0.1 port=" + silent.getLocalPort())))
                    .start();
            silent.accept();
            assertTrue(outlived.isAlive());
            value(a.database().cloneFrom(b.upstream()));
            assertTrue(outlived.waitFor(10, TimeUnit.SECONDS), "ended");
            assertEquals(128 + 9, outlived.exitValue(), "killed");
        }
        value(a.database().startAsStandby(b.upstream()));
        Wait.until(() -> get(a.database().status()).receiving());
        value(a.database().admitClients(true));
        Wait.until(() -> Client.rows(a).equals(List.of(200)));
        assertFalse(Files.exists(a.settings().replaced()));
    }

    private void rewindThrough(List<String> killer) {
        ProcessLauncher killing = builder -> {
            boolean rewind = builder.command().getFirst().endsWith("pg_rewind");
            rewindBegunMs = rewind ? System.currentTimeMillis() : rewindBegunMs;
            var argv = new ArrayList<>(rewind ? killer : List.<String>of());
            argv.addAll(builder.command());
            return TempMembers.unprivileged(builder.command(argv));
        };
        try (var database = new PostgresDatabase(a.settings(), a.guard(), killing)) {
            Outcome<?> outcome = get(database.rewindTo(b.upstream()));
            assertTrue(outcome.toString().contains("pg_rewind to member b failed"), outcome.toString());
        }
    }

    private void assertIncomplete() {
        assertEquals(Process.INCOMPLETE, get(a.database().status()).process());
        assertInstanceOf(Outcome.Refused.class, get(a.database().startAsStandby(b.upstream())));
        assertInstanceOf(Outcome.Refused.class, get(a.database().startAsPrimary(SyncSet.NONE)));
        assertFalse(value(a.guard().status()).alive());
    }

    private long changedSince(long ms) throws Exception {
        try (var files = Files.walk(a.settings().data())) {
            return files.filter(Files::isRegularFile)
                    .map(Path::toFile)
                    .filter(file -> file.lastModified() > ms)
                    .count();
        }
    }
}
