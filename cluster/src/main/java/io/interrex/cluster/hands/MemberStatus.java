package io.interrex.cluster.hands;

import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.Gate;
import io.interrex.cluster.port.Vitals;
import org.jspecify.annotations.Nullable;

/**
 * What a node tells its peers about its member, every r. Soft: a restart forgets it.
 *
 * @param incarnation how often this node's agent has started
 * @param sequence increases by one with each status of an incarnation
 * @param maxEpoch the highest epoch that this member's host has promised, durably
 * @param logEpoch the epoch that its copy of the log is at
 * @param logVersion the version of the group's stream that it is at
 * @param gate where its gate is
 * @param leaseLeftMs of its own majority lease, 0 without one
 * @param writeProbeAgeMs since the last good write probe; −1: not a primary
 * @param vitals what wears out slowly, as it was a few seconds ago
 * @param doing the step that its agent is at, in words
 * @param alarm a named alarm, or null
 */
public record MemberStatus(
        String group,
        String member,
        long incarnation,
        long sequence,
        long maxEpoch,
        long logEpoch,
        long logVersion,
        DatabaseStatus database,
        Gate.Position gate,
        long leaseLeftMs,
        long writeProbeAgeMs,
        Vitals vitals,
        String doing,
        @Nullable String alarm) {}
