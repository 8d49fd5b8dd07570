package io.interrex.actors.lease;

import io.interrex.actors.log.GroupLog;
import io.interrex.cluster.group.Evidence.VoterView;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.lease.Voter;
import io.interrex.cluster.lease.VoterState;
import io.interrex.cluster.port.HardStore;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import java.util.function.BiConsumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs this host's {@link Voter}: writes what must be on disk, then answers. */
public final class VoterActor extends AbstractBehavior<VoterActor.Message> {

    private static final Logger LOG = LoggerFactory.getLogger(VoterActor.class);

    public sealed interface Message {}

    /** A message of the hands' protocol for the voter. */
    public record Heard(String from, HandsMessage message, long atNs) implements Message {}

    /** What this voter knows of a group's lease. */
    public record AskView(String group, ActorRef<VoterView> replyTo) implements Message {}

    /** The log says that a member is fenced, or that an epoch was begun. */
    public record LogMoved(String group, GroupLog.Update update) implements Message {}

    /** The voters have changed, and this node's charter says so. */
    public record Configured(int voterConfig) implements Message {}

    private final HardStore store;
    private final BiConsumer<String, HandsMessage> send;
    private final VoterWindow window;
    private VoterState state;

    /**
     * @param window shows what this voter has promised
     * @param send to a node, by name
     */
    public static Behavior<Message> create(
            VoterState started, VoterWindow window, HardStore store, BiConsumer<String, HandsMessage> send) {
        return Behaviors.setup(context -> new VoterActor(context, started, window, store, send));
    }

    private VoterActor(
            ActorContext<Message> context,
            VoterState started,
            VoterWindow window,
            HardStore store,
            BiConsumer<String, HandsMessage> send) {
        super(context);
        this.state = started;
        this.window = window;
        this.store = store;
        this.send = send;
    }

    @Override
    public Receive<Message> createReceive() {
        return newReceiveBuilder()
                .onMessage(Heard.class, this::heard)
                .onMessage(AskView.class, m -> {
                    m.replyTo().tell(Voter.view(state, m.group(), System.nanoTime()));
                    return this;
                })
                .onMessage(LogMoved.class, this::logMoved)
                .onMessage(Configured.class, m -> {
                    state = Voter.configured(state, m.voterConfig());
                    window.show(state);
                    return this;
                })
                .build();
    }

    private Behavior<Message> heard(Heard m) {
        switch (m.message()) {
            case HandsMessage.Renew renew -> take(Voter.renew(state, renew, m.atNs()), m.from());
            case HandsMessage.Release r -> take(Voter.release(state, r.group(), r.member(), r.epoch()), m.from());
            case HandsMessage.Fenced f -> take(Voter.fenced(state, f.group(), f.member(), f.epoch()), m.from());
            case HandsMessage.Revoke r -> take(Voter.raise(state, r.group(), r.epoch()), m.from());
            case HandsMessage.AskVoter ask ->
                send.accept(
                        m.from(),
                        new HandsMessage.VoterAnswer(
                                ask.group(),
                                ask.request(),
                                Voter.view(state, ask.group(), System.nanoTime()),
                                state.voterConfig()));
            case HandsMessage.AskPromises ask ->
                send.accept(m.from(), new HandsMessage.Promises(state.voterConfig(), state.hard()));
            case HandsMessage.Promises other -> ignore(other);
            case HandsMessage.Hello other -> ignore(other);
            case HandsMessage.Beat other -> ignore(other);
            case HandsMessage.Charter other -> ignore(other);
            case HandsMessage.Ack other -> ignore(other);
            case HandsMessage.Nack other -> ignore(other);
            case HandsMessage.VoterAnswer other -> ignore(other);
            case HandsMessage.RevokeAnswer other -> ignore(other);
            case HandsMessage.Status other -> ignore(other);
            case HandsMessage.Hold other -> ignore(other);
            case HandsMessage.Routed other -> ignore(other);
            case HandsMessage.Committed other -> ignore(other);
            case HandsMessage.Submit other -> ignore(other);
            case HandsMessage.SubmitAnswer other -> ignore(other);
        }
        return this;
    }

    private void ignore(HandsMessage other) {
        LOG.warn("a voter was given {}, which is not for voters", other);
    }

    private Behavior<Message> logMoved(LogMoved m) {
        var recorded = m.update().recorded();
        var group = m.update().state();
        if (recorded == null) {
            if (group != null) {
                take(Voter.raise(state, m.group(), group.epoch()), "");
            }
            return this;
        }
        if (recorded.event() instanceof GroupEvent.FailoverStarted started) {
            take(Voter.raise(state, m.group(), started.epoch()), "");
        } else if (recorded.event() instanceof GroupEvent.VotersRecovered recovered) {
            take(Voter.raise(state, m.group(), recovered.epoch()), "");
        } else if (recorded.event() instanceof GroupEvent.PrimaryFenced fenced
                && fenced.how().endsPromises()) {
            take(Voter.fenced(state, m.group(), fenced.member(), fenced.epoch() - 1), "");
        }
        return this;
    }

    /** Persist, then answer; what cannot be written is not answered, and not remembered as granted. */
    private void take(Voter.Step step, String from) {
        if (step.persist()) {
            Outcome<Nothing> written = store.saveVoter(step.state().hard());
            if (!(written instanceof Outcome.Done<Nothing>)) {
                LOG.error("this voter grants nothing: its state was not written: {}", written);
                return;
            }
        }
        state = step.state();
        window.show(state);
        HandsMessage reply = step.reply();
        if (reply != null) {
            send.accept(from, reply);
        }
    }
}
