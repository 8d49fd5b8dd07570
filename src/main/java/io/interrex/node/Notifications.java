package io.interrex.node;

import io.interrex.actors.log.GroupLog;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.port.GroupJournal.Recorded;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Notifier;
import io.interrex.cluster.port.Notifier.Notice;
import io.interrex.cluster.port.Notifier.Severity;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.view.EventWords;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** Tells people what the log says, once it says so. The node that wrote an event tells it, so that it is told once. */
final class Notifications {

    /** A notifier and the least severity that it is told. */
    record Route(Notifier notifier, Severity from) {}

    private final String node;
    private final String group;
    private final List<Route> routes;
    private final ActorRef<GroupLog.Message> log;

    private Notifications(String node, String group, List<Route> routes, ActorRef<GroupLog.Message> log) {
        this.node = node;
        this.group = group;
        this.routes = routes;
        this.log = log;
    }

    static Behavior<GroupLog.Update> create(
            String node, String group, List<Route> routes, ActorRef<GroupLog.Message> log, long startedMs) {
        return Behaviors.setup(context -> {
            var notifications = new Notifications(node, group, routes, log);
            log.tell(new GroupLog.Subscribe(context.getSelf()));
            return Behaviors.receiveMessage(update -> {
                Recorded recorded = update.recorded();
                boolean own = recorded != null
                        && recorded.envelope().node().equals(node)
                        && recorded.envelope().wallMs() >= startedMs;
                if (recorded != null && own) {
                    notice(group, recorded).ifPresent(notice -> notifications.tell(context, notice));
                }
                return Behaviors.same();
            });
        });
    }

    private void tell(ActorContext<GroupLog.Update> context, Notice notice) {
        for (Route route : routes) {
            if (notice.severity().compareTo(route.from()) >= 0) {
                route.notifier().send(notice).whenComplete((outcome, failure) -> report(route, notice, outcome));
            }
        }
    }

    private void report(Route route, Notice notice, Outcome<Nothing> outcome) {
        String words = switch (outcome) {
            case Outcome.Done<Nothing> done -> "delivered";
            case Outcome.Refused<Nothing>(var reason) -> "refused: " + reason;
            case Outcome.Unknown<Nothing>(var reason) -> "unknown: " + reason;
        };
        log.tell(new GroupLog.Submit(
                new GroupCommand.ReportNotified(
                        new GroupCommand.Stamp(node, System.currentTimeMillis()),
                        notice.epoch(),
                        route.notifier().name(),
                        notice.severity(),
                        notice.title(),
                        words),
                null));
    }

    private static Optional<Notice> notice(String group, Recorded recorded) {
        return title(recorded.event())
                .map(title -> new Notice(
                        group,
                        recorded.event().epoch(),
                        title.severity(),
                        title.text(),
                        EventWords.sentence(recorded.event()),
                        Instant.ofEpochMilli(recorded.envelope().wallMs())));
    }

    private record Title(Severity severity, String text) {}

    private static Optional<Title> title(GroupEvent event) {
        Title title = switch (event) {
            case GroupEvent.PrimaryEstablished e ->
                e.epoch() == 1
                        ? new Title(Severity.INFO, "Group created, primary " + e.member())
                        : new Title(Severity.CRITICAL, "CRITICAL: Primary Failover, now " + e.member());
            case GroupEvent.FailoverHeld e ->
                new Title(Severity.CRITICAL, "Failover held: " + e.rule().label());
            case GroupEvent.MemberStuck e -> new Title(Severity.CRITICAL, "Member stuck: " + e.member());
            case GroupEvent.VotersLost e -> new Title(Severity.CRITICAL, "No majority of voters");
            case GroupEvent.DurabilityChanged e ->
                new Title(
                        e.durability() == GroupEvent.Durability.DEGRADED ? Severity.WARNING : Severity.INFO,
                        e.durability() == GroupEvent.Durability.DEGRADED ? "primary degraded" : "primary restored");
            case GroupEvent.PrimarySuspected e -> new Title(Severity.INFO, "primary suspected: " + e.primary());
            case GroupEvent.MemberJoined e -> new Title(Severity.INFO, "member joined: " + e.member());
            case GroupEvent.GroupCreated e -> null;
            case GroupEvent.SettingsRecorded e -> null;
            case GroupEvent.SuspicionCleared e -> null;
            case GroupEvent.MemberHealthChanged e -> null;
            case GroupEvent.FailoverStarted e -> null;
            case GroupEvent.PrimaryFenced e -> null;
            case GroupEvent.PromotionAuthorized e -> null;
            case GroupEvent.RestartBarrier e -> null;
            case GroupEvent.GateMoved e -> null;
            case GroupEvent.RouteMoved e -> null;
            case GroupEvent.PeopleNotified e -> null;
            case GroupEvent.SyncSetIntended e -> null;
            case GroupEvent.SyncSetApplied e -> null;
            case GroupEvent.RebuildStarted e -> null;
            case GroupEvent.SwitchoverOrdered e -> null;
            case GroupEvent.OrderRefused e -> null;
            case GroupEvent.OperationFinished e -> null;
            case GroupEvent.ModeChanged e -> null;
        };
        return Optional.ofNullable(title);
    }
}
