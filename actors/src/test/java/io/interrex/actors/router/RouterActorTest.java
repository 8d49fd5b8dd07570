package io.interrex.actors.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.interrex.actors.hands.TestNode;
import io.interrex.actors.log.GroupLog;
import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.group.GroupCommand.ReportRoute;
import io.interrex.cluster.group.GroupEvent.GroupCreated;
import io.interrex.cluster.group.GroupEvent.OperationFinished;
import io.interrex.cluster.group.GroupEvent.PrimaryEstablished;
import io.interrex.cluster.group.GroupEvent.SettingsRecorded;
import io.interrex.cluster.group.GroupEvent.SwitchoverOrdered;
import io.interrex.cluster.group.GroupEvolution;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.hands.MemberStatus;
import io.interrex.cluster.hands.RouterStatus;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.Gate;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.Pooler;
import io.interrex.cluster.port.Router;
import io.interrex.cluster.port.Vitals;
import io.interrex.cluster.routing.RoutePlan;
import io.interrex.cluster.settings.GroupSettings;
import io.interrex.cluster.settings.Profile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Given a group that was just created, and a router that looks again every 20 ms. */
final class RouterActorTest {

    private static final Outcome<Nothing> DONE = Outcome.done(Nothing.NOTHING);

    private final ActorTestKit kit = ActorTestKit.create("router", TestNode.CONFIG);
    private final TestProbe<GroupLog.Message> log = kit.createTestProbe(GroupLog.Message.class);
    private final BlockingQueue<RoutePlan> applied = new LinkedBlockingQueue<>();
    private final AtomicReference<Outcome<Nothing>> answer = new AtomicReference<>(DONE);
    private final AtomicReference<Outcome<Router.Sessions>> sessions =
            new AtomicReference<>(Outcome.done(new Router.Sessions(5, 2)));
    private final BlockingQueue<RouterStatus> announced = new LinkedBlockingQueue<>();
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(RouterActor.class);

    private final class Given implements Router {

        @Override
        public String name() {
            return "given";
        }

        @Override
        public CompletionStage<Outcome<Nothing>> apply(RoutePlan plan) {
            applied.add(plan);
            return CompletableFuture.completedFuture(answer.get());
        }

        @Override
        public void use(Collection<MemberInfo> members) {
            assertTrue(members.stream().anyMatch(member -> member.name().equals("a")), members::toString);
        }

        @Override
        public CompletionStage<Outcome<Router.Sessions>> sessions() {
            return CompletableFuture.completedFuture(sessions.get());
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void end() {
        logger.detachAppender(lines);
        kit.shutdownTestKit();
    }

    private ActorRef<RouterActor.Message> started(GroupState state) {
        ActorRef<RouterActor.Message> router = kit.spawn(RouterActor.create(
                "main",
                "app",
                "app/haproxy",
                new Given(),
                log.ref(),
                announced::add,
                Duration.ofMillis(80),
                () -> 1 << 20));
        log.expectMessageClass(GroupLog.Subscribe.class)
                .subscriber()
                .tell(new GroupLog.Update(state, 1, null, true, null));
        return router;
    }

    private static GroupState created() {
        return GroupEvolution.evolve(
                null,
                new GroupCreated(
                        1,
                        RuleId.GROUP_CREATED,
                        "main",
                        "a",
                        new UUID(0, 1),
                        List.of(new MemberInfo("a", "127.0.0.1", 5432, "z", 0, false, false, false)),
                        1,
                        List.of("a"),
                        GroupSettings.defaults(Profile.FAST.timings())));
    }

    private static GroupState established() {
        return GroupEvolution.evolve(
                created(),
                new PrimaryEstablished(
                        1,
                        RuleId.ESTABLISHED,
                        "a",
                        new Reign(1, new UUID(0, 1), 1, Lsn.ZERO),
                        Lsn.ZERO,
                        new TreeSet<>(),
                        "system"));
    }

    /** That group, and two standbys. */
    private static GroupState established(String second, String third, boolean loaded) {
        var members = new ArrayList<>(established().members().values());
        members.add(new MemberInfo(second, "127.0.0.1", 5433, "z", 0, false, false, !loaded));
        members.add(new MemberInfo(third, "127.0.0.1", 5434, "z", 0, false, false, false));
        return GroupEvolution.evolve(
                established(),
                new SettingsRecorded(
                        1, RuleId.SETTINGS_RECORDED, GroupSettings.defaults(Profile.FAST.timings()), members));
    }

    private static MemberStatus open() {
        DatabaseStatus database = DatabaseStatus.unknown("not looked at");
        return new MemberStatus(
                "main", "a", 1, 1, 1, 1, 1, database, Gate.Position.OPEN, 500, 0, Vitals.UNKNOWN, "serves", null);
    }

    /** Streams, and has replayed all that the primary is known to have. */
    private static MemberStatus reading(String member) {
        var database = new DatabaseStatus(
                DatabaseStatus.Process.STANDBY,
                0,
                "system",
                1,
                Lsn.ZERO,
                Lsn.ZERO,
                true,
                "a",
                1,
                new UUID(0, 1),
                "",
                List.of(),
                false,
                -1,
                150000,
                null,
                null);
        return new MemberStatus(
                "main", member, 1, 1, 1, 1, 1, database, Gate.Position.READ, 0, -1, Vitals.UNKNOWN, "follows", null);
    }

    private RouterStatus awaitAnnounced(Predicate<RouterStatus> wanted) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (System.nanoTime() < deadline) {
            RouterStatus status = announced.poll(1, TimeUnit.SECONDS);
            if (status != null && wanted.test(status)) {
                return status;
            }
        }
        throw new AssertionError("never announced");
    }

    private void awaitPlans(int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            assertEquals(
                    "main", String.valueOf(applied.poll(10, TimeUnit.SECONDS)).replaceAll(".*group=(\\w+).*", "$1"));
        }
    }

    private long warnings() {
        return List.copyOf(lines.list).stream()
                .filter(line -> line.getLevel() == Level.WARN)
                .count();
    }

    @Test
    @DisplayName("a route that moved is recorded under the names of its node and of its router, so that two do not mix")
    void named() {
        started(established()).tell(new RouterActor.Seen(open()));
        var report = log.expectMessageClass(GroupLog.Submit.class).command();
        assertEquals("app/haproxy", assertInstanceOf(ReportRoute.class, report).router());
    }

    @Test
    @DisplayName(
            "readers that come after the writer are announced to all nodes, with the sessions of now, and since when")
    void announces() throws InterruptedException {
        ActorRef<RouterActor.Message> router = started(established("b", "c", true));
        router.tell(new RouterActor.Seen(open()));
        RouterStatus alone = awaitAnnounced(status -> "a".equals(status.plan().writer()));
        assertEquals(new TreeSet<>(List.of("a")), alone.plan().readers());
        router.tell(new RouterActor.Seen(reading("b")));
        RouterStatus joined = awaitAnnounced(status -> status.plan().readers().contains("b"));
        assertEquals("app/haproxy", joined.router());
        assertEquals(new Router.Sessions(5, 2), joined.sessions());
        assertTrue(joined.sinceMs() >= alone.sinceMs(), () -> alone + " " + joined);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"b", "gone"})
    @DisplayName("one that the log has tagged noloadbalance, or does not name, takes no reads; the others take theirs")
    void spared(String spared) throws InterruptedException {
        ActorRef<RouterActor.Message> router = started(established("b", "c", false));
        router.tell(new RouterActor.Seen(open()));
        router.tell(new RouterActor.Seen(reading(spared)));
        router.tell(new RouterActor.Seen(reading("c")));
        assertEquals(
                new TreeSet<>(List.of("c")),
                awaitAnnounced(status -> status.plan().readers().contains("c"))
                        .plan()
                        .readers());
    }

    @Test
    @DisplayName(
            "a plan that stays is announced again and again, since when it is in force; of a router that is away nothing")
    void announcesAgain() throws InterruptedException {
        started(created());
        long since = awaitAnnounced(status -> true).sinceMs();
        for (int i = 0; i < 3; i++) {
            assertEquals(since, awaitAnnounced(status -> true).sinceMs());
        }
        sessions.set(Outcome.unknown("no HAProxy answers"));
        // what was counted before may still be on its way, once
        RouterStatus last = announced.poll(300, TimeUnit.MILLISECONDS);
        assertNull(announced.poll(300, TimeUnit.MILLISECONDS), () -> "after " + last);
    }

    @Test
    @DisplayName("a router that is away is tried again and again, and told of once")
    void away() throws InterruptedException {
        answer.set(Outcome.unknown("no HAProxy answers"));
        started(created());
        awaitPlans(5);
        assertEquals(1, warnings());
        answer.set(DONE);
        kit.createTestProbe().awaitAssert(() -> {
            assertEquals(
                    "app/haproxy takes its plans again", lines.list.getLast().getFormattedMessage());
            return lines;
        });
    }

    private final class GivenPooler implements Pooler {
        private final Router given = new Given();
        private final Outcome<Nothing> held;
        private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();

        GivenPooler(Outcome<Nothing> held) {
            this.held = held;
        }

        @Override
        public String name() {
            return "given";
        }

        @Override
        public CompletionStage<Outcome<Nothing>> apply(RoutePlan plan) {
            return given.apply(plan);
        }

        @Override
        public void use(Collection<MemberInfo> members) {
            given.use(members);
        }

        @Override
        public CompletionStage<Outcome<Router.Sessions>> sessions() {
            return given.sessions();
        }

        @Override
        public CompletionStage<Outcome<Nothing>> hold(Duration limit, Duration expires) {
            asked.add("hold within %d, for %d".formatted(limit.toMillis(), expires.toMillis()));
            return CompletableFuture.completedFuture(held);
        }

        @Override
        public CompletionStage<Outcome<Nothing>> release() {
            asked.add("release");
            return CompletableFuture.completedFuture(DONE);
        }

        @Override
        public void close() {}
    }

    @Test
    @DisplayName(
            "a pooler that is asked twice for one order holds once, says so to all, and lets go when the order is over")
    void holds() throws InterruptedException {
        var pooler = new GivenPooler(DONE);
        UUID order = new UUID(0, 7);
        ActorRef<RouterActor.Message> router = kit.spawn(RouterActor.create(
                "main", "app", "app/pool", pooler, log.ref(), announced::add, Duration.ofMillis(80), () -> 1 << 20));
        var subscriber = log.expectMessageClass(GroupLog.Subscribe.class).subscriber();
        subscriber.tell(new GroupLog.Update(established(), 1, null, true, null));
        router.tell(new RouterActor.Seen(open()));
        assertEquals(
                RouterStatus.Pooler.IDLE,
                awaitAnnounced(status -> "a".equals(status.plan().writer())).pooler());

        router.tell(new RouterActor.Asked(new HandsMessage.Hold("other", order, 1000)));
        router.tell(new RouterActor.Asked(new HandsMessage.Hold("main", order, 1000)));
        router.tell(new RouterActor.Asked(new HandsMessage.Hold("main", order, 1000)));

        awaitAnnounced(status -> status.pooler() != null && status.pooler().holds(order));
        assertEquals("hold within 1000, for 3000", pooler.asked.poll(1, TimeUnit.SECONDS));

        GroupState ordered = GroupEvolution.evolve(
                established(), new SwitchoverOrdered(1, RuleId.ORDER_ACCEPTED, order, "eve", "a", "b"));
        subscriber.tell(new GroupLog.Update(ordered, 2, null, true, null));
        subscriber.tell(new GroupLog.Update(
                GroupEvolution.evolve(ordered, new OperationFinished(1, RuleId.POOLERS_BUSY, order, false, "busy")),
                3,
                null,
                true,
                null));

        assertEquals("release", pooler.asked.poll(1, TimeUnit.SECONDS));
    }

    @Test
    @DisplayName("a pooler whose transactions do not end says why")
    void cannotHold() throws InterruptedException {
        UUID order = new UUID(0, 7);
        ActorRef<RouterActor.Message> router = kit.spawn(RouterActor.create(
                "main",
                "app",
                "app/pool",
                new GivenPooler(Outcome.refused("one is open")),
                log.ref(),
                announced::add,
                Duration.ofMillis(80),
                () -> 1 << 20));
        log.expectMessageClass(GroupLog.Subscribe.class)
                .subscriber()
                .tell(new GroupLog.Update(established(), 1, null, true, null));
        router.tell(new RouterActor.Seen(open()));
        router.tell(new RouterActor.Asked(new HandsMessage.Hold("main", order, 1000)));

        RouterStatus told = awaitAnnounced(
                status -> status.pooler() != null && status.pooler().refuses(order));
        assertEquals(new RouterStatus.Pooler(order, false, "one is open"), told.pooler());
    }
}
