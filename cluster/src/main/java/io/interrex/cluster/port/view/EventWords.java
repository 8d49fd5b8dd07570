package io.interrex.cluster.port.view;

import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.Fencing;
import io.interrex.cluster.group.FencingStep;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.MaintenanceEvent;
import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.group.MembershipEvent;
import io.interrex.cluster.group.Mode;
import io.interrex.cluster.group.Ranking;
import io.interrex.cluster.group.Reason;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.group.SlotEvent;
import io.interrex.cluster.group.StepResult;
import io.interrex.cluster.port.GroupJournal.Recorded;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Says each event in one line of plain words, with its facts. */
public final class EventWords {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);

    private EventWords() {}

    /** Time, epoch, rule and sentence: {@code 03:14:07.512  e7  R300 FAILOVER_BY_MAJORITY  …}. */
    public static String line(Recorded recorded, ZoneId zone) {
        GroupEvent event = recorded.event();
        return line(recorded.envelope().wallMs(), event.epoch(), event.rule().label(), sentence(event), zone);
    }

    /** The same line of its parts. */
    public static String line(long wallMs, long epoch, String rule, String sentence, ZoneId zone) {
        return "%s  e%d  %s  %s"
                .formatted(TIME.format(Instant.ofEpochMilli(wallMs).atZone(zone)), epoch, rule, sentence);
    }

    /** What happened, without time and rule. */
    public static String sentence(GroupEvent event) {
        return switch (event) {
            case GroupEvent.GroupCreated e -> BeginningWords.created(e);
            case GroupEvent.GroupAdopted e -> BeginningWords.adopted(e);
            case GroupEvent.SettingsRecorded e -> BeginningWords.settings(e);
            case GroupEvent.ConfigurationReloaded e -> BeginningWords.reloaded(e);
            case GroupEvent.FormatRaised e -> BeginningWords.raised(e);
            case GroupEvent.PrimarySuspected e -> SuspicionWords.suspected(e);
            case GroupEvent.SuspicionCleared e -> SuspicionWords.cleared(e);
            case GroupEvent.MemberHealthChanged e -> health(e);
            case GroupEvent.FailoverHeld e -> held(e);
            case GroupEvent.FailoverStarted e -> started(e);
            case GroupEvent.PrimaryFenced e -> fencedAs(e);
            case GroupEvent.PromotionAuthorized e -> authorized(e);
            case GroupEvent.PrimaryEstablished e ->
                "%s is primary on timeline %d; its marker at %s is on %s"
                        .formatted(e.member(), e.reign().timeline(), e.barrierLsn(), copies(e.flushedBy()));
            case GroupEvent.RestartBarrier e -> restarted(e);
            case GroupEvent.GateMoved e ->
                "the gate of %s is %s: %s".formatted(e.member(), e.open() ? "open" : "closed", e.why());
            case GroupEvent.RouteMoved e -> routed(e);
            case GroupEvent.PeopleNotified e ->
                "%s was told \"%s\" (%s): %s".formatted(e.notifier(), e.title(), word(e.severity()), e.outcome());
            case GroupEvent.SyncSetIntended e ->
                "commits are to wait for %s instead of %s: %s".formatted(words(e.to()), words(e.from()), e.why());
            case GroupEvent.SyncSetApplied e -> applied(e);
            case GroupEvent.DurabilityChanged e -> durability(e);
            case GroupEvent.RebuildStarted e -> rebuilt(e);
            case GroupEvent.CloneSourceChosen e -> copied(e);
            case GroupEvent.DivergentWalKept e -> kept(e);
            case GroupEvent.RebuildHeld e -> rebuildHeld(e);
            case GroupEvent.MemberJoined e -> "%s streams again, at %s".formatted(e.member(), e.lsn());
            case GroupEvent.MemberStuck e -> "ALARM: %s needs a person: %s".formatted(e.member(), e.why());
            case GroupEvent.SwitchoverOrdered e ->
                "%s orders a switchover from %s to %s".formatted(e.actor(), e.from(), e.target());
            case GroupEvent.SwitchoverScheduled e -> scheduled(e);
            case GroupEvent.SwitchoverScheduleHeld e -> scheduleHeld(e);
            case GroupEvent.SwitchoverScheduleEnded e -> scheduleEnded(e);
            case GroupEvent.ReinitOrdered e -> "%s orders %s to be copied anew".formatted(e.actor(), e.member());
            case GroupEvent.RestartOrdered e -> restart(e);
            case MaintenanceEvent e -> MaintenanceWords.sentence(e);
            case SlotEvent e -> SlotWords.sentence(e);
            case GroupEvent.ServerRestarted e -> "the server of %s was restarted by order".formatted(e.member());
            case GroupEvent.ForcePromotionOrdered e -> forceOrdered(e);
            case GroupEvent.PromotionForced e -> forced(e);
            case GroupEvent.OrderRefused e -> refused(e);
            case GroupEvent.OperationFinished e -> finished(e);
            case GroupEvent.ModeChanged e -> mode(e);
            case GroupEvent.DiskHeadroomChanged e -> disk(e);
            case GroupEvent.GreyFailureChanged e -> grey(e);
            case GroupEvent.HandOverDecided e -> handOver(e);
            case GroupEvent.WritesLimited e -> limited(e);
            case GroupEvent.FencingStepTaken e -> fencing(e);
            case GroupEvent.VotersRecovered e -> votersRecovered(e);
            case GroupEvent.SeatVacated e -> seatVacated(e);
            case GroupEvent.SeatTaken e -> seatTaken(e);
            case MembershipEvent e -> MembershipWords.sentence(e);
            case GroupEvent.VotersLost e -> votersLost(e);
        };
    }

    private static String refused(GroupEvent.OrderRefused e) {
        return "the order \"%s\" of %s is refused: %s".formatted(e.order(), e.actor(), e.why());
    }

    private static String finished(GroupEvent.OperationFinished e) {
        return "operation %s %s: %s".formatted(e.operation(), e.succeeded() ? "is done" : "FAILED", e.why());
    }

    private static String fencedAs(GroupEvent.PrimaryFenced e) {
        return "%s is fenced: it %s (%s)".formatted(e.member(), fenced(e.how()), e.why());
    }

    private static String limited(GroupEvent.WritesLimited e) {
        return e.limited()
                ? "ALARM: clients of %s only read: %s".formatted(e.member(), e.why())
                : "clients of %s write again: %s".formatted(e.member(), e.why());
    }

    private static String rebuilt(GroupEvent.RebuildStarted e) {
        return "%s is rebuilt by %s: %s".formatted(e.member(), word(e.method()), e.why());
    }

    private static String copied(GroupEvent.CloneSourceChosen e) {
        return "the copy for %s is read from %s: %s".formatted(e.member(), e.source(), e.why());
    }

    private static String rebuildHeld(GroupEvent.RebuildHeld e) {
        return "ALARM: the %s of %s does not go on: %s".formatted(word(e.method()), e.member(), e.why());
    }

    private static String health(GroupEvent.MemberHealthChanged e) {
        return "member %s is %s, says %s: %s"
                .formatted(e.member(), e.healthy() ? "healthy again" : "UNHEALTHY", e.by(), e.why());
    }

    private static String kept(GroupEvent.DivergentWalKept e) {
        return "before a %s of %s, %d segments of WAL that only it had are kept in %s%s%s"
                .formatted(
                        e.kept().before(),
                        e.member(),
                        e.kept().segments(),
                        e.kept().directory(),
                        e.kept().missing() == 0
                                ? ""
                                : "; for %d more there was no room"
                                        .formatted(e.kept().missing()),
                        e.kept().removed().isEmpty()
                                ? ""
                                : "; older ones had to go: "
                                        + String.join(", ", e.kept().removed()));
    }

    private static String restarted(GroupEvent.RestartBarrier e) {
        return "%s restarted; its WAL up to %s is on %s: %s"
                .formatted(e.member(), e.endLsn(), copies(e.flushedBy()), e.why());
    }

    private static String scheduled(GroupEvent.SwitchoverScheduled e) {
        return "%s schedules a switchover to %s at %s, to begin before %s"
                .formatted(
                        e.actor(),
                        e.target() == null ? "the best standby" : e.target(),
                        Instant.ofEpochMilli(e.atMs()),
                        Instant.ofEpochMilli(e.untilMs()));
    }

    private static String scheduleHeld(GroupEvent.SwitchoverScheduleHeld e) {
        return "the scheduled switchover cannot begin yet: %s (%s)".formatted(e.why(), e.by().label());
    }

    private static String scheduleEnded(GroupEvent.SwitchoverScheduleEnded e) {
        return "%sthe scheduled switchover does not take place: %s"
                .formatted(e.rule() == RuleId.SCHEDULE_EXPIRED ? "ALARM: " : "", e.why());
    }

    private static String applied(GroupEvent.SyncSetApplied e) {
        return "commits wait for %s; proven at %s on %s"
                .formatted(words(e.now()), e.markerLsn(), copies(e.flushedBy()));
    }

    private static String held(GroupEvent.FailoverHeld e) {
        return e.rule() == RuleId.FIRST_MEMBER_LOST
                ? "ALARM: the group cannot begin: " + e.why()
                : "the failover is held: %s%s"
                        .formatted(e.why(), e.missing().isEmpty() ? "" : "; missing: " + and(e.missing()));
    }

    private static String fencing(GroupEvent.FencingStepTaken e) {
        String alarm =
                e.step() == FencingStep.POWER && (e.result() == StepResult.REFUSED || e.result() == StepResult.UNKNOWN)
                        ? "ALARM: "
                        : "";
        return "%sfencing %s, step %s (attempt %d, by %s): %s; %s"
                .formatted(alarm, e.member(), word(e.step()), e.attempt(), e.by(), word(e.result()), e.why());
    }

    private static String votersRecovered(GroupEvent.VotersRecovered e) {
        return "%s gives up the generation of voters before, and what %s alone knew, because %s: %s %s from now on (generation %d); %s"
                .formatted(
                        e.actor(),
                        and(e.lost()),
                        e.reason(),
                        and(e.voters()),
                        e.voters().size() == 1 ? "votes" : "vote",
                        e.voterConfig(),
                        e.known());
    }

    private static String seatVacated(GroupEvent.SeatVacated e) {
        return "%s has the seat of voter %s vacated, because %s: what its old disk granted counts no more (change %d of the voters); %s answer"
                .formatted(e.actor(), e.voter(), e.reason(), e.change(), and(e.granting()));
    }

    private static String seatTaken(GroupEvent.SeatTaken e) {
        return "%s votes again with an empty disk that knows all epochs (change %d of the voters); %s had said that they grant without the old one"
                .formatted(e.voter(), e.change(), and(e.granting()));
    }

    private static String votersLost(GroupEvent.VotersLost e) {
        return "ALARM: %s had no majority of voters for %s; its gate was closed meanwhile"
                .formatted(e.node(), seconds(e.forMs()));
    }

    private static String forceOrdered(GroupEvent.ForcePromotionOrdered e) {
        return "%s overrides %s: %s shall be promoted whatever is lost, because %s; %s"
                .formatted(
                        e.actor(),
                        e.held().label(),
                        e.target(),
                        e.reason(),
                        e.loss().words());
    }

    private static String restart(GroupEvent.RestartOrdered e) {
        return "%s orders the servers of %s to be restarted, one after the other%s"
                .formatted(
                        e.actor(),
                        and(e.runs().stream().map(GroupCommand.Run::member).toList()),
                        e.switchover()
                                ? "; another member takes over before the primary's"
                                : e.primaryFirst() ? ", the primary's first" : "");
    }

    private static String mode(GroupEvent.ModeChanged e) {
        return "%s %s%s: %s"
                .formatted(
                        e.actor(),
                        e.mode() == Mode.PAUSED ? "pauses Interrex" : "resumes",
                        e.untilMs() == 0 ? "" : " until " + Instant.ofEpochMilli(e.untilMs()),
                        e.reason());
    }

    private static String started(GroupEvent.FailoverStarted e) {
        String from = e.previous() == null ? "nobody" : e.previous();
        String target = e.target() == null ? "" : " to " + e.target();
        String voters = voters(e.evidence());
        return "%s starts to replace %s%s, because %s%s"
                .formatted(e.owner(), from, target, because(e.reason()), voters.isEmpty() ? "" : " (" + voters + ")");
    }

    private static String disk(GroupEvent.DiskHeadroomChanged e) {
        return switch (e.level()) {
            case OK -> "the disks of %s have room again: %s".formatted(e.member(), e.why());
            case LOW -> "ALARM: the disks of %s are low: %s".formatted(e.member(), e.why());
            case EXHAUSTED -> "ALARM: a disk of %s is all but full: %s".formatted(e.member(), e.why());
            case CRITICAL -> "ALARM: a disk of %s is nearly full: %s".formatted(e.member(), e.why());
        };
    }

    private static String grey(GroupEvent.GreyFailureChanged e) {
        String what = switch (e.failure()) {
            case REPLAY_STALLED -> e.present() ? "receives WAL and applies none" : "applies WAL again";
            case CONNECTIONS_SHORT -> e.present() ? "is short of connections" : "has connections again";
            case UNKILLABLE ->
                e.present() ? "has processes that cannot be killed" : "has no process that cannot be killed any more";
            case RESTARTS_SPENT ->
                e.present() ? "has no restarts left" : "has run well for long enough to be restarted again";
            case FLUSH_STALLED -> e.present() ? "takes WAL and flushes none" : "flushes WAL again";
            case SLOT_LOST, SLOT_BEHIND -> SlotWords.grey(e);
        };
        return "%s%s %s: %s".formatted(e.present() ? "ALARM: " : "", e.member(), what, e.why());
    }

    private static String handOver(GroupEvent.HandOverDecided e) {
        return e.target() == null
                ? "ALARM: %s does not hand over: %s".formatted(e.from(), e.why())
                : "%s is to hand over to %s: %s".formatted(e.from(), e.target(), e.why());
    }

    private static String voters(List<Evidence> evidence) {
        return evidence.stream()
                .filter(Evidence.VoterView.class::isInstance)
                .map(Evidence.VoterView.class::cast)
                .map(voter -> voter.voter() + ": "
                        + (voter.released()
                                ? "released"
                                : voter.silentMs() < 0
                                        ? "no renewal since its start"
                                        : "no renewal for " + seconds(voter.silentMs())))
                .collect(Collectors.joining(", "));
    }

    private static String because(Reason reason) {
        return switch (reason) {
            case LEASE_SILENT -> "a majority of voters had no renewal";
            case RELEASED -> "it gave its lease back";
            case PRIMARY_DEAD -> "its processes are dead";
            case SWITCHOVER -> "another primary was ordered";
            case ORDERED -> "a person ordered a failover";
            case EXPIRED -> "the attempt before did not finish in time";
        };
    }

    private static String fenced(Fencing how) {
        return switch (how) {
            case VERIFIED_DEAD -> "is verified dead";
            case POWERED_OFF -> "is powered off";
            case RELEASED -> "gave its lease back";
            case LEASE_EXPIRED -> "has lost its lease on a majority of voters";
        };
    }

    private static String authorized(GroupEvent.PromotionAuthorized e) {
        String excluded = e.ranking().entries().stream()
                .filter(entry -> entry.excludedBy() != null)
                .map(EventWords::excluded)
                .collect(Collectors.joining("; "));
        return "%s may be promoted from %s on, then commits wait for %s%s"
                .formatted(
                        e.candidate(),
                        e.floorLsn(),
                        words(e.syncSet()),
                        excluded.isEmpty() ? "" : "; not: " + excluded);
    }

    private static String forced(GroupEvent.PromotionForced e) {
        return "FORCED by %s: %s is promoted although %s; kept is what was committed up to %s of epoch %d; %s; not reached, to be cloned: %s (%s)"
                .formatted(
                        e.actor(),
                        e.candidate(),
                        e.skipped(),
                        e.keptLsn(),
                        e.keptEpoch(),
                        e.loss().words(),
                        and(e.notReached()),
                        e.reason());
    }

    private static String excluded(Ranking.Entry entry) {
        var rule = entry.excludedBy();
        return "%s (%s%s)".formatted(entry.member(), rule == null ? "" : "R" + rule.code() + ": ", entry.why());
    }

    private static String routed(GroupEvent.RouteMoved e) {
        return "router %s sends writes to %s and reads to %s, after %d ms"
                .formatted(e.router(), e.writer() == null ? "nobody" : e.writer(), and(e.readers()), e.tookMs());
    }

    private static String durability(GroupEvent.DurabilityChanged e) {
        return switch (e.durability()) {
            case SYNC -> "commits wait for standbys again: " + e.why();
            case DEGRADED -> "ALARM: writes go on without a copy on a standby: " + e.why();
            case ASYNC -> "commits do not wait for standbys: " + e.why();
        };
    }

    private static String words(SyncSet set) {
        return set.k() == 0
                ? "nobody"
                : set.k() == set.size() ? and(set.standbys()) : set.k() + " of " + and(set.standbys());
    }

    private static String copies(Collection<String> members) {
        return members.isEmpty() ? "no standby" : and(members);
    }

    static String names(List<MemberInfo> members) {
        return and(members.stream().map(MemberInfo::name).toList());
    }

    static String and(Collection<String> names) {
        return names.isEmpty() ? "nobody" : String.join(", ", names);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String seconds(long ms) {
        return ms < 1000 ? ms + " ms" : "%.1f s".formatted(ms / 1000.0);
    }
}
