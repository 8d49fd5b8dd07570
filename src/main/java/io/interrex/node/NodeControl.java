package io.interrex.node;

import io.interrex.actors.log.GroupLog;
import io.interrex.actors.node.Board;
import io.interrex.cluster.charter.RosterSight;
import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.Decision;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupCommand.Run;
import io.interrex.cluster.group.GroupCommand.Seen;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupCommand.StandbyLag;
import io.interrex.cluster.group.GroupDecider;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Mode;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.port.ControlPlane;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.cluster.port.DatabaseStatus.Sender;
import io.interrex.cluster.port.EventHistory;
import io.interrex.cluster.port.EventLog;
import io.interrex.cluster.port.EventLog.Subscription;
import io.interrex.cluster.port.GroupJournal;
import io.interrex.cluster.port.GroupJournal.Recorded;
import io.interrex.cluster.port.Order;
import io.interrex.cluster.port.OrderAnswer;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.Reload;
import io.interrex.cluster.port.Vitals;
import io.interrex.cluster.port.view.GroupSight;
import io.interrex.cluster.port.view.GroupView;
import io.interrex.cluster.port.view.GroupViews;
import io.interrex.cluster.port.view.NodeView;
import io.interrex.config.ClusterConfig;
import io.interrex.config.ClusterConfig.Group;
import io.interrex.config.NodeConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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
import org.jspecify.annotations.Nullable;

/** Answers people from what this node knows, and hands their orders to the group's log. */
final class NodeControl implements ControlPlane, EventHistory {

    /** An own agent that was not heard of for so long is stuck; longer than any disk that comes back takes. */
    private static final Duration STUCK_AFTER = Duration.ofSeconds(30);

    private final NodeConfig config;
    private final Board board;
    private final GroupJournal journal;
    private final Map<String, ActorRef<GroupLog.Message>> logs;
    private final Scheduler scheduler;
    private final Supplier<EventLog.Health> health;
    private final Predicate<String> inReach;
    private final Supplier<RosterSight> roster;
    private final Map<String, Map<String, GroupSight.Move>> moves = new ConcurrentHashMap<>();
    private final Duration orderLimit;
    private final LongSupplier nanoTime;
    private final Reloading reloading;
    private final long startedNs;

    /**
     * @param roster how the voters' seats look from here
     * @param orderLimit an order that is not answered by then is told to be unknown
     * @param nanoTime as {@link System#nanoTime()}
     */
    NodeControl(
            NodeConfig config,
            Board board,
            GroupJournal journal,
            Map<String, ActorRef<GroupLog.Message>> logs,
            Scheduler scheduler,
            Supplier<EventLog.Health> health,
            Predicate<String> inReach,
            Supplier<RosterSight> roster,
            Duration orderLimit,
            LongSupplier nanoTime,
            Reloading reloading) {
        this.config = config;
        this.board = board;
        this.journal = journal;
        this.logs = logs;
        this.scheduler = scheduler;
        this.health = health;
        this.inReach = inReach;
        this.roster = roster;
        this.orderLimit = orderLimit;
        this.nanoTime = nanoTime;
        this.reloading = reloading;
        this.startedNs = nanoTime.getAsLong();
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
        var waiting = new ArrayList<String>();
        var stuck = new ArrayList<String>();
        EventLog.Health log = health.get();
        for (String group : groups()) {
            GroupLog.Update update = board.group(group);
            if (update != null && update.stopped() != null) {
                waiting.add("an event of group %s that it understands: %s".formatted(group, update.stopped()));
            } else if (update == null || !update.readable()) {
                waiting.add("the events of group %s: %s".formatted(group, log.detail()));
            }
        }
        for (Group group : config.memberGroups()) {
            agent(group.name(), waiting, stuck);
        }
        String version = NodeControl.class.getPackage().getImplementationVersion();
        return new NodeView(
                config.name(),
                version == null ? "development" : version,
                (nanoTime.getAsLong() - startedNs) / 1_000_000,
                waiting.isEmpty(),
                List.copyOf(waiting),
                List.copyOf(stuck),
                log.leader(),
                log.writable());
    }

    private void agent(String group, List<String> waiting, List<String> stuck) {
        Board.Heard heard = board.statuses(group).get(config.name());
        long now = nanoTime.getAsLong();
        long silentNs = now - (heard == null ? startedNs : heard.atNs());
        if (silentNs > STUCK_AFTER.toNanos()) {
            stuck.add("the agent of group " + group);
        }
        if (heard == null
                || silentNs > 3 * config.cluster().timings().suspectAfter().toNanos()) {
            waiting.add("the agent of group " + group);
        }
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
                health.get(),
                group.readMaxLagBytes(),
                3 * state.settings().timings().suspectAfter().toMillis())));
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
                        log, replyTo -> new GroupLog.Submit(command(order), replyTo), orderLimit, scheduler)
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
        Decision decision = GroupDecider.decide(state, command(order));
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

    private GroupCommand command(Order order) {
        var stamp = new Stamp(config.name(), System.currentTimeMillis());
        return switch (order) {
            case Order.Switchover s ->
                new GroupCommand.OrderSwitchover(stamp, s.operation(), s.actor(), s.target(), lags(s.group()));
            case Order.ScheduledSwitchover s ->
                new GroupCommand.ScheduleSwitchover(
                        stamp,
                        s.operation(),
                        s.actor(),
                        s.target(),
                        s.at().toEpochMilli(),
                        s.at().plus(s.within()).toEpochMilli());
            case Order.CancelSwitchover c -> new GroupCommand.CancelScheduled(stamp, c.operation(), c.actor());
            case Order.Failover f ->
                new GroupCommand.OrderFailover(stamp, f.operation(), f.actor(), f.target(), inReach(f.group()));
            case Order.Reinit r -> new GroupCommand.OrderReinit(stamp, r.operation(), r.actor(), r.member());
            case Order.Restart r ->
                new GroupCommand.OrderRestart(
                        stamp, r.operation(), r.actor(), r.member(), r.pendingOnly(), r.inPlace(), runs(r.group()));
            case Order.Pause p ->
                new GroupCommand.OrderMode(
                        stamp, p.operation(), Mode.PAUSED, p.actor(), p.reason(), until(stamp, p.length()));
            case Order.ForcePromotion f ->
                new GroupCommand.OrderForcePromotion(
                        stamp,
                        f.operation(),
                        f.actor(),
                        f.reason(),
                        f.typedGroup(),
                        f.typedEpoch(),
                        f.target(),
                        seen(f.group()),
                        withData(f.group()));
            case Order.Readmission r -> readmission(stamp, r);
            case Order.Resume r -> new GroupCommand.OrderMode(stamp, r.operation(), Mode.AUTO, r.actor(), r.reason());
        };
    }

    private GroupCommand readmission(Stamp stamp, Order.Readmission r) {
        RosterSight sight = roster.get();
        ClusterConfig.Node named = reloading.current().nodes().get(r.voter());
        String voter = named == null ? r.voter() : named.handsName();
        var answering = new TreeSet<>(sight.seated());
        answering.removeIf(seat -> !inReach.test(seat));
        return new GroupCommand.OrderReadmission(
                stamp,
                r.operation(),
                r.actor(),
                r.reason(),
                voter,
                sight.charter().change(),
                sight.settledFor(config.cluster().timings().silentFor().toNanos(), nanoTime.getAsLong()),
                inReach.test(voter) ? sight.others().get(voter) : null,
                answering);
    }

    private static long until(Stamp stamp, @Nullable Duration length) {
        return length == null ? 0 : stamp.wallMs() + length.toMillis();
    }

    /** As the primary's senders say; a standby that does not stream is not in it. */
    private List<StandbyLag> lags(String group) {
        var lags = new ArrayList<StandbyLag>();
        board.statuses(group).values().forEach(heard -> {
            var database = heard.status().database();
            if (database.process() == Process.PRIMARY) {
                Lsn end = database.lsn();
                for (Sender sender : database.senders()) {
                    if (sender.state().equals("streaming")) {
                        lags.add(new StandbyLag(sender.member(), end.bytesSince(sender.flushLsn())));
                    }
                }
            }
        });
        return List.copyOf(lags);
    }

    /** The servers that are known to run. */
    private List<Run> runs(String group) {
        var running = inReach(group, process -> process == Process.STANDBY || process == Process.PRIMARY);
        var runs = new ArrayList<Run>();
        new TreeMap<>(board.statuses(group)).forEach((member, heard) -> {
            long startedAtMs = heard.status().database().startedAtMs();
            List<Vitals.Pending> pending = heard.status().vitals().pending();
            if (running.contains(member) && startedAtMs != 0) {
                runs.add(new Run(
                        member,
                        startedAtMs,
                        !pending.isEmpty(),
                        pending.stream().anyMatch(Vitals.Pending::lowers)));
            }
        });
        return List.copyOf(runs);
    }

    /** What each member said last, however long ago. */
    private List<Seen> seen(String group) {
        long now = nanoTime.getAsLong();
        var seen = new ArrayList<Seen>();
        board.statuses(group).forEach((member, heard) -> {
            var database = heard.status().database();
            seen.add(new Seen(
                    member,
                    database.process() == Process.PRIMARY,
                    database.lsn(),
                    database.epochInWal(),
                    heard.status().leaseLeftMs(),
                    Math.max(0, (now - heard.atNs()) / 1_000_000)));
        });
        return List.copyOf(seen);
    }

    /** Members that were heard of lately and could promise to take no more WAL. */
    private TreeSet<String> withData(String group) {
        return inReach(group, process -> switch (process) {
            case ABSENT, INCOMPLETE -> false;
            case STOPPED, STARTING, STANDBY, PRIMARY, HUNG -> true;
        });
    }

    private TreeSet<String> inReach(String group) {
        return inReach(group, process -> process == Process.STANDBY);
    }

    private TreeSet<String> inReach(String group, Predicate<Process> which) {
        long limitNs = config.cluster().timings().suspectAfter().toNanos();
        long now = nanoTime.getAsLong();
        var reach = new TreeSet<String>();
        board.statuses(group).forEach((member, heard) -> {
            if (now - heard.atNs() < limitNs
                    && which.test(heard.status().database().process())) {
                reach.add(member);
            }
        });
        return reach;
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
