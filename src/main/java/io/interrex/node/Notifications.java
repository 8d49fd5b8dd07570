package io.interrex.node;

import io.interrex.actors.log.GroupLog;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.port.GroupJournal.Recorded;
import io.interrex.cluster.port.Notifier.Notice;
import io.interrex.cluster.port.view.EventWords;
import io.interrex.cluster.port.view.Headlines;
import java.time.Instant;
import java.util.Optional;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/** Tells people what the log says, once it says so. The node that wrote an event tells it, so that it is told once. */
final class Notifications {

    private final String group;
    private final People people;
    private final long startedMs;
    private @Nullable GroupState before;

    private Notifications(String group, People people, long startedMs) {
        this.group = group;
        this.people = people;
        this.startedMs = startedMs;
    }

    /** @param startedMs what is older was told by an earlier process of this node */
    static Behavior<GroupLog.Update> create(String group, People people, long startedMs) {
        return Behaviors.setup(context -> {
            var notifications = new Notifications(group, people, startedMs);
            people.log().tell(new GroupLog.Subscribe(context.getSelf()));
            return Behaviors.receiveMessage(update -> {
                notifications.see(update);
                return Behaviors.same();
            });
        });
    }

    private void see(GroupLog.Update update) {
        Recorded recorded = update.recorded();
        if (recorded != null
                && recorded.envelope().node().equals(people.node())
                && recorded.envelope().wallMs() >= startedMs) {
            notice(recorded).ifPresent(people::tell);
        }
        before = update.state();
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
