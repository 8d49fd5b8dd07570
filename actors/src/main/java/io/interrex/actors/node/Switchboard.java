package io.interrex.actors.node;

import io.interrex.actors.agent.AgentActor;
import io.interrex.actors.hands.Incoming;
import io.interrex.actors.lease.FoundingActor;
import io.interrex.actors.lease.VoterActor;
import io.interrex.actors.log.GroupLog;
import io.interrex.actors.supervisor.SupervisorActor;
import io.interrex.cluster.charter.Founding;
import io.interrex.cluster.charter.VoterCharter;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.hands.MemberStatus;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives each message of the hands' protocol to whom it is for. The brain's supervisors come and go; the rest stays. */
public final class Switchboard extends AbstractBehavior<Switchboard.Message> {

    private static final Logger LOG = LoggerFactory.getLogger(Switchboard.class);

    public sealed interface Message {}

    public record In(Incoming incoming) implements Message {}

    public record PlugVoter(ActorRef<VoterActor.Message> voter) implements Message {}

    public record PlugFounding(ActorRef<FoundingActor.Message> founding) implements Message {}

    public record PlugAgent(String group, ActorRef<AgentActor.Message> agent) implements Message {}

    public record PlugLog(String group, ActorRef<GroupLog.Message> log) implements Message {}

    /** How this node counts the voters from now on; its charter says so on disk. */
    public record Counts(VoterCharter charter) implements Message {}

    /** Replaces the supervisor of an earlier brain. */
    public record PlugSupervisor(String group, ActorRef<SupervisorActor.Message> supervisor) implements Message {}

    private record Moved(String group, GroupLog.Update update) implements Message {}

    private record Answered(String to, String group, long request, GroupLog.@Nullable Answer answer, String why)
            implements Message {}

    private final Board board;
    private final BiConsumer<String, HandsMessage> send;
    private final Consumer<MemberStatus> onStatus;
    private final Consumer<HandsMessage.Hold> onHold;
    private final Map<String, ActorRef<AgentActor.Message>> agents = new HashMap<>();
    private final Map<String, ActorRef<GroupLog.Message>> logs = new HashMap<>();
    private final Map<String, ActorRef<SupervisorActor.Message>> supervisors = new HashMap<>();
    private @Nullable ActorRef<VoterActor.Message> voter;
    private @Nullable ActorRef<FoundingActor.Message> founding;
    private @Nullable VoterCharter charter;

    /**
     * @param onStatus is told every status that comes; for routers
     * @param onHold is told who asks to hold; for poolers
     */
    public static Behavior<Message> create(
            Board board,
            BiConsumer<String, HandsMessage> send,
            Consumer<MemberStatus> onStatus,
            Consumer<HandsMessage.Hold> onHold) {
        return Behaviors.setup(context -> new Switchboard(context, board, send, onStatus, onHold));
    }

    private Switchboard(
            ActorContext<Message> context,
            Board board,
            BiConsumer<String, HandsMessage> send,
            Consumer<MemberStatus> onStatus,
            Consumer<HandsMessage.Hold> onHold) {
        super(context);
        this.board = board;
        this.send = send;
        this.onStatus = onStatus;
        this.onHold = onHold;
    }

    @Override
    public Receive<Message> createReceive() {
        return newReceiveBuilder()
                .onMessage(In.class, m -> {
                    if (m.incoming() instanceof Incoming.Message message) {
                        route(message);
                    } else if (m.incoming() instanceof Incoming.PeerUp up && founding != null) {
                        founding.tell(new FoundingActor.Up(up.from()));
                    }
                    return this;
                })
                .onMessage(PlugVoter.class, m -> {
                    voter = m.voter();
                    count();
                    return this;
                })
                .onMessage(PlugFounding.class, m -> {
                    founding = m.founding();
                    return this;
                })
                .onMessage(PlugAgent.class, m -> {
                    agents.put(m.group(), m.agent());
                    count();
                    return this;
                })
                .onMessage(Counts.class, m -> {
                    charter = m.charter();
                    count();
                    return this;
                })
                .onMessage(PlugLog.class, this::plugLog)
                .onMessage(PlugSupervisor.class, m -> {
                    supervisors.put(m.group(), m.supervisor());
                    return this;
                })
                .onMessage(Moved.class, this::moved)
                .onMessage(Answered.class, this::answered)
                .build();
    }

    private Behavior<Message> plugLog(PlugLog m) {
        logs.put(m.group(), m.log());
        ActorRef<Message> self = getContext().getSelf();
        ActorRef<GroupLog.Update> tap = getContext()
                .spawn(
                        Behaviors.receiveMessage((GroupLog.Update update) -> {
                            board.put(m.group(), update);
                            self.tell(new Moved(m.group(), update));
                            return Behaviors.same();
                        }),
                        "log-tap-" + m.group());
        getContext().watch(tap);
        m.log().tell(new GroupLog.Subscribe(tap));
        return this;
    }

    private void count() {
        VoterCharter counted = charter;
        if (counted == null) {
            return;
        }
        if (voter != null) {
            voter.tell(new VoterActor.Configured(counted.configuration()));
        }
        var own = new HandsMessage.Charter(new Founding.Claim(counted, true), false);
        agents.values().forEach(agent -> agent.tell(new AgentActor.Heard("", own, System.nanoTime())));
    }

    private Behavior<Message> moved(Moved m) {
        var state = m.update().state();
        if (founding != null && state != null) {
            founding.tell(
                    new FoundingActor.Logged(state.voterConfig(), state.upkeep().seats()));
        }
        if (voter != null) {
            voter.tell(new VoterActor.LogMoved(m.group(), m.update()));
        }
        return this;
    }

    private void route(Incoming.Message in) {
        switch (in.message()) {
            case HandsMessage.Renew m -> toVoter(in);
            case HandsMessage.Fenced m -> toVoter(in);
            case HandsMessage.AskVoter m -> toVoter(in);
            case HandsMessage.AskPromises m -> toVoter(in);
            case HandsMessage.Promises m -> {
                if (founding != null) {
                    founding.tell(new FoundingActor.Promised(in.from(), m));
                }
            }
            case HandsMessage.Release m -> {
                toVoter(in);
                toSupervisor(m.group(), in);
            }
            case HandsMessage.Revoke m -> {
                toVoter(in);
                toAgent(m.group(), in);
            }
            case HandsMessage.Ack m -> toAgent(m.group(), in);
            case HandsMessage.Nack m -> toAgent(m.group(), in);
            case HandsMessage.VoterAnswer m -> toSupervisor(m.group(), in);
            case HandsMessage.RevokeAnswer m -> toSupervisor(m.group(), in);
            case HandsMessage.Status m -> {
                board.put(m.status());
                onStatus.accept(m.status());
                toAgent(m.status().group(), in);
                toSupervisor(m.status().group(), in);
            }
            case HandsMessage.Hold m -> onHold.accept(m);
            case HandsMessage.Routed m -> {
                board.put(m.status());
                toAgent(m.status().plan().group(), in);
            }
            case HandsMessage.Committed m -> {
                ActorRef<GroupLog.Message> log = logs.get(groupOf(m.envelope().stream()));
                if (log != null) {
                    log.tell(new GroupLog.Offer(m.envelope()));
                }
            }
            case HandsMessage.Submit m -> submit(in.from(), m);
            case HandsMessage.SubmitAnswer m -> LOG.debug("{} was answered {}", m.group(), m);
            case HandsMessage.Charter m -> {
                if (founding != null) {
                    founding.tell(new FoundingActor.Heard(in.from(), m));
                }
            }
            case HandsMessage.Hello m -> LOG.debug("{}", m);
            case HandsMessage.Beat m -> LOG.trace("{}", m);
        }
    }

    private static String groupOf(String stream) {
        return stream.startsWith("group/") ? stream.substring("group/".length()) : stream;
    }

    private void toVoter(Incoming.Message in) {
        if (voter != null) {
            voter.tell(new VoterActor.Heard(in.from(), in.message(), in.receivedNanos()));
        }
    }

    private void toAgent(String group, Incoming.Message in) {
        ActorRef<AgentActor.Message> agent = agents.get(group);
        if (agent != null) {
            agent.tell(new AgentActor.Heard(in.from(), in.message(), in.receivedNanos()));
        }
    }

    private void toSupervisor(String group, Incoming.Message in) {
        ActorRef<SupervisorActor.Message> supervisor = supervisors.get(group);
        if (supervisor != null) {
            supervisor.tell(new SupervisorActor.Heard(in.from(), in.message()));
        }
    }

    private void submit(String from, HandsMessage.Submit m) {
        ActorRef<GroupLog.Message> log = logs.get(m.group());
        if (log == null) {
            getContext().getSelf().tell(new Answered(from, m.group(), m.request(), null, "unknown group " + m.group()));
            return;
        }
        getContext()
                .ask(
                        GroupLog.Answer.class,
                        log,
                        Duration.ofSeconds(10),
                        replyTo -> new GroupLog.Submit(m.command(), replyTo),
                        (answer, failure) ->
                                new Answered(from, m.group(), m.request(), answer, String.valueOf(failure)));
    }

    private Behavior<Message> answered(Answered m) {
        GroupLog.Answer answer = m.answer();
        send.accept(
                m.to(),
                answer == null
                        ? new HandsMessage.SubmitAnswer(m.group(), m.request(), false, null, m.why(), 0)
                        : new HandsMessage.SubmitAnswer(
                                m.group(),
                                m.request(),
                                answer.accepted(),
                                answer.rule(),
                                answer.why(),
                                answer.version()));
        return this;
    }
}
