package io.interrex.cluster.supervision;

import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.GroupState.Phase;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides whether the leader of the event log hands over to another voter: it should not be on a primary's host, for with that
 * host the leader would be lost at the very moment at which a failover has to be logged. A witness is preferred, then a standby's
 * host. Only while all is well, and not often. Times are monotonic, in ms.
 *
 * @param unrestMs when something was last not well
 * @param movedMs when it last handed over
 */
public record LeaderPlacement(long unrestMs, long movedMs) {

    /** All has to be well for so long. */
    static final long CALM_MS = 10_000;

    /** Between two hand-overs of one leader. */
    static final long SELDOM_MS = 60_000;

    /**
     * @param node that leads, and asks
     * @param voters of the log
     * @param reachable voters that this node is connected to
     * @param groups all of them; a group that is not known yet is missing here
     * @param groupsConfigured how many there are
     */
    public record Look(
            String node,
            List<String> voters,
            Set<String> reachable,
            Collection<GroupState> groups,
            int groupsConfigured) {}

    /** @param target to hand over to, empty: stay */
    public record Verdict(LeaderPlacement next, Optional<String> target) {}

    public static LeaderPlacement start(long nowMs) {
        return new LeaderPlacement(nowMs, nowMs - SELDOM_MS);
    }

    public Verdict judge(Look look, long nowMs) {
        if (!isWell(look)) {
            return new Verdict(new LeaderPlacement(nowMs, movedMs), Optional.empty());
        }
        boolean hostsPrimary = isPrimary(look, look.node());
        if (!hostsPrimary || nowMs - unrestMs < CALM_MS || nowMs - movedMs < SELDOM_MS) {
            return new Verdict(this, Optional.empty());
        }
        Optional<String> target = look.voters().stream()
                .filter(voter -> !isPrimary(look, voter))
                .min(Comparator.comparing((String voter) -> isMember(look, voter))
                        .thenComparing(Comparator.naturalOrder()));
        return new Verdict(target.isPresent() ? new LeaderPlacement(unrestMs, nowMs) : this, target);
    }

    private static boolean isWell(Look look) {
        boolean connected = look.voters().stream()
                .allMatch(voter -> voter.equals(look.node()) || look.reachable().contains(voter));
        return connected
                && look.groups().size() == look.groupsConfigured()
                && look.groups().stream()
                        .allMatch(group -> group.phase() == Phase.ESTABLISHED
                                && group.suspectedBy().isEmpty()
                                && group.operation() == null);
    }

    private static boolean isPrimary(Look look, String node) {
        return look.groups().stream().anyMatch(group -> node.equals(group.primary()));
    }

    private static boolean isMember(Look look, String node) {
        return look.groups().stream().anyMatch(group -> group.members().containsKey(node));
    }
}
