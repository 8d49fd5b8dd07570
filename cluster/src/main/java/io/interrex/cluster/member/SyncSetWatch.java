package io.interrex.cluster.member;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.GroupCommand.ReviseSyncSet;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.port.DatabaseStatus.Sender;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Decides when a primary asks for another synchronous set: a standby went silent, or one has caught up. */
final class SyncSetWatch {

    private SyncSetWatch() {}

    static @Nullable Step revise(MemberView v, GroupState group) {
        if (!group.settings().synchronous()) {
            return null;
        }
        var silent = new TreeSet<String>();
        long limitMs = v.timings().suspectAfter().toMillis();
        for (String member : group.syncSet().standbys()) {
            long seen = v.progress().streamingSeenMs().getOrDefault(member, firstLook(v));
            if (v.nowMs() - seen > limitMs) {
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
                    && !group.isCloning(sender.member())
                    && !group.syncSet().standbys().contains(sender.member())) {
                caughtUp.add(sender.member());
            }
        }
        if (silent.isEmpty() && caughtUp.isEmpty()) {
            return null;
        }
        return new Step.Submit(new ReviseSyncSet(v.stamp(), group.epoch(), caughtUp, silent));
    }

    /** A standby that was never seen counts from the moment at which this run of the server was first looked at. */
    private static long firstLook(MemberView v) {
        return v.progress().firstSeenMs() < 0 ? v.nowMs() : v.progress().firstSeenMs();
    }
}
