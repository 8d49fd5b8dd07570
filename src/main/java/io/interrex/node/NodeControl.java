package io.interrex.node;

import io.interrex.actors.log.GroupLog;
import io.interrex.actors.node.Board;
import io.interrex.cluster.charter.RosterSight;
import io.interrex.cluster.group.Decision;
import io.interrex.cluster.group.GroupDecider;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.port.ControlPlane;
import io.interrex.cluster.port.EventHistory;
import io.interrex.cluster.port.EventLog.Subscription;
import io.interrex.cluster.port.GroupJournal;
import io.interrex.cluster.port.GroupJournal.Recorded;
import io.interrex.cluster.port.Order;
import io.interrex.cluster.port.OrderAnswer;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.Reload;
import io.interrex.cluster.port.view.GroupSight;
import io.interrex.cluster.port.view.GroupView;
import io.interrex.cluster.port.view.GroupViews;
import io.interrex.cluster.port.view.NodeView;
import io.interrex.config.ClusterConfig.Group;
import io.interrex.config.NodeConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Scheduler;
import org.apache.pekko.actor.typed.javadsl.AskPattern;

/** Answers people from what this node knows, and hands their orders to the group's log. */
final class NodeControl implements ControlPlane, EventHistory {

    private final NodeConfig config;
    private final Board board;
    private final GroupJournal journal;
    private final Map<String, ActorRef<GroupLog.Message>> logs;
    private final Scheduler scheduler;
    private final Predicate<String> inReach;
    private final Map<String, Map<String, GroupSight.Move>> moves = new ConcurrentHashMap<>();
    private final Duration orderLimit;
    private final LongSupplier nanoTime;
    private final Reloading reloading;
    private final OwnState own;
    private final OrderCommands commands;

    /**
     * @param roster how the voters' seats look from here
     * @param orderLimit an order that is not answered by then is told to be unknown
     * @param own what this node says of itself
     * @param nanoTime as {@link System#nanoTime()}
     */
    NodeControl(
            NodeConfig config,
            Board board,
            GroupJournal journal,
            Map<String, ActorRef<GroupLog.Message>> logs,
            Scheduler scheduler,
            Predicate<String> inReach,
            Supplier<RosterSight> roster,
            Duration orderLimit,
            LongSupplier nanoTime,
            OwnState own,
            Reloading reloading) {
        this.config = config;
        this.board = board;
        this.journal = journal;
        this.logs = logs;
        this.scheduler = scheduler;
        this.inReach = inReach;
        this.orderLimit = orderLimit;
        this.nanoTime = nanoTime;
        this.reloading = reloading;
        this.own = own;
        this.commands = new OrderCommands(config, reloading::current, board, inReach, roster, nanoTime);
    }

    /** Remembers where routers send clients; wants all events from the first, so that a restarted node knows it too. */
    void saw(String group, Recorded recorded) {
        if (recorded.event() instanceof GroupEvent.RouteMoved moved) {
            moves.computeIfAbsent(group, g -> new ConcurrentHashMap<>())
                    .put(
                            moved.router(),
                            new GroupSight.Move(moved, recorded.envelope().wallMs()));
        }
    }

    @Override
    public NodeView node() {
        return own.view();
    }

    @Override
    public List<String> groups() {
        return List.copyOf(config.cluster().groups().keySet());
    }

    @Override
    public Optional<GroupView> group(String name) {
        GroupLog.Update update = board.group(name);
        GroupState state = update == null ? null : update.state();
        Group group = reloading.current().groups().get(name);
        if (update == null || state == null || group == null) {
            return Optional.empty();
        }
        long now = nanoTime.getAsLong();
        var members = new HashMap<String, GroupSight.Heard>();
        board.statuses(name)
                .forEach((member, heard) ->
                        members.put(member, new GroupSight.Heard(heard.status(), (now - heard.atNs()) / 1_000_000)));
        var routers = new HashMap<String, GroupSight.HeardRouter>();
        board.routers(name)
                .forEach((router, heard) -> routers.put(
                        router, new GroupSight.HeardRouter(heard.status(), (now - heard.atNs()) / 1_000_000)));
        return Optional.of(GroupViews.of(new GroupSight(
                state,
                update.version(),
                members,
                inReach(),
                routers,
                moves.getOrDefault(name, Map.of()),
                own.log(),
                group.readMaxLagBytes(),
                3 * state.settings().timings().suspectAfter().toMillis(),
                System.currentTimeMillis())));
    }

    private Set<String> inReach() {
        return config.cluster().voters().stream().filter(inReach).collect(Collectors.toSet());
    }

    @Override
    public CompletionStage<OrderAnswer> submit(Order order) {
        ActorRef<GroupLog.Message> log = logs.get(order.group());
        if (log == null) {
            return java.util.concurrent.CompletableFuture.completedFuture(new OrderAnswer.Refused(
                    order.operation(),
                    RuleId.ORDER_UNKNOWN_MEMBER,
                    "there is no group %s; there are %s".formatted(order.group(), logs.keySet())));
        }
        String first = config.cluster().groups().firstKey();
        if (order instanceof Order.Readmission && !order.group().equals(first)) {
            return java.util.concurrent.CompletableFuture.completedFuture(new OrderAnswer.Refused(
                    order.operation(),
                    RuleId.ORDER_UNKNOWN_MEMBER,
                    "the voters are those of all groups, and change in the log of one, %s: name that one"
                            .formatted(first)));
        }
        if (order instanceof Order.ForcePromotion force && force.dryRun()) {
            return java.util.concurrent.CompletableFuture.completedFuture(foresee(force));
        }
        return AskPattern.<GroupLog.Message, GroupLog.Answer>ask(
                        log, replyTo -> new GroupLog.Submit(commands.command(order), replyTo), orderLimit, scheduler)
                .handle((answer, failure) -> answered(order, answer, failure));
    }

    @Override
    public CompletionStage<Reload.Answer> reload(Reload order) {
        return reloading.reload(order);
    }

    /** As the group would decide now, by what this node has read and heard; nothing is recorded. */
    private OrderAnswer foresee(Order.ForcePromotion order) {
        GroupLog.Update update = board.group(order.group());
        GroupState state = update == null ? null : update.state();
        Decision decision = GroupDecider.decide(state, commands.command(order));
        return decision.events().stream()
                .filter(GroupEvent.ForcePromotionOrdered.class::isInstance)
                .map(GroupEvent.ForcePromotionOrdered.class::cast)
                .findFirst()
                .<OrderAnswer>map(ordered ->
                        new OrderAnswer.Foreseen(order.operation(), decision.rule(), decision.why(), ordered.loss()))
                .orElseGet(() -> new OrderAnswer.Refused(order.operation(), decision.rule(), decision.why()));
    }

    private static OrderAnswer answered(Order order, GroupLog.Answer answer, Throwable failure) {
        if (failure != null || !answer.known()) {
            return new OrderAnswer.Unknown(order.operation(), failure == null ? answer.why() : failure.toString());
        }
        RuleId rule = answer.rule() == null ? RuleId.ORDER_ACCEPTED : answer.rule();
        return answer.accepted()
                ? new OrderAnswer.Accepted(order.operation(), rule, answer.why(), answer.version())
                : new OrderAnswer.Refused(order.operation(), rule, answer.why());
    }

    @Override
    public Subscription follow(String group, long fromVersion, Consumer<Recorded> listener, Consumer<String> stopped) {
        return journal.follow(group, fromVersion, listener, stopped);
    }

    @Override
    public CompletionStage<Outcome<List<Recorded>>> read(String group, long fromVersion, int limit) {
        return journal.read(group, fromVersion, limit);
    }
}
