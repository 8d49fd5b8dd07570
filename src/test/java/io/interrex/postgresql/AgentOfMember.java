package io.interrex.postgresql;

import io.interrex.actors.agent.AgentActor;
import io.interrex.actors.agent.AgentPorts;
import io.interrex.actors.agent.AgentSettings;
import io.interrex.actors.log.GroupLog;
import io.interrex.actors.router.RouterActor;
import io.interrex.cluster.group.Decision;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupDecider;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupEvolution;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.hands.MemberStatus;
import io.interrex.cluster.member.MemberHard;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.Router;
import io.interrex.cluster.port.Vitals;
import io.interrex.cluster.routing.RoutePlan;
import io.interrex.gate.GuardOnlyGate;
import io.interrex.guard.GuardClient;
import io.interrex.persistence.hard.FileHardStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * The agent of a real member on a host's own disk, as its node runs it, without peers. The log is in memory, and decides as the real
 * one does.
 */
final class AgentOfMember implements AutoCloseable {

    private final ActorTestKit kit = ActorTestKit.create();
    private final FileHardStore store;
    private final GuardClient guard;
    private final PostgresDatabase database;
    private final String member;
    private final List<GroupEvent> events = new CopyOnWriteArrayList<>();
    private final ActorRef<GroupLog.Message> log = kit.spawn(Behaviors.setup(context -> new InMemory().behavior()));
    private final AtomicReference<RoutePlan> plan =
            new AtomicReference<>(new RoutePlan("main", 0, null, new TreeSet<>()));
    private final ActorRef<RouterActor.Message> router;
    private volatile @Nullable ActorRef<AgentActor.Message> agent;
    private volatile @Nullable MemberStatus told;

    AgentOfMember(
            Path state,
            GuardClient guard,
            PostgresDatabase database,
            String member,
            MemberHard hard,
            List<GroupEvent> history)
            throws Exception {
        this.store = new FileHardStore(state);
        this.guard = guard;
        this.database = database;
        this.member = member;
        store.saveMember("main", hard);
        events.addAll(history);
        this.router = kit.spawn(RouterActor.create(
                "main", "edge", "edge/test", new Kept(), log, status -> {}, Duration.ofSeconds(2), () -> 16L << 20));
    }

    /** The events so far; what is recorded is one of them. */
    List<GroupEvent> events() {
        return List.copyOf(events);
    }

    GroupState group() {
        GroupState state = null;
        for (GroupEvent event : events) {
            state = GroupEvolution.evolve(state, event);
        }
        if (state == null) {
            throw new IllegalStateException("the history is empty");
        }
        return state;
    }

    /** As a node's start does. */
    void start() {
        if (!(store.loadMember("main") instanceof Outcome.Done<MemberHard>(var known))) {
            throw new IllegalStateException("what was saved is gone");
        }
        MemberHard hard = known.started();
        store.saveMember("main", hard);
        var voters = new TreeSet<>(group().voters());
        agent = kit.spawn(AgentActor.create(
                new AgentSettings("main", member, voters, 1, group().settings().timings(), new TreeSet<>()),
                new AgentPorts(
                        database,
                        guard,
                        new GuardOnlyGate(),
                        store,
                        log,
                        this::granted,
                        this::tellPeers,
                        () -> CompletableFuture.completedFuture(Vitals.UNKNOWN),
                        database),
                hard));
    }

    /** Every voter grants every round. */
    private void granted(String voter, HandsMessage message) {
        ActorRef<AgentActor.Message> asker = agent;
        if (message instanceof HandsMessage.Renew round && asker != null) {
            var ack = new HandsMessage.Ack(
                    round.group(), voter, round.member(), round.incarnation(), round.epoch(), round.n());
            asker.tell(new AgentActor.Heard(voter, ack, System.nanoTime()));
        }
    }

    private void tellPeers(HandsMessage message) {
        if (message instanceof HandsMessage.Status status) {
            told = status.status();
            router.tell(new RouterActor.Seen(status.status()));
        }
    }

    /** Where a router that hears of this member alone sends clients. */
    RoutePlan plan() {
        return plan.get();
    }

    /** What its node tells of it. */
    MemberStatus told() {
        MemberStatus status = told;
        if (status == null) {
            throw new IllegalStateException("it has told nothing yet");
        }
        return status;
    }

    private final class Kept implements Router {

        @Override
        public String name() {
            return "test";
        }

        @Override
        public CompletionStage<Outcome<Nothing>> apply(RoutePlan wanted) {
            plan.set(wanted);
            return CompletableFuture.completedFuture(Outcome.done(Nothing.NOTHING));
        }

        /** The plan names all that it judges. */
        @Override
        public void use(Collection<MemberInfo> members) {}

        @Override
        public CompletionStage<Outcome<Sessions>> sessions() {
            return CompletableFuture.completedFuture(Outcome.done(new Sessions(0, 0)));
        }

        @Override
        public void close() {}
    }

    /** What somebody else tells the log. */
    void tell(GroupCommand command) {
        log.tell(new GroupLog.Submit(command, null));
    }

    /** As a node's death does: its server goes on. */
    void stop() {
        ActorRef<AgentActor.Message> running = agent;
        if (running != null) {
            kit.stop(running, Duration.ofSeconds(5));
        }
    }

    @Override
    public void close() {
        kit.shutdownTestKit();
    }

    private final class InMemory {

        private final List<ActorRef<GroupLog.Update>> subscribers = new ArrayList<>();

        Behavior<GroupLog.Message> behavior() {
            return Behaviors.receive(GroupLog.Message.class)
                    .onMessage(GroupLog.Subscribe.class, m -> {
                        subscribers.add(m.subscriber());
                        m.subscriber().tell(update());
                        return Behaviors.same();
                    })
                    .onMessage(GroupLog.Submit.class, m -> {
                        Decision decision = GroupDecider.decide(group(), m.command());
                        events.addAll(decision.events());
                        ActorRef<GroupLog.Answer> asker = m.replyTo();
                        if (asker != null) {
                            asker.tell(new GroupLog.Answer(
                                    true, decision.accepted(), decision.rule(), decision.why(), events.size()));
                        }
                        subscribers.forEach(s -> s.tell(update()));
                        return Behaviors.same();
                    })
                    .build();
        }

        private GroupLog.Update update() {
            return new GroupLog.Update(group(), events.size(), null, true, null);
        }
    }
}
