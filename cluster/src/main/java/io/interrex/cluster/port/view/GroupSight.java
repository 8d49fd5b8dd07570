package io.interrex.cluster.port.view;

import io.interrex.cluster.group.GroupEvent.RouteMoved;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.hands.MemberStatus;
import io.interrex.cluster.hands.RouterStatus;
import io.interrex.cluster.port.EventLog;
import java.util.Map;
import java.util.Set;

/**
 * All that one node knows of a group at one moment.
 *
 * @param version of the group's log that {@code state} is made of
 * @param members what members said of themselves, by name
 * @param inReach nodes that this node can talk to, itself included
 * @param routers what routers said of themselves, by name
 * @param moves the last event of each router
 * @param readMaxLagBytes from the configuration
 * @param staleAfterMs a status older than this says nothing any more
 * @param wallMs its wall clock, in ms since 1970
 */
public record GroupSight(
        GroupState state,
        long version,
        Map<String, Heard> members,
        Set<String> inReach,
        Map<String, HeardRouter> routers,
        Map<String, Move> moves,
        EventLog.Health log,
        long readMaxLagBytes,
        long staleAfterMs,
        long wallMs) {

    /** @param ageMs since it arrived */
    public record Heard(MemberStatus status, long ageMs) {}

    /** @param ageMs since it arrived */
    public record HeardRouter(RouterStatus status, long ageMs) {}

    /** @param wallMs when it was recorded */
    public record Move(RouteMoved event, long wallMs) {}
}
