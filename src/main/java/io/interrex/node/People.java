package io.interrex.node;

import io.interrex.actors.log.GroupLog;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Notifier;
import io.interrex.cluster.port.Notifier.Notice;
import io.interrex.cluster.port.Notifier.Severity;
import io.interrex.cluster.port.Outcome;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;

/** Gives a notice to every notifier that wants its severity, and records what each said of it. */
record People(String node, List<Route> routes, ActorRef<GroupLog.Message> log) {

    /** A notifier and the least severity that it is told. */
    record Route(Notifier notifier, Severity from) {}

    void tell(Notice notice) {
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
}
