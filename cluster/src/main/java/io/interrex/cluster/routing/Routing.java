package io.interrex.cluster.routing;

import io.interrex.cluster.port.Gate.Position;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Decides where the clients of a group go. */
public final class Routing {

    private Routing() {}

    /**
     * Writes go to the established primary while its own status says that its gate is open in this epoch, else to nobody.
     * Reads go to the standbys that follow this epoch within the lag limit, else to the writer, else to nobody. A member
     * with an open gate that is not the established primary gets nothing: something is wrong with it. A standby that
     * is tagged noloadbalance takes no reads, however few others there are; as the primary it takes them like any other.
     *
     * @param epoch the newest reign that the log names, established or not
     * @param primary established in {@code epoch}; null from the start of a failover until its PrimaryEstablished
     * @param members the newest status of each; a member that is absent gets no traffic
     * @param lagMaxBytes a standby further behind takes no reads
     */
    public static RoutePlan plan(
            String group, long epoch, @Nullable String primary, Collection<MemberRoute> members, long lagMaxBytes) {
        String writer = null;
        SortedSet<String> readers = new TreeSet<>();
        for (MemberRoute member : members) {
            if (member.epoch() != epoch) {
                continue;
            }
            if (member.member().equals(primary)) {
                writer = member.gate() == Position.OPEN ? primary : null;
            } else if (isReader(member, lagMaxBytes)) {
                readers.add(member.member());
            }
        }
        if (readers.isEmpty() && writer != null) {
            readers.add(writer);
        }
        return new RoutePlan(group, epoch, writer, Collections.unmodifiableSortedSet(readers));
    }

    private static boolean isReader(MemberRoute member, long lagMaxBytes) {
        return member.gate() == Position.READ
                && !member.noloadbalance()
                && !member.stale()
                && member.lagBytes() <= lagMaxBytes;
    }
}
