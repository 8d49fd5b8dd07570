package io.interrex.node;

import io.interrex.actors.log.GroupLog;
import io.interrex.cluster.group.GroupEvent.PeopleNotified;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.port.GroupJournal.Recorded;
import io.interrex.cluster.port.Notifier.Notice;
import io.interrex.cluster.port.view.EventWords;
import io.interrex.cluster.port.view.Headlines;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people what the log says, once it says so. The node that wrote an event tells it, so that it is told once; where the
 * log does not say that it did, another node tells it.
 */
final class Notifications {

    private static final Logger LOG = LoggerFactory.getLogger(Notifications.class);

    sealed interface Message {}

    private record Moved(GroupLog.Update update) implements Message {}

    private enum Tick implements Message {
        TICK
    }

    private final String group;
    private final People people;
    private final Untold untold;
    private final long startedMs;
    private @Nullable GroupState before;

    private Notifications(String group, People people, Untold untold, long startedMs) {
        this.group = group;
        this.people = people;
        this.untold = untold;
        this.startedMs = startedMs;
    }

    /**
     * @param nodes all that run notifications for this group now; others than at the start after a reload
     * @param slack between the end of a delivery and its record in the log, at most
     * @param startedMs what is older was told by an earlier process of this node, or is told by another node
     */
    static Behavior<Message> create(
            String group, People people, Supplier<Set<String>> nodes, Duration slack, long startedMs) {
        var notifications = new Notifications(group, people, new Untold(people.node(), nodes, slack), startedMs);
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerAtFixedRate(Tick.TICK, slack.dividedBy(4));
            people.log().tell(new GroupLog.Subscribe(context.messageAdapter(GroupLog.Update.class, Moved::new)));
            return Behaviors.receive(Message.class)
                    .onMessage(Moved.class, moved -> notifications.see(moved.update()))
                    .onMessageEquals(Tick.TICK, notifications::takeOver)
                    .build();
        }));
    }

    private Behavior<Message> see(GroupLog.Update update) {
        Recorded recorded = update.recorded();
        if (recorded != null) {
            if (recorded.event() instanceof PeopleNotified event) {
                untold.told(event);
            }
            notice(recorded).ifPresent(notice -> tell(recorded.envelope().node(), notice, isOwn(recorded)));
        }
        before = update.state();
        return Behaviors.same();
    }

    private boolean isOwn(Recorded recorded) {
        return recorded.envelope().node().equals(people.node())
                && recorded.envelope().wallMs() >= startedMs;
    }

    private void tell(String writer, Notice notice, boolean own) {
        if (own) {
            people.tell(notice);
            return;
        }
        people.routes().stream()
                .filter(route -> route.wants(notice))
                .forEach(route -> untold.add(route, notice, writer, System.nanoTime()));
    }

    private Behavior<Message> takeOver() {
        untold.due(System.nanoTime()).forEach(entry -> {
            LOG.warn(
                    "nobody has told \"{}\" by {}, this node does",
                    entry.notice().title(),
                    entry.route().notifier().name());
            people.tell(entry.route(), entry.notice());
        });
        return Behaviors.same();
    }

    private Optional<Notice> notice(Recorded recorded) {
        return Headlines.of(before, recorded.event())
                .map(headline -> new Notice(
                        group,
                        recorded.event().epoch(),
                        headline.severity(),
                        headline.text(),
                        EventWords.sentence(recorded.event()),
                        Instant.ofEpochMilli(recorded.envelope().wallMs())));
    }
}
