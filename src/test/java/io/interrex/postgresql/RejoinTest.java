package io.interrex.postgresql;

import static io.interrex.testkit.TempMembers.get;
import static io.interrex.testkit.TempMembers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.cluster.port.Outcome;
import io.interrex.testkit.TempMembers;
import io.interrex.testkit.TempMembers.Member;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@DisplayName("A member whose data went another way comes back")
class RejoinTest {

    private static final UUID FIRST = UUID.randomUUID();
    private static final UUID SECOND = UUID.randomUUID();
    private static final UUID OTHER = UUID.randomUUID();

    private TempMembers members;
    private Member a;
    private Member b;

    @BeforeAll
    void make() throws Exception {
        members = new TempMembers("a", "b");
        a = members.member("a");
        b = members.member("b");
        value(a.database().initialise());
        value(a.database().startAsPrimary(SyncSet.NONE));
        value(a.database().writeMarker(1, FIRST));
        value(a.database().admitClients(true));
        Client.createTable(a);
        value(b.database().cloneFrom(a.upstream()));
        value(b.database().startAsStandby(a.upstream()));
        Wait.until(() -> get(b.database().status()).receiving());
    }

    @AfterAll
    void end() throws Exception {
        members.close();
    }

    @Test
    @Order(1)
    @DisplayName("a killed primary that had written more is rewound; its divergent WAL is kept; its rows are gone")
    void rewound() throws Exception {
        value(b.database().detach());
        assertEquals("", Client.tryWrite(a, 100), "diverges: nobody else has it");
        value(a.database().kill());
        value(b.database().promote(SyncSet.NONE));
        value(b.database().writeMarker(2, SECOND));
        value(b.database().admitClients(true));
        assertEquals("", Client.tryWrite(b, 200));

        value(a.database().rewindTo(b.upstream()));
        assertEquals(Process.STOPPED, get(a.database().status()).process());
        try (var archived = Files.walk(a.settings().archivedWal())) {
            assertTrue(archived.anyMatch(Files::isRegularFile), "the divergent WAL is kept");
        }
        value(a.database().startAsStandby(b.upstream()));
        Wait.until(() -> get(a.database().status()).receiving());
        Wait.until(() -> get(a.database().status()).epochInWal() == 2);
        value(a.database().admitClients(true));
        Wait.until(() -> Client.rows(a).equals(List.of(200)));
    }

    @Test
    @Order(2)
    @DisplayName("two reigns of one timeline number are told apart by their markers: no rewind, a clone")
    void collision() throws Exception {
        value(a.database().detach());
        value(b.database().kill());
        value(a.database().promote(SyncSet.NONE));
        value(a.database().writeMarker(3, SECOND));
        value(a.database().stopClean(Duration.ofSeconds(10)));

        value(b.database().startAsStandby(null));
        value(b.database().detach());
        assertEquals(3, value(b.database().promote(SyncSet.NONE)).timeline());
        value(b.database().writeMarker(4, OTHER));

        Outcome<?> outcome = get(a.database().rewindTo(b.upstream()));
        assertInstanceOf(Outcome.Refused.class, outcome, outcome.toString());
        assertTrue(outcome.toString().contains("clone"), outcome.toString());
    }

    @Test
    @Order(3)
    @DisplayName("an interrupted clone leaves an incomplete member that does not start, and a new clone heals it")
    void interrupted() throws Exception {
        var slow = a.settings().withCloneRateKiB(64);
        try (var database = new PostgresDatabase(slow, a.guard(), TempMembers::unprivileged)) {
            var cloning = database.cloneFrom(b.upstream());
            Wait.until(() -> Files.exists(slow.staging().resolve("PG_VERSION")));
            Wait.until(() -> database.progress().matches(", \\d+ of [1-9]\\d+ MiB since \\S+Z(, about \\d+ s left)?"));
            assertInstanceOf(Outcome.Refused.class, get(database.detach()), "busy, and says so at once");
            value(database.kill());
            assertFalse(get(cloning) instanceof Outcome.Done, "the copy was cut off");
        }
        assertEquals(Process.INCOMPLETE, get(a.database().status()).process());
        assertInstanceOf(Outcome.Refused.class, get(a.database().startAsStandby(b.upstream())));
    }

    @Test
    @Order(4)
    @DisplayName("a copy that outlives its killed node is ended before the next one is begun, so that two never write")
    void outlived() throws Exception {
        java.lang.Process node = AbandonedClone.begin(a.settings(), b.upstream());
        Wait.until(() -> AbandonedClone.writers(a.settings()).size() >= 2);
        node.destroyForcibly().waitFor();
        assertTrue(AbandonedClone.writers(a.settings()).size() >= 2, "the copy and its stream of WAL outlived it");
        var beside = new ArrayList<List<Long>>();
        ProcessLauncher watching = builder -> {
            if (builder.command().getFirst().endsWith("pg_basebackup")) {
                beside.add(AbandonedClone.writers(a.settings()));
            }
            return TempMembers.unprivileged(builder);
        };
        try (var database = new PostgresDatabase(a.settings(), a.guard(), watching)) {
            value(database.cloneFrom(b.upstream()));
        }
        assertEquals(List.of(List.of()), beside, "who wrote when the next copy began");
        value(a.database().startAsStandby(b.upstream()));
        Wait.until(() -> get(a.database().status()).receiving());
        assertEquals(OTHER, get(a.database().status()).uuid());
    }

    @Test
    @Order(5)
    @DisplayName("two hundred looks over the same connection take well below 50 ms each, on a busy machine too")
    void cheap() {
        int looks = 200;
        long begin = System.nanoTime();
        for (int i = 0; i < looks; i++) {
            assertEquals(Process.STANDBY, get(a.database().status()).process());
        }
        long eachUs = Duration.ofNanos(System.nanoTime() - begin).toNanos() / looks / 1000;
        System.out.println("one look takes " + eachUs + " us");
        assertTrue(eachUs < 50_000, "one look takes " + eachUs + " us");
    }

    @Test
    @Order(5)
    @DisplayName("ALTER SYSTEM of what protects data is reported, and the next change of role removes it")
    void alterSystem() throws Exception {
        try (var connection = Client.connectAsAdmin(b);
                var statement = connection.createStatement()) {
            statement.execute("alter system set synchronous_standby_names = 'somebody'");
        }
        String problem = String.valueOf(get(b.database().status()).problem());
        assertTrue(problem.contains("synchronous_standby_names"), problem);
        value(b.database().applySyncSet(SyncSet.of(1, List.of("a"))));
        assertNull(get(b.database().status()).problem());
        assertEquals("ANY 1 (\"a\")", get(b.database().status()).syncNames());
        value(b.database().applySyncSet(SyncSet.NONE));
    }

    @Test
    @Order(6)
    @DisplayName("a server whose processes are stopped is HUNG within the limit, and dies when it is killed")
    void hung() {
        a.guard().signalTree("STOP", true);
        long begin = System.nanoTime();
        assertEquals(Process.HUNG, get(a.database().status()).process());
        assertTrue(Duration.ofNanos(System.nanoTime() - begin).toMillis() < 1500);
        assertInstanceOf(Outcome.Unknown.class, get(a.database().probeWrite(Duration.ofMillis(300))));
        value(a.database().kill());
        assertEquals(Process.STOPPED, get(a.database().status()).process());
    }

    @Test
    @Order(7)
    @DisplayName("a wrong password is refused with its remedy, not taken for a hang")
    void wrongPassword() throws Exception {
        value(a.database().startAsStandby(b.upstream()));
        var file = a.settings().secrets().resolve(PostgresSettings.ADMIN_ROLE);
        String right = Files.readString(file);
        Files.writeString(file, "wrong\n");
        try (var fresh = new PostgresDatabase(a.settings(), a.guard(), builder -> builder.start())) {
            Outcome<Lsn> outcome = get(fresh.applySyncSet(SyncSet.NONE));
            assertInstanceOf(Outcome.Refused.class, outcome);
            assertTrue(outcome.toString().contains("interrex_admin"), outcome.toString());
            assertEquals(Process.STARTING, get(fresh.status()).process());
        } finally {
            Files.writeString(file, right);
        }
    }

    @Test
    @DisplayName("a timeline that was begun without a marker is never rewound")
    void unmarked() {
        var first = new Reign(1, FIRST, 1, Lsn.ZERO);
        var ours = new Rewinding.Chain("7", 2, List.of(first));
        var theirs = new Rewinding.Chain("7", 3, List.of(first, new Reign(3, SECOND, 3, new Lsn(9))));
        var trouble = org.junit.jupiter.api.Assertions.assertThrows(
                Trouble.class, () -> Rewinding.requireCommonPast(ours, theirs));
        assertTrue(trouble.isRefused());
        assertTrue(trouble.text().contains("without a marker"), trouble.text());
    }
}
