package io.interrex.cluster.port.view;

import io.interrex.cluster.group.FencingStep;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.MaintenanceEvent;
import io.interrex.cluster.group.MembershipEvent;
import io.interrex.cluster.group.Mode;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.group.SlotEvent;
import io.interrex.cluster.port.Notifier.Severity;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides which events people are told, and how loudly: CRITICAL is what somebody gets up for at night, WARNING what has to
 * be looked at in the morning, INFO what was ordered or has ended. Whatever a person ordered is never an alarm by itself.
 */
public final class Headlines {

    private Headlines() {}

    /** @param text one line */
    public record Headline(Severity severity, String text) {}

    /** @param before the group without this event, null where it did not exist */
    public static Optional<Headline> of(@Nullable GroupState before, GroupEvent event) {
        Headline headline = switch (event) {
            case GroupEvent.PrimaryEstablished e -> established(before, e);
            case GroupEvent.RestartBarrier e -> warning("Primary restarted in place: " + e.member());
            case GroupEvent.FailoverHeld e -> critical(held(e));
            case GroupEvent.MemberStuck e -> critical("Member stuck: " + e.member());
            case GroupEvent.VotersRecovered e ->
                critical("Voters given up by %s: %s".formatted(e.actor(), String.join(", ", e.lost())));
            case GroupEvent.SeatVacated e -> warning("Seat of voter %s vacated by %s".formatted(e.voter(), e.actor()));
            case GroupEvent.SeatTaken e -> warning("Voter is back: " + e.voter());
            case MembershipEvent.SeatMoved e -> info("Seat of voter %s goes to node %s".formatted(e.seat(), e.to()));
            case MembershipEvent.MembersChanged e -> members(e);
            case GroupEvent.VotersLost e -> warning("Majority of voters is back in reach of " + e.node());
            case GroupEvent.DurabilityChanged e -> durability(e);
            case GroupEvent.SyncSetIntended e -> intended(before, e);
            case GroupEvent.PrimarySuspected e -> info("Primary suspected: " + e.primary());
            case GroupEvent.SuspicionCleared e -> info("Suspicion cleared: " + e.primary());
            case GroupEvent.MemberJoined e -> info("Member joined: " + e.member());
            case GroupEvent.SwitchoverOrdered e ->
                e.rule() == RuleId.HAND_OVER
                        ? null
                        : info("Switchover ordered by %s: %s to %s".formatted(e.actor(), e.from(), e.target()));
            case GroupEvent.SwitchoverScheduled e ->
                info("Switchover scheduled by %s for %s".formatted(e.actor(), Instant.ofEpochMilli(e.atMs())));
            case GroupEvent.SwitchoverScheduleHeld e -> info("Scheduled switchover held: " + e.by().label());
            case GroupEvent.SwitchoverScheduleEnded e -> scheduleEnded(e);
            case GroupEvent.ReinitOrdered e -> reinit(e);
            case GroupEvent.RestartOrdered e -> info("Servers are restarted, ordered by " + e.actor());
            case MaintenanceEvent e -> info(MaintenanceWords.headline(e));
            case SlotEvent e -> slot(e);
            case GroupEvent.ServerRestarted e -> null;
            case GroupEvent.ForcePromotionOrdered e ->
                warning("Override by %s: %s shall be promoted whatever is lost".formatted(e.actor(), e.target()));
            case GroupEvent.PromotionForced e ->
                critical("Commits may be lost: promotion of %s forced by %s".formatted(e.candidate(), e.actor()));
            case GroupEvent.OperationFinished e -> e.succeeded() ? null : warning("Ordered operation failed");
            case GroupEvent.DivergentWalKept e -> kept(e);
            case GroupEvent.RebuildHeld e -> warning("Member %s is not made whole: %s".formatted(e.member(), e.why()));
            case GroupEvent.ModeChanged e -> mode(e);
            case GroupEvent.DiskHeadroomChanged e -> disk(e);
            case GroupEvent.GreyFailureChanged e -> grey(e);
            case GroupEvent.HandOverDecided e -> handOver(e);
            case GroupEvent.WritesLimited e -> limited(e);
            case GroupEvent.FencingStepTaken e -> powered(e);
            case GroupEvent.GroupAdopted e -> info("%s adopted, ordered by %s".formatted(e.group(), e.actor()));
            case GroupEvent.GroupCreated _, GroupEvent.SettingsRecorded _ -> null;
            case GroupEvent.ConfigurationReloaded e -> null;
            case GroupEvent.FormatRaised e -> null;
            case GroupEvent.MemberHealthChanged e -> null;
            case GroupEvent.FailoverStarted e -> null;
            case GroupEvent.PrimaryFenced e -> null;
            case GroupEvent.PromotionAuthorized e -> null;
            case GroupEvent.GateMoved _, GroupEvent.RouteMoved _, GroupEvent.PeopleNotified _ -> null;
            case GroupEvent.SyncSetApplied e -> null;
            case GroupEvent.RebuildStarted e -> null;
            case GroupEvent.CloneSourceChosen e -> null;
            case GroupEvent.OrderRefused e -> null;
        };
        return Optional.ofNullable(headline);
    }

    private static @Nullable Headline slot(SlotEvent event) {
        return switch (event) {
            case SlotEvent.LogicalSlotMade e -> null;
            case SlotEvent.SlotPositionLost e -> critical(SlotWords.gap(e));
        };
    }

    private static Headline members(MembershipEvent.MembersChanged e) {
        return info("Members changed by %s: %s".formatted(e.actor(), MembershipWords.change(e)));
    }

    private static Headline reinit(GroupEvent.ReinitOrdered e) {
        return info("%s is to be copied anew, ordered by %s".formatted(e.member(), e.actor()));
    }

    private static @Nullable Headline intended(@Nullable GroupState before, GroupEvent.SyncSetIntended e) {
        return e.rule() == RuleId.SYNC_SET_SHRUNK && !MaintenanceWords.isOrdered(before, e.from(), e.to())
                ? warning("Synchronous set shrinks: " + e.why())
                : null;
    }

    private static String held(GroupEvent.FailoverHeld e) {
        return e.rule() == RuleId.FIRST_MEMBER_LOST
                ? "First member lost, the group cannot begin: " + String.join(", ", e.missing())
                : "Failover held: " + e.rule().label();
    }

    private static Headline kept(GroupEvent.DivergentWalKept e) {
        return warning("Commits that only %s had are kept in %s"
                .formatted(e.member(), e.kept().directory()));
    }

    private static Headline handOver(GroupEvent.HandOverDecided e) {
        return e.target() == null
                ? critical("Disk nearly full, nothing handed over: " + e.rule().label())
                : warning("Disk nearly full: handing over from %s to %s".formatted(e.from(), e.target()));
    }

    private static Headline limited(GroupEvent.WritesLimited e) {
        return e.limited()
                ? critical("Disk all but full: clients of %s only read (%s)".formatted(e.member(), e.why()))
                : info("Clients of %s write again".formatted(e.member()));
    }

    private static Headline scheduleEnded(GroupEvent.SwitchoverScheduleEnded e) {
        return e.rule() == RuleId.SCHEDULE_EXPIRED
                ? warning("Scheduled switchover did not take place: " + e.why())
                : info("Scheduled switchover does not take place: " + e.why());
    }

    /** An unkillable process ends with its host's power, or by a person. */
    private static Headline grey(GroupEvent.GreyFailureChanged e) {
        String rule = e.rule().label();
        String words = "Member %s: %s".formatted(e.member(), rule);
        return !e.present()
                ? info("Member %s, no more: %s".formatted(e.member(), rule))
                : e.rule() == RuleId.UNKILLABLE ? critical(words) : warning(words);
    }

    private static @Nullable Headline powered(GroupEvent.FencingStepTaken e) {
        if (e.step() != FencingStep.POWER) {
            return null;
        }
        return switch (e.result()) {
            case STARTED -> warning("Powering off the host of %s".formatted(e.member()));
            case DONE -> warning("The host of %s is powered off".formatted(e.member()));
            case REFUSED, UNKNOWN ->
                critical("The host of %s is not known to be off: nobody is promoted".formatted(e.member()));
        };
    }

    private static Headline established(@Nullable GroupState before, GroupEvent.PrimaryEstablished e) {
        GroupState.Failover failover = before == null ? null : before.failover();
        if (failover == null) {
            return info("Group created, primary " + e.member());
        }
        boolean itself = e.member().equals(failover.previous());
        return switch (failover.reason()) {
            case SWITCHOVER -> info("Planned switchover done, now " + e.member());
            case ORDERED -> info("Ordered failover done, now " + e.member());
            case LEASE_SILENT, RELEASED, PRIMARY_DEAD, EXPIRED ->
                itself
                        ? warning("Primary came back as itself: " + e.member())
                        : critical("CRITICAL: Primary Failover, now " + e.member());
        };
    }

    private static Headline disk(GroupEvent.DiskHeadroomChanged e) {
        return switch (e.level()) {
            case OK -> info("Disks have room again: " + e.member());
            case LOW -> warning("Disk low: %s (%s)".formatted(e.member(), e.why()));
            case EXHAUSTED -> critical("Disk all but full: %s (%s)".formatted(e.member(), e.why()));
            case CRITICAL -> critical("Disk nearly full: %s (%s)".formatted(e.member(), e.why()));
        };
    }

    private static Headline durability(GroupEvent.DurabilityChanged e) {
        return switch (e.durability()) {
            case DEGRADED -> critical("Durability degraded: writes go on without a copy");
            case SYNC -> info("Commits wait for a copy on a standby");
            case ASYNC -> info("Commits do not wait for standbys");
        };
    }

    private static Headline mode(GroupEvent.ModeChanged e) {
        return e.mode() == Mode.PAUSED
                ? warning("Interrex paused by " + e.actor() + ": only a person starts a failover")
                : info("Interrex resumed by " + e.actor());
    }

    private static Headline info(String text) {
        return new Headline(Severity.INFO, text);
    }

    private static Headline warning(String text) {
        return new Headline(Severity.WARNING, text);
    }

    private static Headline critical(String text) {
        return new Headline(Severity.CRITICAL, text);
    }
}
