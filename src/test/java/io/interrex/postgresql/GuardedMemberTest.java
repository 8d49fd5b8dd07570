package io.interrex.postgresql;

import static io.interrex.testkit.TempMembers.get;
import static io.interrex.testkit.TempMembers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.GroupCommand.LimitWrites;
import io.interrex.cluster.group.GroupCommand.ReportDisk;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupEvent.Durability;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.group.Troubles.GreyFailure;
import io.interrex.cluster.member.MemberHard;
import io.interrex.cluster.port.Database.Promoted;
import io.interrex.cluster.port.Database.Upstream;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.cluster.port.Gate;
import io.interrex.cluster.port.Guard;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.Space;
import io.interrex.guard.GuardClient;
import io.interrex.guard.GuardLauncher;
import io.interrex.testkit.GuardBinary;
import io.interrex.testkit.TempMembers;
import io.interrex.testkit.TempMembers.Member;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/** Two members, each with the guard that is shipped, as on two hosts; nothing is played. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@DisplayName("A member under the real guard")
class GuardedMemberTest {

    /** For replication alone; clients use 127.0.0.1. */
    private static final String OF_A = "127.0.0.51";

    private static final String OF_B = "127.0.0.52";

    /** read_only_sql_transaction, of a server in recovery as of one whose clients only read. */
    private static final String ONLY_READS = "25006";

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration LONG = Duration.ofSeconds(50);
    private static final UUID FIRST = UUID.randomUUID();
    private static final UUID SECOND = UUID.randomUUID();

    private TempMembers members;
    private Guarded a;
    private Guarded b;
    private CommandLines commandLines;
    private Promoted promoted = new Promoted(0, Lsn.ZERO);

    /** A member, its guard, and what the guard told. */
    private record Guarded(
            PostgresSettings settings,
            GuardClient guard,
            PostgresDatabase database,
            BlockingQueue<Guard.Event> events) {

        static Guarded open(TempMembers members, String name) throws Exception {
            PostgresSettings settings = members.member(name)
                    .settings()
                    .withReplication(new ReplicationPath(name.equals("a") ? OF_A : OF_B, Map.of("a", OF_A, "b", OF_B)));
            var launcher = new GuardLauncher(
                    GuardBinary.commandIn(members.root()), settings.home().resolve("run"));
            var guard = GuardClient.open(launcher, settings.home().resolve("server.out"), LIMIT);
            var events = new LinkedBlockingQueue<Guard.Event>();
            guard.listen(events::add);
            return new Guarded(
                    settings, guard, new PostgresDatabase(settings, guard, TempMembers::unprivileged), events);
        }

        void beat(long n, Duration ttl) {
            guard.stage(n, ttl);
            guard.commit(n);
        }

        Upstream upstream() {
            return new Upstream(settings.member(), settings.host(), settings.port());
        }

        Process process() {
            return get(database.status()).process();
        }

        void end() throws Exception {
            value(database.kill());
            database.close();
            guard.close();
            long pid = Long.parseLong(
                    Files.readString(settings.home().resolve("run").resolve("guard.lock"))
                            .strip());
            assertTrue(ProcessHandle.of(pid).orElseThrow().destroy());
        }
    }

    @BeforeAll
    void make() throws Exception {
        members = new TempMembers("a", "b");
        a = Guarded.open(members, "a");
        b = Guarded.open(members, "b");
        commandLines = new CommandLines(a.settings());
    }

    @AfterAll
    void end() throws Exception {
        commandLines.close();
        a.end();
        b.end();
        members.close();
    }

    @Test
    @Order(1)
    @DisplayName("is created; its server starts only with a deadline in force, and dies with it")
    void created() throws Exception {
        value(a.database().initialise());
        Outcome<?> unguarded = get(a.database().startAsPrimary(SyncSet.NONE));
        assertTrue(unguarded.toString().contains("UNGUARDED"), unguarded.toString());

        a.beat(1, LONG);
        value(a.database().startAsPrimary(SyncSet.NONE));
        value(a.database().writeMarker(1, FIRST));
        assertEquals(Process.PRIMARY, a.process());

        a.beat(2, Duration.ofMillis(300));
        assertInstanceOf(Guard.Event.Expired.class, a.events().poll(10, TimeUnit.SECONDS));
        assertEquals(Process.STOPPED, a.process());
    }

    @Test
    @Order(2)
    @DisplayName("a standby is cloned and needs no deadline")
    void cloned() {
        a.beat(3, LONG);
        value(a.database().startAsPrimary(SyncSet.NONE));
        value(b.guard().disarm());
        value(b.database().cloneFrom(a.upstream()));
        value(b.database().startAsStandby(a.upstream()));
        Wait.until(() -> get(b.database().status()).receiving());
        assertEquals(Process.STANDBY, b.process());
        value(a.database().applySyncSet(SyncSet.of(1, List.of("b"))));
    }

    @Test
    @Order(3)
    @DisplayName("a killed primary starts again behind the barrier: its end of WAL has to be flushed by the standby")
    void behindTheBarrier() throws Exception {
        value(b.database().detach());
        signal("KILL", value(a.guard().status()).pid());
        assertInstanceOf(Guard.Event.Exited.class, a.events().poll(10, TimeUnit.SECONDS));
        assertEquals(Process.STOPPED, a.process());

        value(a.database().startAsPrimary(SyncSet.of(1, List.of("b"))));
        Lsn end = get(a.database().status()).lsn();
        assertTrue(value(a.database().flushedBy(end, Set.of("b"))).isEmpty(), "b takes no WAL");
        value(b.database().follow(a.upstream()));
        Wait.until(() -> !value(a.database().flushedBy(end, Set.of("b"))).isEmpty());
    }

    @Test
    @Order(4)
    @DisplayName("the primary is killed with its tree; the detached standby is promoted under a deadline of its own")
    void promoted() {
        value(b.database().detach());
        Guard.Death death = value(a.database().kill());
        assertTrue(death.killed() > 3, death.toString());
        assertEquals(Process.STOPPED, a.process());
        assertFalse(value(a.guard().status()).armed());

        b.beat(1, LONG);
        promoted = value(b.database().promote(SyncSet.NONE));
        value(b.database().writeMarker(2, SECOND));
        assertEquals(Process.PRIMARY, b.process());
        assertInstanceOf(Outcome.Refused.class, get(b.guard().disarm()), "nobody would guard it");
        assertTrue(value(b.guard().status()).armed());
    }

    @Test
    @Order(5)
    @DisplayName("the former primary is rewound and follows")
    void rewound() throws Exception {
        value(a.guard().disarm());
        value(a.database().rewindTo(b.upstream()));
        value(a.database().startAsStandby(b.upstream()));
        Wait.until(() -> get(a.database().status()).receiving());
        Wait.until(() -> get(a.database().status()).epochInWal() == 2);
        try (var connection = Client.connectAsAdmin(members.member("a"));
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select sender_host from pg_stat_wal_receiver")) {
            assertTrue(rows.next());
            assertEquals(OF_B, rows.getString(1), "not by the address of clients");
        }
    }

    @Test
    @Order(6)
    @DisplayName(
            "a fenced member that came back is read through the read port only, not while stale; one that dies again and again is left down for longer: a restart of its node forgets none of it, running well does")
    void restartLoop() throws Exception {
        b.beat(2, LONG);
        try (var agent = new AgentOfMember(
                members.root().resolve("state"),
                a.guard(),
                a.database(),
                "a",
                new MemberHard(2, 0, 1, MemberHard.Role.STANDBY, 2, 0),
                Reigns.after(a.settings(), b.settings(), FIRST, SECOND, promoted, 1, Duration.ofSeconds(10)))) {
            agent.start();
            readable(agent);
            dies();
            Wait.until(() -> get(a.database().status()).receiving());
            assertFalse(agent.group().troubles().has(GreyFailure.RESTARTS_SPENT, "a"));

            agent.stop();
            agent.start();
            long killedNs = System.nanoTime();
            dies();
            Wait.until(() -> agent.group().troubles().has(GreyFailure.RESTARTS_SPENT, "a"));
            var told = assertInstanceOf(
                    GroupEvent.GreyFailureChanged.class, agent.events().getLast());
            assertTrue(told.why().startsWith("died 2 times within "), told.why());
            assertTrue(told.why().contains("(restarts-max 1 in 10 s), last: signal 9"), told.why());
            Wait.until(() -> value(a.guard().status()).pid() != null);
            long downNs = System.nanoTime() - killedNs;
            assertTrue(downNs >= 1_000_000_000, "it is left down for a second, not " + downNs / 1_000_000 + " ms");

            Wait.until(() -> get(a.database().status()).receiving());
            Wait.until(() -> !agent.group().troubles().has(GreyFailure.RESTARTS_SPENT, "a"));
        }
    }

    @Test
    @Order(7)
    @DisplayName(
            "a primary lets clients only read while the log says so, and waits for no standby that flushes nothing")
    void greyFailures() throws Exception {
        b.beat(3, LONG);
        Member primary = members.member("b");
        try (var agent = new AgentOfMember(
                members.root().resolve("state-b"),
                b.guard(),
                b.database(),
                "b",
                new MemberHard(2, 0, 1, MemberHard.Role.PRIMARY, 2, 0),
                Reigns.after(a.settings(), b.settings(), FIRST, SECOND, promoted, 3, Duration.ofMinutes(1)))) {
            agent.start();
            Wait.until(() -> agent.group().durability() == Durability.SYNC);
            Client.createTable(primary);
            assertEquals("", Client.tryWrite(primary, 1));

            var full = List.of(new Space(Space.DATA, 7L << 20, 100L << 30));
            agent.tell(new ReportDisk(new Stamp("a", 0), "b", full));
            agent.tell(new LimitWrites(new Stamp("a", 0), 2, true, full, List.of()));
            Wait.until(() -> Client.tryWrite(primary, 2).equals(ONLY_READS));
            assertTrue(Client.rows(primary).contains(1), "they read");

            signal("STOP", receiverOf(a));
            Wait.until(() -> agent.group().durability() == Durability.DEGRADED);
            List<GroupEvent> events = agent.events();
            var told = events.stream()
                    .filter(e -> e instanceof GroupEvent.GreyFailureChanged g
                            && g.failure() == GreyFailure.FLUSH_STALLED
                            && g.member().equals("a"))
                    .findFirst()
                    .orElseThrow();
            var shrunk = events.stream()
                    .filter(e -> e.rule() == RuleId.SYNC_SET_SHRUNK)
                    .findFirst()
                    .orElseThrow();
            assertTrue(events.indexOf(told) < events.indexOf(shrunk), events.toString());
            signal("CONT", receiverOf(a));

            var room = List.of(new Space(Space.DATA, 50L << 30, 100L << 30));
            agent.tell(new ReportDisk(new Stamp("a", 0), "b", room));
            agent.tell(new LimitWrites(new Stamp("a", 0), 2, false, room, List.of()));
            Wait.until(() -> Client.tryWrite(primary, 3).isEmpty());
            assertEquals(Durability.DEGRADED, agent.group().durability(), "not before its flushes are trusted again");
        }
    }

    private static long receiverOf(Guarded member) throws Exception {
        long postmaster = Objects.requireNonNull(value(member.guard().status()).pid());
        return ProcessHandle.of(postmaster)
                .orElseThrow()
                .children()
                .filter(child -> commandLine(child).contains("walreceiver"))
                .findFirst()
                .orElseThrow()
                .pid();
    }

    /** PostgreSQL writes what a process does into its command line. */
    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
        } catch (IOException e) {
            return "";
        }
    }

    /** A former primary that was fenced: nobody writes to it, readers come through the read port, and not while its data stand still. */
    private void readable(AgentOfMember agent) throws Exception {
        Member former = members.member("a");
        Member primary = members.member("b");
        Wait.until(() -> agent.plan().readers().equals(Set.of("a")));
        assertEquals(Gate.Position.READ, agent.told().gate());
        Wait.until(() -> created(former).equals(ONLY_READS));
        RunningGroup.byHand(
                primary,
                "alter role interrex_replication nologin",
                "select pg_terminate_backend(pid) from pg_stat_replication");
        Wait.until(() -> agent.plan().readers().isEmpty());
        assertEquals(Process.STANDBY, agent.told().database().process(), "it answers, and its data are stale");
        assertEquals("b", agent.told().database().upstream());
        RunningGroup.byHand(primary, "alter role interrex_replication login");
        Wait.until(() -> agent.plan().readers().equals(Set.of("a")));
        assertNull(agent.plan().writer());
    }

    /** The SQL state of the failure, empty where there is none. */
    private static String created(Member member) {
        try (var connection = Client.connect(member);
                var statement = connection.createStatement()) {
            statement.execute("create table nothing ()");
            return "";
        } catch (SQLException e) {
            return String.valueOf(e.getSQLState());
        } catch (Trouble e) {
            throw new AssertionError(e);
        }
    }

    /** It may be started again at once. */
    private void dies() throws Exception {
        Long server = value(a.guard().status()).pid();
        signal("KILL", server);
        Wait.until(() -> !Objects.equals(server, value(a.guard().status()).pid()));
    }

    @Test
    @Order(8)
    @DisplayName("no password was seen in a command line or an environment, and none is in a log")
    void noPassword() throws Exception {
        assertTrue(commandLines.seen() > 20, "processes were looked at: " + commandLines.seen());
        assertEquals(List.of(), commandLines.offenders());
        try (var files = Files.walk(members.root())) {
            List<Path> logs = files.filter(Files::isRegularFile)
                    .filter(path -> path.toString().contains("/log/")
                            || path.toString().endsWith(".out")
                            || path.toString().endsWith("guard.log"))
                    .toList();
            assertTrue(logs.size() >= 4, logs.toString());
            for (Path log : logs) {
                String text = Files.readString(log);
                commandLines.passwords().forEach(password -> assertFalse(text.contains(password), log.toString()));
            }
        }
    }

    private static void signal(String name, @Nullable Long pid) throws Exception {
        assertNotNull(pid);
        assertEquals(
                0,
                new ProcessBuilder("kill", "-" + name, pid.toString()).start().waitFor());
    }
}
