package io.interrex.http;

import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.port.ControlPlane;
import io.interrex.cluster.port.Envelope;
import io.interrex.cluster.port.EventHistory;
import io.interrex.cluster.port.EventLog.Subscription;
import io.interrex.cluster.port.GroupJournal.Recorded;
import io.interrex.cluster.port.Order;
import io.interrex.cluster.port.OrderAnswer;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.Reload;
import io.interrex.cluster.port.view.GroupView;
import io.interrex.cluster.port.view.NodeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

/** The in-ports, played by a test: a group "main" with events that the test adds, and answers that it chooses. */
final class StubPorts implements ControlPlane, EventHistory {

    final List<Order> orders = new CopyOnWriteArrayList<>();
    final List<Reload> reloads = new CopyOnWriteArrayList<>();
    volatile Reload.Answer reloaded = new Reload.Answer.Done("a", "f1", List.of());
    final List<Consumer<Recorded>> followers = new CopyOnWriteArrayList<>();
    private final List<Recorded> events = new ArrayList<>();
    private final Map<String, GroupView> groups = new ConcurrentHashMap<>(Map.of("main", Worlds.group()));
    private volatile Function<Order, OrderAnswer> answer =
            order -> new OrderAnswer.Accepted(order.operation(), RuleId.ORDER_ACCEPTED, "recorded", 43);

    void answerWith(Function<Order, OrderAnswer> chosen) {
        answer = chosen;
    }

    void forget(String group) {
        groups.remove(group);
    }

    synchronized void add(String why) {
        long version = events.size() + 1L;
        var event = new GroupEvent.GateMoved(7, RuleId.GATE_RECORDED, "a", true, why);
        var id = new UUID(1, version);
        var recorded = new Recorded(
                new Envelope(
                        "group/main",
                        version,
                        id,
                        7,
                        1000 * version,
                        0,
                        "a",
                        "GateMoved",
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
    }

    @Override
    public NodeView node() {
        return Worlds.node("a");
    }

    @Override
    public List<String> groups() {
        return List.of("main");
    }

    @Override
    public Optional<GroupView> group(String name) {
        return Optional.ofNullable(groups.get(name));
    }

    @Override
    public CompletionStage<Reload.Answer> reload(Reload order) {
        reloads.add(order);
        return CompletableFuture.completedStage(reloaded);
    }

    @Override
    public CompletionStage<OrderAnswer> submit(Order order) {
        orders.add(order);
        return CompletableFuture.completedStage(answer.apply(order));
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
