package io.interrex.node;

import io.interrex.actors.log.GroupLog;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Notifier;
import io.interrex.cluster.port.Notifier.Notice;
import io.interrex.cluster.port.Notifier.Severity;
import io.interrex.cluster.port.Outcome;
import io.interrex.config.ClusterConfig.NotifyCommand;
import io.interrex.notify.CommandNotifier;
import io.interrex.notify.LogNotifier;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives a notice to every notifier that wants its severity, and records what each said of it. */
record People(String node, List<Route> routes, ActorRef<GroupLog.Message> log) {

    private static final Logger LOG = LoggerFactory.getLogger(People.class);

    /**
     * A notifier and the least severity that it is told.
     *
     * @param within it has told people by then, or has failed
     */
    record Route(Notifier notifier, Severity from, Duration within) {

        boolean wants(Notice notice) {
            return notice.severity().compareTo(from) >= 0;
        }
    }

    /** The node's own log, for what is critical, and the programs of the configuration. */
    static List<Route> routes(List<NotifyCommand> commands) {
        return Stream.concat(
                        Stream.of(new Route(new LogNotifier(), Severity.CRITICAL, Duration.ZERO)),
                        commands.stream()
                                .map(n -> new Route(new CommandNotifier(n.run(), n.timeout()), n.from(), n.timeout())))
                .toList();
    }

    void tell(Notice notice) {
        routes.stream().filter(route -> route.wants(notice)).forEach(route -> tell(route, notice));
    }

    void tell(Route route, Notice notice) {
        send(route, notice)
                .whenComplete((outcome, failure) ->
                        report(route, notice, outcome != null ? outcome : Outcome.unknown(String.valueOf(failure))));
    }

    private static CompletionStage<Outcome<Nothing>> send(Route route, Notice notice) {
        try {
            return route.notifier().send(notice);
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private void report(Route route, Notice notice, Outcome<Nothing> outcome) {
        String words = switch (outcome) {
            case Outcome.Done<Nothing> done -> "delivered";
            case Outcome.Refused<Nothing>(var reason) -> "refused: " + reason;
            case Outcome.Unknown<Nothing>(var reason) -> "unknown: " + reason;
        };
        if (!(outcome instanceof Outcome.Done)) {
            LOG.error(
                    "\"{}\" did not reach people by {}: {}",
                    notice.title(),
                    route.notifier().name(),
                    words);
        }
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
}
