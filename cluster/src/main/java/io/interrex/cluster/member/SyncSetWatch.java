package io.interrex.cluster.member;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.GroupCommand.ReportGreyFailure;
import io.interrex.cluster.group.GroupCommand.ReviseSyncSet;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Troubles.GreyFailure;
import io.interrex.cluster.port.DatabaseStatus.Sender;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a primary asks for another synchronous set: a standby went silent, flushes nothing, or has caught up. Silent is who was
 * not seen streaming in looks over more than {@code suspect}, the first of this run where it never was; an agent that stood still
 * has looked at nobody meanwhile.
 */
final class SyncSetWatch {

    private SyncSetWatch() {}

    static @Nullable Step revise(MemberView v, GroupState group) {
        Step stalled = stalled(v, group);
        if (stalled != null) {
            return stalled;
        }
        if (!group.settings().synchronous()) {
            return null;
        }
        Looks looks = v.progress().looks();
        var silent = new TreeSet<String>();
        long limitMs = v.timings().suspectAfter().toMillis();
        for (String member : group.syncSet().standbys()) {
            if (looks.notStreamingForMs(member) > limitMs || isStalled(v, member)) {
                silent.add(member);
            }
        }
        var caughtUp = new TreeSet<String>();
        Lsn now = v.database().lsn();
        for (Sender sender : v.database().senders()) {
            boolean near = now.bytesSince(sender.flushLsn()) <= group.settings().maxLagBytes();
            boolean member =
                    group.member(sender.member()).filter(m -> !m.nosync()).isPresent();
            if (sender.state().equals("streaming")
                    && near
                    && member
                    && !group.isBeingRebuilt(sender.member())
                    && !group.isLeaving(sender.member())
                    && !group.troubles().has(GreyFailure.FLUSH_STALLED, sender.member())
                    && !group.syncSet().standbys().contains(sender.member())) {
                caughtUp.add(sender.member());
            }
        }
        boolean leaves = group.syncSet().standbys().stream().anyMatch(group::isLeaving);
        if (silent.isEmpty() && caughtUp.isEmpty() && !leaves) {
            return null;
        }
        return new Step.Submit(new ReviseSyncSet(v.stamp(), group.epoch(), caughtUp, silent));
    }

    /** Also where commits can do without it: a failover would wait for its promise. */
    private static boolean isStalled(MemberView v, String member) {
        return v.progress().looks().notFlushingForMs(member)
                > v.timings().suspectAfter().toMillis();
    }

    /** Told before anything is done about it. That it is over is the supervisors' to say. */
    private static @Nullable Step stalled(MemberView v, GroupState group) {
        for (Sender sender : v.database().senders()) {
            String member = sender.member();
            boolean news = group.member(member).isPresent() && !group.troubles().has(GreyFailure.FLUSH_STALLED, member);
            if (news && isStalled(v, member)) {
                String why =
                        "it streams from %s and has flushed nothing beyond %s for %d ms, %d bytes are owed: see its disk and its WAL receiver"
                                .formatted(
                                        v.member(),
                                        sender.flushLsn(),
                                        v.progress().looks().notFlushingForMs(member),
                                        v.database().lsn().bytesSince(sender.flushLsn()));
                return new Step.Submit(new ReportGreyFailure(v.stamp(), member, GreyFailure.FLUSH_STALLED, true, why));
            }
        }
        return null;
    }
}
