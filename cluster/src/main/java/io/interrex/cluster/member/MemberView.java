package io.interrex.cluster.member;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.CopySource;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.hands.RouterStatus;
import io.interrex.cluster.port.Database.Upstream;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.cluster.settings.Timings;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a member's next step depends on.
 *
 * @param group as far as this node's copy of the log goes, null where it is not known
 * @param settled no step runs, and {@code database} was looked at after the last one: what it shows is not history
 * @param leaseEpoch the epoch whose majority lease is held now, 0: none
 * @param leaseLeftMs how long yet
 * @param guardArmed the guard has a deadline from a round of that lease
 * @param writeProbeAgeMs since the last commit of the write probe, or since probing began; −1: not probing
 * @param revokeEpoch the highest epoch that somebody asked this member to promise
 * @param peerLsn how far the other members said, within the last {@code suspect}, that they are; ZERO: without usable data
 * @param serving members that said, within the last {@code suspect}, that their server is a primary
 * @param poolers of this group that were heard of within the last 3 {@code suspect}, by name, and what they hold
 * @param copySources standbys that said, within the last {@code suspect}, that they stream from the primary
 * @param nowMs monotonic
 */
public record MemberView(
        String member,
        @Nullable GroupState group,
        MemberHard hard,
        DatabaseStatus database,
        boolean settled,
        Progress progress,
        long leaseEpoch,
        long leaseLeftMs,
        boolean guardArmed,
        long writeProbeAgeMs,
        long revokeEpoch,
        Map<String, Lsn> peerLsn,
        Set<String> serving,
        SortedMap<String, RouterStatus.Pooler> poolers,
        List<CopySource> copySources,
        Timings timings,
        Stamp stamp,
        long nowMs) {

    /** Held, and the guard kills when it runs out: the server may leave recovery. */
    boolean leaseHeld(long epoch) {
        return leaseEpoch == epoch && leaseLeftMs > 0 && guardArmed;
    }

    /** The end of its own shutdown checkpoint; nothing that may have started a server was begun since. */
    @Nullable
    Lsn cleanStop() {
        return database.process() == Process.STOPPED ? progress.cleanStop() : null;
    }

    static Upstream upstream(GroupState group, String member) {
        MemberInfo info = group.member(member)
                .orElseThrow(
                        () -> new IllegalStateException("the log names a member that it does not know: " + member));
        return new Upstream(member, info.host(), info.port());
    }
}
