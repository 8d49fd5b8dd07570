package io.interrex.cluster.group;

import io.interrex.cluster.detection.Headroom;
import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.format.Since;
import io.interrex.cluster.port.Database;
import io.interrex.cluster.port.Notifier;
import io.interrex.cluster.port.Space;
import io.interrex.cluster.settings.GroupSettings;
import java.util.List;
import java.util.SortedSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What was decided or happened in a group. Every event names its rule; {@code epoch} is the reign that it belongs to. */
public sealed interface GroupEvent {

    long epoch();

    RuleId rule();

    /** What has a file of its own. */
    sealed interface OfOneMember extends GroupEvent permits MaintenanceEvent, MembershipEvent, SlotEvent {}

    /** Epoch 1 belongs to {@code first}. {@code voters} is the configuration with number {@code voterConfig}. */
    record GroupCreated(
            long epoch,
            RuleId rule,
            String group,
            String first,
            UUID uuid,
            List<MemberInfo> members,
            int voterConfig,
            List<String> voters,
            GroupSettings settings)
            implements GroupEvent {}

    /** As {@link GroupCreated}, with the database that {@code first} has: {@code uuid} is in its marker already. */
    record GroupAdopted(
            long epoch,
            RuleId rule,
            String group,
            String first,
            UUID uuid,
            List<MemberInfo> members,
            int voterConfig,
            List<String> voters,
            GroupSettings settings,
            String systemId,
            int timeline,
            String actor)
            implements GroupEvent {}

    /** What holds from here on, as all nodes' configuration says it; decisions after it cite {@code settings.id()}. */
    record SettingsRecorded(long epoch, RuleId rule, GroupSettings settings, List<MemberInfo> members)
            implements GroupEvent {}

    /** Every node knows {@code format}: from here on the log may hold what only it can say ({@link io.interrex.cluster.format.Format}). */
    record FormatRaised(long epoch, RuleId rule, int format, int from) implements GroupEvent {}
    /** A person had {@code node} read its configuration file again; {@code changed} are the keys that take effect with it. */
    record ConfigurationReloaded(long epoch, RuleId rule, String node, String actor, List<String> changed)
            implements GroupEvent {}

    /** A question to the peers, and no decision: node {@code by} has a reason to doubt the primary. */
    record PrimarySuspected(long epoch, RuleId rule, String primary, String by, String why, List<Evidence> evidence)
            implements GroupEvent {}

    /** Node {@code by} heard of the primary again. */
    record SuspicionCleared(long epoch, RuleId rule, String primary, String by, String why) implements GroupEvent {}

    /** The edge only: probes of node {@code by} began to fail three times in a row, or one was good again. */
    record MemberHealthChanged(long epoch, RuleId rule, String member, boolean healthy, String by, String why)
            implements GroupEvent {}

    /** A failover that was not begun, or does not go on; recorded once per reason. */
    record FailoverHeld(long epoch, RuleId rule, String why, List<String> missing, List<Evidence> evidence)
            implements GroupEvent {}

    /**
     * @param previous the primary of the epoch before
     * @param target the member that a person asked for
     * @param expiresAtMs for people, by the owner's wall clock; every node counts the time itself, from when it saw this
     */
    record FailoverStarted(
            long epoch,
            RuleId rule,
            @Nullable String previous,
            Reason reason,
            List<Evidence> evidence,
            String owner,
            long expiresAtMs,
            @Nullable String target,
            @Nullable UUID operation)
            implements GroupEvent {}

    /** @param how in which of the three ways the member can no longer serve */
    record PrimaryFenced(long epoch, RuleId rule, String member, Fencing how, String why) implements GroupEvent {}

    /**
     * @param candidate is to become the primary of {@code epoch}
     * @param floorLsn it must hold at least this much WAL
     * @param syncSet its commit rule from its first transaction
     * @param baseEpoch the reign that its data belongs to until then, with {@code baseUuid}
     */
    record PromotionAuthorized(
            long epoch,
            RuleId rule,
            String candidate,
            Lsn floorLsn,
            SyncSet syncSet,
            UUID uuid,
            long baseEpoch,
            @Nullable UUID baseUuid,
            Ranking ranking,
            List<Evidence> evidence)
            implements GroupEvent {}

    /** The reign holds: its marker at {@code barrierLsn} is flushed on {@code flushedBy}, k of its standbys. Only now may the gate open. */
    record PrimaryEstablished(
            long epoch,
            RuleId rule,
            String member,
            Reign reign,
            Lsn barrierLsn,
            SortedSet<String> flushedBy,
            String systemId)
            implements GroupEvent {}

    /** A primary that was started again may open: its end of recovery is flushed on k standbys of every live configuration. */
    record RestartBarrier(long epoch, RuleId rule, String member, Lsn endLsn, SortedSet<String> flushedBy, String why)
            implements GroupEvent {}

    /** The gate of a member was opened to clients, or closed, as its agent tells. */
    record GateMoved(long epoch, RuleId rule, String member, boolean open, String why) implements GroupEvent {}

    /** A router sends clients to {@code writer} (null: to nobody) and {@code readers} since {@code tookMs} ms after it began to. */
    record RouteMoved(
            long epoch,
            RuleId rule,
            String router,
            @Nullable String writer,
            SortedSet<String> readers,
            long tookMs) implements GroupEvent {}

    /** A notifier was run; {@code outcome} is what came of it, in words. */
    record PeopleNotified(
            long epoch, RuleId rule, String notifier, Notifier.Severity severity, String title, String outcome)
            implements GroupEvent {}

    /** The intent: from now on both configurations bind. */
    record SyncSetIntended(long epoch, RuleId rule, SyncSet from, SyncSet to, String why) implements GroupEvent {}

    /** The proof: {@code now} binds alone from here on, its marker is flushed on {@code flushedBy}. */
    record SyncSetApplied(long epoch, RuleId rule, SyncSet now, Lsn markerLsn, SortedSet<String> flushedBy)
            implements GroupEvent {}

    /** What a commit is worth from here on. */
    record DurabilityChanged(long epoch, RuleId rule, Durability durability, String why) implements GroupEvent {}

    /** The member may be rebuilt by this method; one clone at a time. */
    record RebuildStarted(long epoch, RuleId rule, String member, RebuildMethod method, String why)
            implements GroupEvent {}

    /** The copy for the member is read from {@code source}: a standby, or the primary. */
    record CloneSourceChosen(long epoch, RuleId rule, String member, String source, String why) implements GroupEvent {}

    /** The rewind or the copy of the member does not go on: once for each reason. */
    record RebuildHeld(long epoch, RuleId rule, String member, RebuildMethod method, String why)
            implements GroupEvent {}

    /** WAL that only the member had is kept on its host, before it is overwritten (decision 14). */
    record DivergentWalKept(long epoch, RuleId rule, String member, Database.Kept kept) implements GroupEvent {}

    /** The member streams from the current primary, and is at {@code lsn}. */
    record MemberJoined(long epoch, RuleId rule, String member, Lsn lsn) implements GroupEvent {}

    /** The named alarm: this member needs a person. */
    record MemberStuck(long epoch, RuleId rule, String member, String why) implements GroupEvent {}

    /** A person's order, or {@link HandOverDecided}, recorded before the primary begins to stop. */
    record SwitchoverOrdered(long epoch, RuleId rule, UUID operation, String actor, String from, String target)
            implements GroupEvent {}

    /** A person's order: the member leaves the synchronous set, and is copied anew as soon as nothing depends on its data. */
    record ReinitOrdered(long epoch, RuleId rule, UUID operation, String actor, String member) implements GroupEvent {}

    /**
     * A person accepts what is lost where a failover is held, for the next epoch and no other.
     *
     * @param group as the person typed it, with {@code typedEpoch}
     * @param loss what is known of it when it is ordered
     */
    record ForcePromotionOrdered(
            long epoch,
            RuleId rule,
            UUID operation,
            String actor,
            String reason,
            String group,
            long typedEpoch,
            String target,
            RuleId held,
            KnownLoss loss)
            implements GroupEvent {}

    /**
     * The promotion that is authorized with this event is forced. What was acknowledged in reigns after {@code keptEpoch}, or in
     * that one beyond {@code keptLsn}, may be lost.
     *
     * @param skipped what would have held it, in words
     * @param notReached members that gave no answer, and are cloned anew
     */
    record PromotionForced(
            long epoch,
            RuleId rule,
            UUID operation,
            String candidate,
            String actor,
            String reason,
            String skipped,
            long keptEpoch,
            Lsn keptLsn,
            KnownLoss loss,
            SortedSet<String> notReached)
            implements GroupEvent {}

    /**
     * A person's order: these runs of servers are to end, one after the other, and each server is started again.
     *
     * @param counted those of them that commits wait for, or can once they have handed over
     * @param atMs by the wall clock of the node that took it
     */
    record RestartOrdered(
            long epoch,
            RuleId rule,
            UUID operation,
            String actor,
            List<GroupCommand.Run> runs,
            SortedSet<String> counted,
            boolean primaryFirst,
            boolean switchover,
            long atMs)
            implements GroupEvent {}

    /** A member of a restart by order streams, or serves, again. */
    record ServerRestarted(long epoch, RuleId rule, UUID operation, String member, long startedAtMs, long atMs)
            implements GroupEvent {}

    /** A person's order for later: in ms since 1970, by wall clocks. @param target null: the standby that is best then */
    record SwitchoverScheduled(
            long epoch,
            RuleId rule,
            UUID operation,
            String actor,
            @Nullable String target,
            long atMs,
            long untilMs,
            @Since(7) boolean loseSlots)
            implements GroupEvent {}

    /** The first time only that rule {@code by} keeps the scheduled switchover from beginning. */
    record SwitchoverScheduleHeld(long epoch, RuleId rule, UUID operation, RuleId by, String why)
            implements GroupEvent {}

    /** The scheduled switchover does not begin any more. @param cancel the order that cancelled it; null: nobody did */
    record SwitchoverScheduleEnded(
            long epoch,
            RuleId rule,
            UUID operation,
            @Nullable UUID cancel,
            String why) implements GroupEvent {}

    /** A person's order that was not carried out, with the rule against it. */
    record OrderRefused(long epoch, RuleId rule, String order, String actor, String why) implements GroupEvent {}

    /** The end of an order. */
    record OperationFinished(long epoch, RuleId rule, UUID operation, boolean succeeded, String why)
            implements GroupEvent {}

    /**
     * Who starts failovers from here on; {@code actor} and {@code reason} are as the person gave them.
     *
     * @param operation the order that caused it; null: recorded before version 2 of this event, which named none, or nobody's
     * @param untilMs when a pause ends by itself, in ms since 1970; 0: when a person ends it
     */
    record ModeChanged(
            long epoch, RuleId rule, @Nullable UUID operation, Mode mode, String actor, String reason, long untilMs)
            implements GroupEvent {
        public ModeChanged(long epoch, RuleId rule, @Nullable UUID operation, Mode mode, String actor, String reason) {
            this(epoch, rule, operation, mode, actor, reason, 0);
        }
    }

    /** The edge only: how much room the member's disks have, by what {@code spaces} says. */
    record DiskHeadroomChanged(
            long epoch, RuleId rule, String member, Headroom.Level level, List<Space> spaces, String by, String why)
            implements GroupEvent {}

    /** The edge only: something is wrong with a member that answers, or is not any more. */
    record GreyFailureChanged(
            long epoch,
            RuleId rule,
            String member,
            Troubles.GreyFailure failure,
            boolean present,
            String by,
            String why)
            implements GroupEvent {}

    /**
     * The primary's disk is nearly full: {@code target} takes over by the switchover ordered with it; null: nobody, by the rule.
     *
     * @param atMs by the wall clock of the node that proposed it
     */
    record HandOverDecided(
            long epoch, RuleId rule, String from, @Nullable String target, long atMs, String why)
            implements GroupEvent {}

    /**
     * One step of fencing {@code member}, the primary before {@code epoch}, in the order network, process, power.
     *
     * @param attempt to power its host off, from 1
     * @param by the node that looked, or whose hook it is
     * @param atMs by that node's wall clock
     */
    record FencingStepTaken(
            long epoch,
            RuleId rule,
            String member,
            FencingStep step,
            StepResult result,
            int attempt,
            String by,
            long atMs,
            String why)
            implements GroupEvent {}

    /** From now on clients of this reign only read; else they write again. @param spaces what its primary's disks have */
    @Since(7)
    record WritesLimited(long epoch, RuleId rule, String member, boolean limited, List<Space> spaces, String why)
            implements GroupEvent {}

    /**
     * The voters before are given up, as a majority of them is lost for good: {@code voters}, of generation {@code voterConfig}, are
     * all there are, and nothing of an older generation counts any more. Begins its epoch, unless the group was still waiting for
     * its first database.
     *
     * @param lost the other voters of the generation before: what they alone knew is given up
     * @param known what was known of the log when it was ordered, in words
     * @param expiresAtMs of the failover that it begins, as in {@link FailoverStarted}
     */
    record VotersRecovered(
            long epoch,
            RuleId rule,
            int voterConfig,
            List<String> voters,
            List<String> lost,
            @Nullable String previous,
            String actor,
            String reason,
            String known,
            String owner,
            long expiresAtMs)
            implements GroupEvent {}

    /** What that voter's disk promised counts no more; its seat waits for an empty one; {@code granting} are the others, who answered. */
    record SeatVacated(
            long epoch,
            RuleId rule,
            int change,
            String voter,
            UUID operation,
            String actor,
            String reason,
            List<String> granting)
            implements GroupEvent {}

    /** That disk is the voter's from now on. @param granting who had said, durably, that they grant without the old one */
    record SeatTaken(long epoch, RuleId rule, int change, String voter, UUID disk, List<String> granting)
            implements GroupEvent {}

    /** Told afterwards by the node that could not reach a majority. */
    record VotersLost(long epoch, RuleId rule, String node, long forMs) implements GroupEvent {}

    /** What an acknowledged commit is worth: k copies (promise A), none while degraded by policy, or what has been sent by then (promise C). */
    enum Durability {
        SYNC,
        DEGRADED,
        ASYNC
    }

    /** How a member gets to follow the primary again, the cheapest that its markers allow. */
    enum RebuildMethod {
        STREAM,
        REWIND,
        CLONE
    }
}
