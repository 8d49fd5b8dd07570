package io.interrex.cluster.port.view;

import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.GroupEvent.Durability;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Mode;
import io.interrex.cluster.port.Drift;
import io.interrex.cluster.port.Gate;
import io.interrex.cluster.port.Vitals;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A group as one node sees it: what the log says (hard), and what the members said of themselves lately (soft).
 *
 * @param version of the group's log that this node has read
 * @param epoch the highest that was started
 * @param phase how far that epoch is
 * @param primary of the last established epoch, null before the first
 * @param designated who is, or is to become, the primary of {@code epoch}; null while none is named
 * @param writable a member has the lease of the current epoch and its gate is open
 * @param syncSet commits wait for k of these
 * @param intended a change of it that is logged and not proven, null for none
 * @param reign uuid of the current reign, null before the first
 * @param suspectedBy nodes that suspect the primary
 * @param held rule and words of the last failover that was held, null for none
 * @param operation the order that is being carried out, null for none
 * @param scheduled a switchover for a time that is to come, null for none
 * @param readMaxLagBytes a standby further behind takes no reads
 * @param settings id of the settings in effect
 * @param logFormat what the log holds ({@link io.interrex.cluster.format.Format}): lower than this release's while a node of an
 *     older one may run
 * @param slots for others than members, those that the settings name first
 * @param alarms what needs a person, one line each
 */
public record GroupView(
        String group,
        long version,
        long epoch,
        GroupState.Phase phase,
        @Nullable String primary,
        @Nullable String designated,
        boolean writable,
        SyncSet syncSet,
        @Nullable SyncSet intended,
        Durability durability,
        Mode mode,
        @Nullable UUID reign,
        SortedSet<String> suspectedBy,
        @Nullable String held,
        @Nullable UUID operation,
        @Nullable Scheduled scheduled,
        long readMaxLagBytes,
        String settings,
        List<Member> members,
        List<Voter> voters,
        List<Route> routes,
        List<SlotView> slots,
        String logLeader,
        boolean logWritable,
        int logFormat,
        List<String> alarms) {

    public Optional<Member> member(String name) {
        return members.stream().filter(member -> member.name().equals(name)).findFirst();
    }

    /**
     * @param target null: the standby that is best then
     * @param atMs in ms since 1970, as {@code untilMs}: it begins before that or not at all
     * @param held what keeps it from beginning though its time has come, null for nothing
     */
    public record Scheduled(
            UUID operation,
            String actor,
            @Nullable String target,
            long atMs,
            long untilMs,
            @Nullable String held) {}

    /** What a member is, as far as it is known. */
    public enum Role {
        PRIMARY,
        STANDBY,
        STARTING,
        STOPPED,
        /** Runs, but does not answer. */
        HUNG,
        /** Has no complete data directory. */
        EMPTY,
        /** Nothing was heard of it lately. */
        UNKNOWN
    }

    /**
     * @param ageMs since it last told of itself; −1: never
     * @param healthy as the log says
     * @param synchronous it is in the synchronous set
     * @param epoch the highest that its host has promised
     * @param epochInWal epoch of the last marker in its data
     * @param lsn flushed position, as PostgreSQL writes it
     * @param lagBytes flushed behind the primary; −1: not known
     * @param replayLagBytes replayed behind the primary; −1: not known
     * @param upstream whom it follows, null for nobody
     * @param receiving it streams
     * @param closesInMs g: how long its guard takes to end its server, measured at its node's start; −1: the kernel's gate cuts traffic
     * @param writeProbeAgeMs since its last good write; −1: not a primary
     * @param diskFreeBytes left to its server where it has least, data or WAL; −1: not known
     * @param pendingRestart settings that hold after a restart of its server only
     * @param drift settings that are not what its node's configuration file says
     * @param maintenance it is left alone by a person's order; null: it is not
     * @param rebuilding how it is being made whole, null where it is not
     * @param doing the step that its agent is at, in words
     * @param alarm null for none
     */
    public record Member(
            String name,
            String host,
            int port,
            String zone,
            int priority,
            boolean nofailover,
            boolean nosync,
            boolean noloadbalance,
            Role role,
            boolean healthy,
            boolean synchronous,
            long ageMs,
            long epoch,
            long epochInWal,
            int timeline,
            String lsn,
            long lagBytes,
            long replayLagBytes,
            @Nullable String upstream,
            boolean receiving,
            Gate.Position gate,
            long leaseLeftMs,
            long closesInMs,
            long writeProbeAgeMs,
            long diskFreeBytes,
            List<Vitals.Pending> pendingRestart,
            List<Drift> drift,
            @Nullable Maintenance maintenance,
            @Nullable String rebuilding,
            String doing,
            @Nullable String alarm) {}

    /** @param untilMs when it ends by itself, in ms since 1970, {@code leftMs} from now by the clock of the node that looks */
    public record Maintenance(String actor, String reason, long untilMs, long leftMs) {}

    /**
     * @param node that has the voter's seat, as the first group's log says
     * @param answering the node that looks can talk to it
     */
    public record Voter(String name, String node, boolean answering) {}

    /**
     * Where a router sends clients.
     *
     * @param ageMs since it said so; −1: it was not heard of lately, and this is what the log knows of its last move
     * @param writer null: nobody
     * @param sinceMs wall clock when that began
     * @param writing sessions that are open now; −1: not known
     * @param reading sessions that are open now; −1: not known
     */
    public record Route(
            String router,
            long ageMs,
            long epoch,
            @Nullable String writer,
            SortedSet<String> readers,
            long sinceMs,
            int writing,
            int reading) {}
}
