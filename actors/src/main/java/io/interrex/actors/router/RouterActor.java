package io.interrex.actors.router;

import io.interrex.actors.log.GroupLog;
import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.hands.MemberStatus;
import io.interrex.cluster.hands.RouterStatus;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.Pooler;
import io.interrex.cluster.port.Router;
import io.interrex.cluster.routing.MemberRoute;
import io.interrex.cluster.routing.RoutePlan;
import io.interrex.cluster.routing.Routing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps one router where {@link Routing} says: on every status and every event, at once. */
public final class RouterActor extends AbstractBehavior<RouterActor.Message> {

    private static final Logger LOG = LoggerFactory.getLogger(RouterActor.class);
    private static final int TICKS = 4;

    /** Whatever becomes of whoever asked: longer than transactions may take to end and a primary to close its gate then. */
    private static final Duration HOLD_FOR = Duration.ofSeconds(3);

    public sealed interface Message {}

    public record Seen(MemberStatus status) implements Message {}

    /** A primary's agent asks poolers to make clients wait. */
    public record Asked(HandsMessage.Hold order) implements Message {}

    private record Released(String outcome) implements Message {}

    private record Held(UUID operation, Outcome<Nothing> outcome) implements Message {}

    private record LogMoved(GroupLog.Update update) implements Message {}

    private record Applied(RoutePlan plan, long startedNs, Outcome<Nothing> outcome) implements Message {}

    private record Counted(Outcome<Router.Sessions> outcome) implements Message {}

    private enum Tick implements Message {
        TICK
    }

    private record Heard(MemberStatus status, long atNs) {}

    private final String group;
    private final String node;
    private final String name;
    private final Router router;
    private final ActorRef<GroupLog.Message> log;
    private final Consumer<RouterStatus> announce;
    private final long freshNs;
    private final LongSupplier lagMaxBytes;
    private final Map<String, Heard> members = new HashMap<>();
    private @Nullable GroupState state;
    private List<MemberInfo> named = List.of();
    private @Nullable RoutePlan applied;
    private @Nullable RoutePlan reported;
    private long appliedMs;
    private RouterStatus.@Nullable Pooler holding;
    private long heldNs;
    private boolean busy;
    private int ticks;
    private String trouble = "";

    /**
     * @param name of this router among all of the installation: its node's and its own
     * @param announce is told what the router has: when that changes, and every {@code freshFor}
     * @param freshFor a member that was not heard of for so long takes no traffic
     */
    public static Behavior<Message> create(
            String group,
            String node,
            String name,
            Router router,
            ActorRef<GroupLog.Message> log,
            Consumer<RouterStatus> announce,
            Duration freshFor,
            LongSupplier lagMaxBytes) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerAtFixedRate(Tick.TICK, freshFor.dividedBy(TICKS));
            return new RouterActor(context, group, node, name, router, log, announce, freshFor.toNanos(), lagMaxBytes);
        }));
    }

    private RouterActor(
            ActorContext<Message> context,
            String group,
            String node,
            String name,
            Router router,
            ActorRef<GroupLog.Message> log,
            Consumer<RouterStatus> announce,
            long freshNs,
            LongSupplier lagMaxBytes) {
        super(context);
        this.group = group;
        this.node = node;
        this.name = name;
        this.router = router;
        this.holding = router instanceof Pooler ? RouterStatus.Pooler.IDLE : null;
        this.log = log;
        this.announce = announce;
        this.freshNs = freshNs;
        this.lagMaxBytes = lagMaxBytes;
        log.tell(new GroupLog.Subscribe(context.messageAdapter(GroupLog.Update.class, LogMoved::new)));
    }

    @Override
    public Receive<Message> createReceive() {
        return newReceiveBuilder()
                .onMessage(Seen.class, m -> {
                    if (m.status().group().equals(group)) {
                        members.put(m.status().member(), new Heard(m.status(), System.nanoTime()));
                        route();
                    }
                    return this;
                })
                .onMessage(LogMoved.class, m -> {
                    state = m.update().state();
                    members(state);
                    route();
                    letGo();
                    return this;
                })
                .onMessage(Asked.class, this::hold)
                .onMessage(Held.class, this::held)
                .onMessage(Released.class, m -> {
                    LOG.info("{} lets its clients go on: {}", name, m.outcome());
                    return this;
                })
                .onMessage(Applied.class, this::applied)
                .onMessage(Counted.class, this::counted)
                .onMessageEquals(Tick.TICK, this::tick)
                .build();
    }

    private void members(@Nullable GroupState now) {
        if (now != null && !named.equals(now.members().values().stream().toList())) {
            named = List.copyOf(now.members().values());
            router.use(named);
        }
    }

    private Behavior<Message> tick() {
        route();
        ticks++;
        GroupState s = state;
        RouterStatus.Pooler now = holding;
        if (now != null && now.held() && System.nanoTime() - heldNs > HOLD_FOR.toNanos()) {
            holding = new RouterStatus.Pooler(now.operation(), false, "it has held its clients long enough");
        }
        boolean told = now != null && s != null && s.operation() != null;
        if ((ticks % TICKS == 0 || told) && applied != null) {
            count();
        }
        return this;
    }

    private void count() {
        getContext()
                .pipeToSelf(
                        router.sessions(),
                        (outcome, failure) ->
                                new Counted(outcome != null ? outcome : Outcome.unknown(String.valueOf(failure))));
    }

    /** Of a router that does not answer nothing is said: nobody knows what it has. */
    private Behavior<Message> counted(Counted m) {
        RoutePlan plan = applied;
        if (plan != null && m.outcome() instanceof Outcome.Done<Router.Sessions>(var sessions)) {
            announce.accept(new RouterStatus(name, plan, appliedMs, sessions, holding));
        }
        return this;
    }

    /** Asked again and again; done once for each order, whatever comes of it. */
    private Behavior<Message> hold(Asked m) {
        UUID operation = m.order().operation();
        RouterStatus.Pooler last = holding;
        boolean again = last != null && operation.equals(last.operation());
        if (router instanceof Pooler pooler && m.order().group().equals(group) && !again && !isOver(operation)) {
            holding = new RouterStatus.Pooler(operation, false, "");
            heldNs = System.nanoTime();
            Duration limit = Duration.ofMillis(Math.clamp(m.order().limitMs(), 0, HOLD_FOR.toMillis()));
            getContext()
                    .pipeToSelf(
                            pooler.hold(limit, HOLD_FOR),
                            (outcome, failure) -> new Held(
                                    operation, outcome != null ? outcome : Outcome.unknown(String.valueOf(failure))));
        }
        return this;
    }

    private Behavior<Message> held(Held m) {
        RouterStatus.Pooler now = switch (m.outcome()) {
            case Outcome.Done<Nothing> done -> new RouterStatus.Pooler(m.operation(), true, "");
            case Outcome.Refused<Nothing>(var why) -> new RouterStatus.Pooler(m.operation(), false, why);
            case Outcome.Unknown<Nothing>(var why) -> new RouterStatus.Pooler(m.operation(), false, why);
        };
        holding = now;
        LOG.info("{} {}", name, now.held() ? "holds its clients" : "does not hold its clients: " + now.refusal());
        count();
        letGo();
        return this;
    }

    /** The order is over: clients go on. A plan with another writer, or none, ends a hold by itself; so does its expiry. */
    private void letGo() {
        RouterStatus.Pooler now = holding;
        if (router instanceof Pooler pooler && now != null && now.held() && isOver(now.operation())) {
            holding = new RouterStatus.Pooler(now.operation(), false, "the order is over");
            getContext().pipeToSelf(pooler.release(), (outcome, failure) -> new Released(String.valueOf(outcome)));
        }
    }

    private boolean isOver(@Nullable UUID operation) {
        GroupState s = state;
        return s != null
                && s.finished().stream().anyMatch(finished -> finished.id().equals(operation));
    }

    private void route() {
        GroupState s = state;
        if (s == null || busy) {
            return;
        }
        String primary = s.phase() == GroupState.Phase.ESTABLISHED ? s.primary() : null;
        RoutePlan plan = Routing.plan(group, s.epoch(), primary, routes(s, primary), lagMaxBytes.getAsLong());
        if (plan.equals(applied)) {
            return;
        }
        busy = true;
        long startedNs = System.nanoTime();
        getContext()
                .pipeToSelf(
                        router.apply(plan),
                        (outcome, failure) -> new Applied(
                                plan, startedNs, outcome != null ? outcome : Outcome.unknown(String.valueOf(failure))));
    }

    private List<MemberRoute> routes(GroupState s, @Nullable String primary) {
        long now = System.nanoTime();
        Heard head = primary == null ? null : members.get(primary);
        Lsn end = head == null ? Lsn.ZERO : head.status().database().lsn();
        var routes = new ArrayList<MemberRoute>();
        members.forEach((member, heard) -> {
            boolean writer = member.equals(primary);
            Optional<MemberInfo> info = s.member(member);
            if (info.isEmpty() || now - heard.atNs() > freshNs && !writer) {
                return;
            }
            MemberStatus status = heard.status();
            boolean standby = status.database().process() == Process.STANDBY;
            routes.add(new MemberRoute(
                    member,
                    status.gate(),
                    status.maxEpoch(),
                    standby ? end.bytesSince(status.database().replayed()) : 0,
                    standby && !status.database().receiving(),
                    info.filter(MemberInfo::noloadbalance).isPresent()));
        });
        return routes;
    }

    private Behavior<Message> applied(Applied m) {
        busy = false;
        switch (m.outcome()) {
            case Outcome.Done<Nothing> done -> {
                applied = m.plan();
                appliedMs = System.currentTimeMillis();
                count();
                trouble("");
                report(m);
            }
            case Outcome.Refused<Nothing>(var reason) -> trouble("refuses %s: %s".formatted(m.plan(), reason));
            case Outcome.Unknown<Nothing>(var reason) ->
                trouble("may not have taken %s: %s".formatted(m.plan(), reason));
        }
        if (m.outcome() instanceof Outcome.Done<Nothing>) {
            route();
        }
        return this;
    }

    /** A plan is tried again until it is taken; only a change is news. */
    private void trouble(String now) {
        if (!now.equals(trouble)) {
            if (now.isEmpty()) {
                LOG.info("{} takes its plans again", name);
            } else {
                LOG.warn("{} {}", name, now);
            }
        }
        trouble = now;
    }

    /** A new writer, or a new epoch without one, is news; readers that come and go are not. */
    private void report(Applied m) {
        RoutePlan before = reported;
        boolean news = before == null
                || before.epoch() != m.plan().epoch() && m.plan().writer() != null
                || !Objects.equals(before.writer(), m.plan().writer())
                        && m.plan().writer() != null;
        if (!news || m.plan().writer() == null) {
            return;
        }
        reported = m.plan();
        log.tell(new GroupLog.Submit(
                new GroupCommand.ReportRoute(
                        new GroupCommand.Stamp(node, System.currentTimeMillis()),
                        m.plan().epoch(),
                        name,
                        m.plan().writer(),
                        new TreeSet<>(m.plan().readers()),
                        (System.nanoTime() - m.startedNs()) / 1_000_000),
                null));
    }
}
