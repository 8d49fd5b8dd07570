package io.interrex.actors.log;

import io.interrex.cluster.group.Decision;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupDecider;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupEvolution;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.port.EventLog.Subscription;
import io.interrex.cluster.port.GroupJournal;
import io.interrex.cluster.port.GroupJournal.Recorded;
import io.interrex.cluster.port.GroupJournal.Written;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.view.EventWords;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a group's stream, and puts commands to it one after the other: decide, append behind the version that was
 * decided on, look again when somebody else was first. Persist, then tell: nobody hears of an event that is not in the log.
 */
public final class GroupLog extends AbstractBehavior<GroupLog.Message> {

    private static final Logger LOG = LoggerFactory.getLogger(GroupLog.class);

    private static final int WAITING_MAX = 200;
    private static final int RECENT_MAX = 100;

    public sealed interface Message {}

    /** @param replyTo is told once, in any case */
    public record Submit(GroupCommand command, @Nullable ActorRef<Answer> replyTo) implements Message {}

    /**
     * The subscriber is told the state now, and after every event; nothing before the log was read to its end, for a state
     * on the way there is history, and nobody may act on it.
     */
    public record Subscribe(ActorRef<Update> subscriber) implements Message {}

    /** A peer says that this event is committed. */
    public record Offer(io.interrex.cluster.port.Envelope envelope) implements Message {}

    private record Arrived(Recorded recorded) implements Message {}

    private record Appended(Submit submit, Decision decision, UUID id, long version, Written result)
            implements Message {}

    private record CaughtUp(Outcome<List<Recorded>> events) implements Message {}

    private record Stopped(String why) implements Message {}

    private record Gone(ActorRef<Update> subscriber) implements Message {}

    private enum Retry implements Message {
        RETRY
    }

    /**
     * @param known whether the log itself answered; if not, nothing is known about the command
     * @param version of the group's stream at the answer
     */
    public record Answer(
            boolean known, boolean accepted, @Nullable RuleId rule, String why, long version) {}

    /**
     * @param state null while the stream is empty or unknown
     * @param recorded the event that led to it, null for the first update
     * @param readable the log has answered since this node started: an empty stream is really empty
     * @param stopped why this node follows the group no further, null while it does; nobody may decide on such a state
     */
    public record Update(
            @Nullable GroupState state,
            long version,
            @Nullable Recorded recorded,
            boolean readable,
            @Nullable String stopped) {}

    private final String group;
    private final GroupJournal journal;
    private final Consumer<Recorded> announce;
    private final Duration retryAfter;
    private final TimerScheduler<Message> timers;
    private final List<ActorRef<Update>> subscribers = new ArrayList<>();
    private final Deque<Pending> waiting = new ArrayDeque<>();
    /** Ids of the last decisions in the stream: an append of unknown outcome that is among them happened. */
    private final Deque<UUID> recentDecisions = new ArrayDeque<>();

    private final Formats formats = new Formats();
    private final ReadTrouble reads = new ReadTrouble();
    private final Subscription subscription;
    private @Nullable GroupState state;
    private long version;
    private boolean readable;
    private boolean busy;
    private boolean reading;
    private @Nullable String stopped;

    /** A command with the id under which its decision is appended; kept across retries of an unknown outcome. */
    private record Pending(Submit submit, int tries, long notBeforeVersion) {}

    /**
     * @param announce is given every event that this node appended, to tell the peers
     * @param retryAfter an unanswered append or read is tried again after this
     */
    public static Behavior<Message> create(
            String group, GroupJournal journal, Consumer<Recorded> announce, Duration retryAfter) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new GroupLog(context, timers, group, journal, announce, retryAfter)));
    }

    private GroupLog(
            ActorContext<Message> context,
            TimerScheduler<Message> timers,
            String group,
            GroupJournal journal,
            Consumer<Recorded> announce,
            Duration retryAfter) {
        super(context);
        this.group = group;
        this.journal = journal;
        this.announce = announce;
        this.retryAfter = retryAfter;
        this.timers = timers;
        ActorRef<Message> self = context.getSelf();
        subscription = journal.follow(
                group, 1, recorded -> self.tell(new Arrived(recorded)), why -> self.tell(new Stopped(why)));
        catchUp();
    }

    @Override
    public Receive<Message> createReceive() {
        return newReceiveBuilder()
                .onMessage(Submit.class, this::submit)
                .onMessage(Subscribe.class, this::subscribe)
                .onMessage(Offer.class, this::offer)
                .onMessage(Arrived.class, m -> arrived(m.recorded()))
                .onMessage(Appended.class, this::appended)
                .onMessage(CaughtUp.class, this::caughtUp)
                .onMessage(Stopped.class, m -> stop(m.why()))
                .onMessage(Gone.class, m -> {
                    subscribers.remove(m.subscriber());
                    return this;
                })
                .onMessageEquals(Retry.RETRY, () -> {
                    catchUp();
                    return this;
                })
                .onSignal(PostStop.class, signal -> {
                    subscription.close();
                    return this;
                })
                .build();
    }

    private Behavior<Message> submit(Submit submit) {
        if (stopped != null) {
            answer(submit, notFollowing());
            return this;
        }
        if (waiting.size() >= WAITING_MAX) {
            answer(submit, new Answer(false, false, null, "too many commands wait for the log", version));
            return this;
        }
        waiting.addLast(new Pending(submit, 0, 0));
        next();
        return this;
    }

    private Behavior<Message> subscribe(Subscribe subscribe) {
        subscribers.add(subscribe.subscriber());
        getContext().watchWith(subscribe.subscriber(), new Gone(subscribe.subscriber()));
        subscribe.subscriber().tell(new Update(readable ? state : null, version, null, readable, stopped));
        return this;
    }

    private Behavior<Message> offer(Offer offer) {
        journal.offer(offer.envelope());
        return this;
    }

    private Behavior<Message> arrived(Recorded recorded) {
        apply(recorded);
        next();
        return this;
    }

    private void apply(Recorded recorded) {
        if (recorded.envelope().version() > version + 1) {
            catchUp();
        }
        if (recorded.envelope().version() != version + 1 || stopped != null) {
            return;
        }
        try {
            state = GroupEvolution.evolve(state, recorded.event());
        } catch (RuntimeException e) {
            stop("version %d is no legal event here: %s".formatted(version + 1, e));
            return;
        }
        version = recorded.envelope().version();
        recentDecisions.addLast(recorded.envelope().cause());
        if (recentDecisions.size() > RECENT_MAX) {
            recentDecisions.removeFirst();
        }
        if (readable) {
            GroupEvent event = recorded.event();
            LOG.info(
                    "{} v{} e{} {} {}",
                    group,
                    version,
                    event.epoch(),
                    event.rule().label(),
                    EventWords.sentence(event));
            var update = new Update(state, version, recorded, true, null);
            subscribers.forEach(s -> s.tell(update));
        }
    }

    private void next() {
        Pending pending = waiting.peekFirst();
        if (busy || pending == null || !readable || version < pending.notBeforeVersion()) {
            return;
        }
        Decision decision = GroupDecider.decide(state, pending.submit().command());
        if (decision.events().isEmpty()) {
            waiting.removeFirst();
            answer(pending.submit(), new Answer(true, decision.accepted(), decision.rule(), decision.why(), version));
            next();
            return;
        }
        append(pending.submit(), decision, UUID.randomUUID(), version);
    }

    private void append(Submit submit, Decision decision, UUID id, long behind) {
        busy = true;
        getContext()
                .pipeToSelf(
                        journal.append(group, behind, id, Formats.of(state), submit.command(), decision.events()),
                        (result, failure) -> new Appended(
                                submit,
                                decision,
                                id,
                                behind,
                                result != null ? result : new Written.Unknown(String.valueOf(failure))));
    }

    private Behavior<Message> appended(Appended a) {
        busy = false;
        if (stopped != null) {
            answer(a.submit(), notFollowing());
            return this;
        }
        switch (a.result()) {
            case Written.Appended done -> {
                waiting.removeFirst();
                done.events().forEach(event -> {
                    announce.accept(event);
                    apply(event);
                });
                answerRecorded(a);
                next();
            }
            case Written.Conflict conflict -> {
                waiting.removeFirst();
                waiting.addFirst(new Pending(a.submit(), 0, conflict.actualVersion()));
                if (version < conflict.actualVersion()) {
                    catchUp();
                } else {
                    next();
                }
            }
            case Written.Unknown unknown -> unknown(a, unknown);
            case Written.TooNew(var what) -> {
                waiting.removeFirst();
                answer(a.submit(), formats.refusal(a.decision(), what, state, version));
                next();
            }
        }
        return this;
    }

    private void unknown(Appended a, Written.Unknown unknown) {
        Pending pending = waiting.removeFirst();
        if (pending.tries() >= 5) {
            LOG.warn("the log did not answer for {}: {}", a.submit().command(), unknown.reason());
            answer(a.submit(), new Answer(false, false, null, "the log did not answer: " + unknown.reason(), version));
            next();
            return;
        }
        if (recentDecisions.contains(a.id())) {
            answerRecorded(a);
            next();
            return;
        }
        waiting.addFirst(new Pending(a.submit(), pending.tries() + 1, 0));
        if (version == a.version()) {
            append(a.submit(), a.decision(), a.id(), a.version());
        } else {
            next();
        }
    }

    private void answerRecorded(Appended a) {
        Decision decision = a.decision();
        answer(a.submit(), new Answer(true, decision.accepted(), decision.rule(), decision.why(), version));
    }

    private void catchUp() {
        if (reading) {
            return;
        }
        reading = true;
        getContext()
                .pipeToSelf(
                        journal.read(group, version + 1, 1000),
                        (events, failure) ->
                                new CaughtUp(events != null ? events : Outcome.unknown(String.valueOf(failure))));
    }

    private Behavior<Message> caughtUp(CaughtUp m) {
        reading = false;
        switch (m.events()) {
            case Outcome.Done<List<Recorded>>(var events) -> {
                reads.succeeded(group, version);
                events.forEach(this::apply);
                if (!readable && stopped == null && events.size() < 1000) {
                    readable = true;
                    tellAll();
                }
                Pending pending = waiting.peekFirst();
                if (events.size() == 1000 || pending != null && version < pending.notBeforeVersion()) {
                    timers.startSingleTimer(Retry.RETRY, retryAfter);
                }
                next();
            }
            case Outcome.Refused<List<Recorded>>(var why) -> stop(why);
            case Outcome.Unknown<List<Recorded>>(var why) -> {
                reads.failed(group, version, why, readable);
                timers.startSingleTimer(Retry.RETRY, retryAfter);
            }
        }
        return this;
    }

    /** An event that is not understood is never skipped: from here on this node knows nothing of the group. */
    private Behavior<Message> stop(String why) {
        if (stopped == null) {
            stopped = why;
            readable = false;
            LOG.error(
                    "{} v{}: this node follows the group no further and decides nothing for it: {}; start it with the version"
                            + " of Interrex that the others have",
                    group,
                    version,
                    why);
            waiting.stream().skip(busy ? 1 : 0).forEach(pending -> answer(pending.submit(), notFollowing()));
            waiting.clear();
            tellAll();
        }
        return this;
    }

    private Answer notFollowing() {
        return new Answer(false, false, null, "this node does not follow the group any more: " + stopped, version);
    }

    private void tellAll() {
        var update = new Update(state, version, null, readable, stopped);
        subscribers.forEach(s -> s.tell(update));
    }

    private static void answer(Submit submit, Answer answer) {
        ActorRef<Answer> replyTo = submit.replyTo();
        if (replyTo != null) {
            replyTo.tell(answer);
        }
    }
}
