package io.interrex.cli;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.format.Format;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupEvent.Durability;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.KnownLoss;
import io.interrex.cluster.group.Mode;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.port.ControlPlane;
import io.interrex.cluster.port.Envelope;
import io.interrex.cluster.port.EventHistory;
import io.interrex.cluster.port.EventLog.Subscription;
import io.interrex.cluster.port.Gate;
import io.interrex.cluster.port.GroupJournal.Recorded;
import io.interrex.cluster.port.Order;
import io.interrex.cluster.port.OrderAnswer;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.Reload;
import io.interrex.cluster.port.view.GroupView;
import io.interrex.cluster.port.view.GroupView.Member;
import io.interrex.cluster.port.view.GroupView.Role;
import io.interrex.cluster.port.view.NodeView;
import io.interrex.cluster.port.view.SlotView;
import io.interrex.http.HttpLimits;
import io.interrex.http.HttpServer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.pekko.actor.ActorSystem;

/** The real API over a group that the test plays: a is primary, b streams; switchovers to b succeed, others are refused. */
final class StubNode implements ControlPlane, EventHistory, AutoCloseable {

    volatile int logFormat = Format.CURRENT;
    /** So often it is looked at before its voter's silence after the start is over. */
    final AtomicInteger silentLooks = new AtomicInteger();

    final List<Order> orders = new CopyOnWriteArrayList<>();
    final List<Reload> reloads = new CopyOnWriteArrayList<>();
    final Map<String, GroupView.Maintenance> maintenance = new ConcurrentHashMap<>();
    volatile Reload.Answer reloaded = new Reload.Answer.Done("a", "f1", List.of());
    private final List<Recorded> events = new ArrayList<>();
    private final List<Consumer<Recorded>> followers = new CopyOnWriteArrayList<>();
    private final ActorSystem system = ActorSystem.create("stub-node");
    private final HttpServer server;

    StubNode() throws Exception {
        server = HttpServer.start(system, this, this, "127.0.0.1", 0, HttpLimits.defaults())
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }

    String url() {
        InetSocketAddress address = server.address();
        return "http://127.0.0.1:" + address.getPort();
    }

    @Override
    public void close() throws Exception {
        server.stop(Duration.ofSeconds(1)).toCompletableFuture().get(20, TimeUnit.SECONDS);
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    synchronized long add(GroupEvent event) {
        long version = events.size() + 1L;
        UUID id = new UUID(1, version);
        var recorded = new Recorded(
                new Envelope(
                        "group/main",
                        version,
                        id,
                        event.epoch(),
                        1000 * version,
                        0,
                        "a",
                        event.getClass().getSimpleName(),
                        1,
                        id,
                        "s-1",
                        "{}",
                        null,
                        "00",
                        "11"),
                event);
        events.add(recorded);
        followers.forEach(follower -> follower.accept(recorded));
        return version;
    }

    @Override
    public NodeView node() {
        long silentMs = silentLooks.getAndUpdate(left -> Math.max(0, left - 1)) > 0 ? 700 : 0;
        return new NodeView("a", "test", 5000, true, List.of(), silentMs, List.of(), List.of(), "b", true);
    }

    @Override
    public List<String> groups() {
        return List.of("main");
    }

    @Override
    public synchronized Optional<GroupView> group(String name) {
        return Optional.of(new GroupView(
                "main",
                events.size(),
                7,
                GroupState.Phase.ESTABLISHED,
                "a",
                "a",
                true,
                SyncSet.of(1, List.of("b")),
                null,
                Durability.SYNC,
                Mode.AUTO,
                new UUID(0, 7),
                new TreeSet<>(),
                null,
                null,
                new GroupView.Scheduled(
                        new UUID(0, 8), "eve", null, 1_700_000_000_000L, 1_700_000_300_000L, "R915: b lags"),
                1 << 20,
                "s-1",
                List.of(
                        member("a", Role.PRIMARY, Gate.Position.OPEN, 900),
                        member("b", Role.STANDBY, Gate.Position.READ, 0)),
                List.of(new GroupView.Voter("a", "a", true)),
                List.of(
                        new GroupView.Route(
                                "app/haproxy", 40, 7, "a", new TreeSet<>(List.of("b")), 1_700_000_000_000L, 5, 1),
                        new GroupView.Route("web/haproxy", -1, 6, null, new TreeSet<>(), 0, -1, -1)),
                List.of(
                        new SlotView(
                                "cdc",
                                "logical",
                                "app",
                                "pgoutput",
                                true,
                                true,
                                "0/5000000",
                                false,
                                List.of(new SlotView.Copy("a", "0/6000000", true, "reserved", 1 << 20, -1, true))),
                        new SlotView(
                                "keep",
                                "physical",
                                "",
                                "",
                                true,
                                false,
                                null,
                                false,
                                List.of(
                                        new SlotView.Copy("a", "0/7000000", false, "extended", 1 << 30, -1, true),
                                        new SlotView.Copy("b", "0/8000000", false, "reserved", 0, -1, false))),
                        new SlotView("theirs", "physical", "", "", false, true, null, false, List.of())),
                "b",
                true,
                logFormat,
                List.of("member c: its disk is full")));
    }

    private Member member(String name, Role role, Gate.Position gate, long leaseLeftMs) {
        boolean standby = role == Role.STANDBY;
        return new Member(
                name,
                "10.0.0.1",
                5432,
                "z1",
                0,
                false,
                false,
                standby,
                role,
                true,
                standby,
                10,
                7,
                7,
                3,
                "0/3000148",
                standby ? 2048 : 0,
                standby ? 2048 : 0,
                standby ? "a" : null,
                standby,
                gate,
                leaseLeftMs,
                standby ? -1 : 42,
                0,
                1L << 40,
                List.of(),
                List.of(),
                maintenance.get(name),
                null,
                "steady",
                null);
    }

    @Override
    public CompletionStage<Reload.Answer> reload(Reload order) {
        reloads.add(order);
        return CompletableFuture.completedStage(reloaded);
    }

    @Override
    public CompletionStage<OrderAnswer> submit(Order order) {
        orders.add(order);
        if (order instanceof Order.Switchover s && "a".equals(s.target())) {
            return CompletableFuture.completedStage(
                    new OrderAnswer.Refused(order.operation(), RuleId.ORDER_SELF, "a is the primary"));
        }
        if (order instanceof Order.ForcePromotion f && !f.typedGroup().equals("main")) {
            return CompletableFuture.completedStage(
                    new OrderAnswer.Refused(order.operation(), RuleId.FORCE_OTHER_GROUP, "this is group main"));
        }
        if (order instanceof Order.ForcePromotion f && f.dryRun()) {
            var loss = new KnownLoss(new Lsn(120), 30, "0/78 was seen, b is at 0/5A", 12_300, "by node a");
            return CompletableFuture.completedStage(
                    new OrderAnswer.Foreseen(order.operation(), RuleId.ORDER_ACCEPTED, loss.words(), loss));
        }
        if (order instanceof Order.Switchover s && "lost".equals(s.target())) {
            return CompletableFuture.completedStage(
                    new OrderAnswer.Unknown(order.operation(), "the log did not answer"));
        }
        long version = add(
                new GroupEvent.SwitchoverOrdered(7, RuleId.ORDER_ACCEPTED, order.operation(), order.actor(), "a", "b"));
        if (order instanceof Order.Failover) {
            add(new GroupEvent.PrimaryEstablished(
                    8,
                    RuleId.ESTABLISHED,
                    "b",
                    new Reign(8, new UUID(8, 8), 2, new Lsn(800)),
                    new Lsn(800),
                    new TreeSet<>(),
                    "7"));
            return CompletableFuture.completedStage(
                    new OrderAnswer.Accepted(order.operation(), RuleId.ORDER_ACCEPTED, "recorded", version));
        }
        boolean succeeds = !(order instanceof Order.Switchover s && "c".equals(s.target()));
        add(new GroupEvent.OperationFinished(
                8, RuleId.ORDER_FINISHED, order.operation(), succeeds, succeeds ? "b is primary" : "it expired"));
        return CompletableFuture.completedStage(
                new OrderAnswer.Accepted(order.operation(), RuleId.ORDER_ACCEPTED, "recorded", version));
    }

    @Override
    public synchronized Subscription follow(
            String group, long from, Consumer<Recorded> listener, Consumer<String> stopped) {
        events.stream().filter(event -> event.envelope().version() >= from).forEach(listener);
        followers.add(listener);
        return () -> followers.remove(listener);
    }

    @Override
    public synchronized CompletionStage<Outcome<List<Recorded>>> read(String group, long from, int limit) {
        return CompletableFuture.completedStage(Outcome.done(events.stream()
                .filter(event -> event.envelope().version() >= from)
                .limit(limit)
                .toList()));
    }
}
