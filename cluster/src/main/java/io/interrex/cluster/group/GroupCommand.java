package io.interrex.cluster.group;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.format.Since;
import io.interrex.cluster.group.GroupEvent.RebuildMethod;
import io.interrex.cluster.port.Database;
import io.interrex.cluster.port.Notifier;
import io.interrex.cluster.port.Space;
import io.interrex.cluster.settings.GroupSettings;
import java.util.List;
import java.util.SortedSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of, or reported to, a group. A command carries everything that its decision needs: time, ids and what was
 * observed, so that it can be decided again.
 */
public sealed interface GroupCommand {

    Stamp stamp();

    /** What has a file of its own. */
    sealed interface OfOneSlot extends GroupCommand permits ReportLogicalSlot {}

    /**
     * What is asked, without who asks and when: the same again is answered the same as long as the group stays as it is,
     * wherever the decision does not depend on the time.
     */
    default String matter() {
        return toString().replace(stamp().toString(), "");
    }

    /**
     * @param node who sends it
     * @param wallMs its wall clock, in ms since 1970; used for windows and for people only
     * @param epochForMs how long it has known the current epoch, by its monotonic clock, which no step of a wall clock moves;
     *     0 where nothing depends on it
     */
    record Stamp(String node, long wallMs, long epochForMs) {
        public Stamp(String node, long wallMs) {
            this(node, wallMs, 0);
        }
    }

    /** An empty log gets its group; refused where there is one. */
    record CreateGroup(
            Stamp stamp,
            String group,
            String first,
            UUID uuid,
            List<MemberInfo> members,
            List<String> voters,
            GroupSettings settings)
            implements GroupCommand {}

    /** As {@link CreateGroup}, with the database of {@code first}, which {@code actor} handed over. */
    record AdoptGroup(
            Stamp stamp,
            String group,
            String first,
            UUID uuid,
            List<MemberInfo> members,
            List<String> voters,
            GroupSettings settings,
            String systemId,
            int timeline,
            String actor)
            implements GroupCommand {}

    /** Every node that the configuration of the sender names is connected to it, and knows {@code format}. */
    record RaiseFormat(Stamp stamp, int format) implements GroupCommand {}

    /**
     * The configuration file of this node says otherwise than the log, or a person had it read again.
     *
     * @param actor who had it read; null: nobody, the node was started with it
     * @param base the mark ({@link FileSettings#mark}) of what was recorded when this file last said the same; null: whatever is
     *     recorded is overwritten
     * @param changed keys that take effect with it
     */
    record RecordSettings(
            Stamp stamp,
            @Nullable String actor,
            @Nullable String base,
            GroupSettings settings,
            List<MemberInfo> members,
            List<String> changed)
            implements GroupCommand {}

    /** This node doubts the primary of {@code epoch}. */
    record ReportSuspicion(Stamp stamp, long epoch, String why, List<Evidence> evidence) implements GroupCommand {}

    /** This node heard of the primary of {@code epoch} again. */
    record ClearSuspicion(Stamp stamp, long epoch, String why) implements GroupCommand {}

    /** Probes of this node began to fail, or are good again. */
    record ReportMemberHealth(Stamp stamp, String member, boolean healthy, String why) implements GroupCommand {}

    /** @param epoch the epoch whose primary is to be replaced */
    record StartFailover(
            Stamp stamp, long epoch, Reason reason, List<Evidence> evidence, SortedSet<String> standbysInReach)
            implements GroupCommand {}

    /**
     * @param epoch the epoch that was started
     * @param uuid for its reign
     * @param lastPrimaryLsn the highest position of the former primary that anybody saw, ZERO where nobody did
     */
    record AuthorizePromotion(Stamp stamp, long epoch, List<Evidence> evidence, UUID uuid, Lsn lastPrimaryLsn)
            implements GroupCommand {}

    /** The member can no longer serve in any epoch below {@code epoch}. */
    record ReportFenced(Stamp stamp, long epoch, String member, Fencing how, String why) implements GroupCommand {}

    record ReportEstablished(
            Stamp stamp,
            long epoch,
            String member,
            Reign reign,
            Lsn barrierLsn,
            SortedSet<String> flushedBy,
            String systemId)
            implements GroupCommand {}

    /** A primary that was started again, and which standbys hold its end of recovery. */
    record ReportRestarted(Stamp stamp, long epoch, String member, Lsn endLsn, SortedSet<String> flushedBy, String why)
            implements GroupCommand {}

    /** The gate of this host's member was moved. */
    record ReportGate(Stamp stamp, long epoch, String member, boolean open, String why) implements GroupCommand {}

    record ReportRoute(
            Stamp stamp,
            long epoch,
            String router,
            @Nullable String writer,
            SortedSet<String> readers,
            long tookMs) implements GroupCommand {}

    record ReportNotified(
            Stamp stamp, long epoch, String notifier, Notifier.Severity severity, String title, String outcome)
            implements GroupCommand {}

    /** @param caughtUp standbys that stream within the lag limit; @param silent members of S that do not acknowledge */
    record ReviseSyncSet(Stamp stamp, long epoch, SortedSet<String> caughtUp, SortedSet<String> silent)
            implements GroupCommand {}

    /** The change that was logged is in force; which standbys hold the marker behind it. */
    record ReportSyncSetApplied(Stamp stamp, long epoch, SyncSet now, Lsn markerLsn, SortedSet<String> flushedBy)
            implements GroupCommand {}

    /** A member asks to be rebuilt; granted one clone at a time. */
    record StartRebuild(Stamp stamp, long epoch, String member, RebuildMethod method, String why)
            implements GroupCommand {}

    /**
     * Whom a member that is being cloned reads the copy from.
     *
     * @param sources standbys that stream, as its agent was told; none: it is to be the primary
     * @param why the last attempt failed, empty for the first
     */
    record ChooseCloneSource(Stamp stamp, long epoch, String member, List<CopySource> sources, String why)
            implements GroupCommand {}

    /** A rewind or a copy does not go on, and is tried again or waits. @param why with what a person can do about it */
    record ReportRebuildHeld(Stamp stamp, long epoch, String member, String why) implements GroupCommand {}

    /** WAL that only the member had is kept on its host, as {@link Database.Kept} says. */
    record ReportWalKept(Stamp stamp, String member, Database.Kept kept) implements GroupCommand {}

    /** A member streams from the primary of {@code epoch}. */
    record ReportJoined(Stamp stamp, long epoch, String member, Lsn lsn) implements GroupCommand {}

    /** A member cannot be rebuilt without a person. */
    record ReportStuck(Stamp stamp, long epoch, String member, String why) implements GroupCommand {}

    /** @param target null: the best one; @param lagBytes of each member that streams from the primary */
    record OrderSwitchover(
            Stamp stamp,
            UUID operation,
            String actor,
            @Nullable String target,
            List<StandbyLag> lagBytes,
            @Since(7) boolean loseSlots)
            implements GroupCommand {}

    /** A person wants the primary replaced now, well or not; still leases, still revocation. */
    record OrderFailover(
            Stamp stamp,
            UUID operation,
            String actor,
            @Nullable String target,
            SortedSet<String> standbysInReach) implements GroupCommand {}

    /**
     * A person pauses or resumes.
     *
     * @param operation null: ordered before version 3 of this command, which named none
     * @param untilMs when a pause ends by itself, in ms since 1970; 0: when a person ends it
     */
    record OrderMode(Stamp stamp, @Nullable UUID operation, Mode mode, String actor, String reason, long untilMs)
            implements GroupCommand {
        public OrderMode(Stamp stamp, @Nullable UUID operation, Mode mode, String actor, String reason) {
            this(stamp, operation, mode, actor, reason, 0);
        }
    }

    /** A pause has come to the time that was given for it. */
    record EndPause(Stamp stamp) implements GroupCommand {}

    /** A person wants a member's data thrown away and copied anew. */
    record OrderReinit(Stamp stamp, UUID operation, String actor, String member) implements GroupCommand {}

    /** A person wants a member left alone. @param untilMs when that ends by itself, in ms since 1970 */
    @Since(7)
    record OrderMaintenance(Stamp stamp, UUID operation, String actor, String member, String reason, long untilMs)
            implements GroupCommand {}

    /** A person has done what a member was in maintenance for. */
    @Since(7)
    record EndMaintenance(Stamp stamp, UUID operation, String actor, String member) implements GroupCommand {}

    /** A maintenance has come to the time that was given for it. */
    @Since(7)
    record ExpireMaintenance(Stamp stamp, String member) implements GroupCommand {}

    /**
     * A person accepts a loss where a failover is held.
     *
     * @param group as typed, with {@code epoch}
     * @param seen what this node heard of each member last
     */
    record OrderForcePromotion(
            Stamp stamp,
            UUID operation,
            String actor,
            String reason,
            String group,
            long epoch,
            String target,
            List<Seen> seen,
            SortedSet<String> standbysInReach)
            implements GroupCommand {}

    /**
     * A person wants servers restarted, one after the other.
     *
     * @param member null: all
     * @param pendingOnly only where a setting waits for it
     * @param inPlace the primary, too, goes down and comes back; else another member takes over before
     * @param runs what this node has heard of: who is not in it does not run
     */
    record OrderRestart(
            Stamp stamp,
            UUID operation,
            String actor,
            @Nullable String member,
            boolean pendingOnly,
            boolean inPlace,
            List<Run> runs,
            @Since(7) boolean loseSlots)
            implements GroupCommand {}

    /** A member of a restart by order streams, or serves, in a run of its server that began at {@code startedAtMs}. */
    record ReportServerRestarted(Stamp stamp, long epoch, String member, long startedAtMs) implements GroupCommand {}

    /** A restart by order has made no progress for long. */
    record EndRestart(Stamp stamp) implements GroupCommand {}

    /** The primary is the next to be restarted, and is to hand over before. */
    record RestartHandOver(Stamp stamp, long epoch, UUID operation, List<StandbyLag> lagBytes)
            implements GroupCommand {}

    /** A person wants a switchover at {@code atMs} by the wall clock, or as soon after it as it may begin, before {@code untilMs}. */
    record ScheduleSwitchover(
            Stamp stamp,
            UUID operation,
            String actor,
            @Nullable String target,
            long atMs,
            long untilMs,
            @Since(7) boolean loseSlots)
            implements GroupCommand {}

    /** A person does not want the switchover any more that is scheduled. */
    record CancelScheduled(Stamp stamp, UUID operation, String actor) implements GroupCommand {}

    /** A scheduled switchover may be due. @param lagBytes standbys that stream from the primary of {@code epoch} */
    record BeginScheduled(Stamp stamp, long epoch, List<StandbyLag> lagBytes) implements GroupCommand {}

    /** What came of an order. */
    record ReportOperation(Stamp stamp, UUID operation, boolean succeeded, String why) implements GroupCommand {}

    /** A switchover that its poolers cannot go along with: transactions through them do not end. */
    record ReportPoolersBusy(Stamp stamp, UUID operation, String why) implements GroupCommand {}

    /**
     * A person lets a new generation of voters begin with what the survivor's log holds.
     *
     * @param voterConfig the new generation
     * @param lost the other voters of the generation before: what they alone knew is given up
     * @param promisedEpoch the highest epoch that anybody who takes part has promised
     * @param known of the log that it comes from, in words
     */
    record RecoverVoters(
            Stamp stamp,
            int voterConfig,
            List<String> voters,
            List<String> lost,
            long promisedEpoch,
            String actor,
            String reason,
            String known)
            implements GroupCommand {}

    /**
     * A person has the seat of a voter vacated whose disk was emptied, for the empty disk to take.
     *
     * @param knownChange the last change that anybody in reach knows of
     * @param settled that change is known to a majority of the voters, and what was granted before it has run out
     * @param disk that the voter's node answers with; null: it does not answer, or with the disk that has the seat
     * @param answering the other voters that answer with the disks that have their seats
     */
    record OrderReadmission(
            Stamp stamp,
            UUID operation,
            String actor,
            String reason,
            String voter,
            int knownChange,
            boolean settled,
            @Nullable UUID disk,
            SortedSet<String> answering)
            implements GroupCommand {}

    /**
     * An empty disk has all that a voter needs, and its log is a member of the log's group.
     *
     * @param change by which the seat was vacated
     * @param granting the voters that said, durably, that they grant without it
     */
    record TakeSeat(Stamp stamp, String voter, int change, UUID disk, SortedSet<String> granting)
            implements GroupCommand {}

    /**
     * The nodes' file gives a voter's seat to another node, because its own is lost.
     *
     * @param answering the voters that answer with the disks that have their seats
     */
    @Since(7)
    record MoveSeat(Stamp stamp, String actor, String seat, String to, SortedSet<String> answering)
            implements GroupCommand {}

    /** Told afterwards: for {@code forMs} ms this node's member was without a majority of voters. */
    record ReportVotersLost(Stamp stamp, long epoch, long forMs) implements GroupCommand {}

    /**
     * @param lsn how far it was
     * @param epochInWal of its last marker, 0 where unknown
     * @param leaseLeftMs of its own lease, 0 without one
     * @param ageMs since it said so
     */
    record Seen(String member, boolean primary, Lsn lsn, long epochInWal, long leaseLeftMs, long ageMs) {}
    /** What the member said of its disks; by what was recorded last, the decision says whether that is news. */
    record ReportDisk(Stamp stamp, String member, List<Space> spaces) implements GroupCommand {}

    /** Something is wrong with a member that answers, or is not any more. */
    record ReportGreyFailure(Stamp stamp, String member, Troubles.GreyFailure failure, boolean present, String why)
            implements GroupCommand {}

    /** The primary's disk is nearly full. @param roomy standbys that stream, and say that their own disks are not low */
    record HandOver(Stamp stamp, long epoch, UUID operation, List<StandbyLag> roomy) implements GroupCommand {}

    /** Clients shall only read, or write again. @param roomy as for {@link HandOver}: one of them would take over instead */
    @Since(7)
    record LimitWrites(Stamp stamp, long epoch, boolean limited, List<Space> spaces, List<StandbyLag> roomy)
            implements GroupCommand {}

    /** The host of the primary before {@code epoch} is to be powered off by this node's hook. @param evidence what voters and members answered */
    record OrderPowerOff(Stamp stamp, long epoch, String member, int attempt, List<Evidence> evidence)
            implements GroupCommand {}

    /** What this node's hook said to that attempt. */
    record ReportPowerOff(Stamp stamp, long epoch, String member, int attempt, StepResult result, String why)
            implements GroupCommand {}

    /**
     * One run of a member's server.
     *
     * @param pending settings wait for a restart
     * @param lowers one of them lowers what a standby must not have less of than its primary
     */
    record Run(String member, long startedAtMs, boolean pending, boolean lowers) {}

    /** How far a standby is behind the primary's end of WAL, in bytes. */
    record StandbyLag(String member, long bytes) {}
}
