package io.interrex.cluster.routing;

import io.interrex.cluster.port.Gate.Position;

/**
 * Says of one member what matters for client traffic, in the member's own words: its newest status, not an inference; and its tag.
 *
 * @param gate where its gate stands
 * @param epoch the reign that it serves or follows
 * @param lagBytes how much WAL of the primary it has not replayed; 0 for the primary
 * @param stale it has no upstream, so that its data stands still however small the lag was
 * @param noloadbalance it is tagged to take no reads, as the log says
 */
public record MemberRoute(
        String member, Position gate, long epoch, long lagBytes, boolean stale, boolean noloadbalance) {}
