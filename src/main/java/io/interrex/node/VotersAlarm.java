package io.interrex.node;

import io.interrex.actors.log.GroupLog;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.port.Notifier.Notice;
import io.interrex.cluster.port.Notifier.Severity;
import io.interrex.cluster.settings.Timings;
import io.interrex.cluster.supervision.VoterReach;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/** Tells people at once when this node reaches no majority of voters: an event of the log would tell them afterwards. */
final class VotersAlarm {

    sealed interface Message {}

    private enum Tick implements Message {
        TICK
    }

    private record Moved(GroupLog.Update update) implements Message {}

    private final String group;
    private final List<String> voters;
    private final Timings timings;
    private final People people;
    private final Predicate<String> inReach;
    private VoterReach reach = VoterReach.START;
    private @Nullable GroupState state;

    private VotersAlarm(String group, List<String> voters, Timings timings, People people, Predicate<String> inReach) {
        this.group = group;
        this.voters = voters;
        this.timings = timings;
        this.people = people;
        this.inReach = inReach;
    }

    /** @param inReach whether a node answers, this one included */
    static Behavior<Message> create(
            String group, List<String> voters, Timings timings, People people, Predicate<String> inReach) {
        var alarm = new VotersAlarm(group, voters, timings, people, inReach);
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerAtFixedRate(Tick.TICK, timings.renewEvery());
            people.log().tell(new GroupLog.Subscribe(context.messageAdapter(GroupLog.Update.class, Moved::new)));
            return Behaviors.receive(Message.class)
                    .onMessageEquals(Tick.TICK, alarm::look)
                    .onMessage(Moved.class, moved -> {
                        alarm.state = moved.update().state();
                        return Behaviors.same();
                    })
                    .build();
        }));
    }

    private Behavior<Message> look() {
        List<String> silent =
                voters.stream().filter(voter -> !inReach.test(voter)).toList();
        boolean majority = 2 * silent.size() < voters.size();
        VoterReach.Look look = reach.look(
                majority, System.nanoTime() / 1_000_000, timings.leaseFor().toMillis());
        reach = look.next();
        if (look.tell()) {
            people.tell(notice(silent));
        }
        return Behaviors.same();
    }

    private Notice notice(List<String> silent) {
        return new Notice(
                group,
                epoch(),
                Severity.CRITICAL,
                "No majority of voters",
                "%s: %s does not reach %s: %s"
                        .formatted(
                                RuleId.VOTERS_LOST.label(),
                                people.node(),
                                String.join(", ", silent),
                                RuleId.VOTERS_LOST.sentence()),
                Instant.now());
    }

    private long epoch() {
        GroupState known = state;
        return known == null ? 0 : known.epoch();
    }
}
