package io.interrex.cluster.group;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What persons have forced: the override that waits or is carried out, and whose data is behind one.
 *
 * @param order null for none
 * @param cloneAnew members that a forced reign of the chain did not reach, with its epoch: data of theirs that has no marker
 *     of that epoch or a later one is cloned, until they are seen to stream
 */
public record Forcing(@Nullable Order order, SortedMap<String, Long> cloneAnew) {

    public static final Forcing NONE = new Forcing(null, new TreeMap<>());

    public Forcing {
        cloneAnew = Collections.unmodifiableSortedMap(new TreeMap<>(cloneAnew));
    }

    /**
     * @param epoch the one that it is good for
     * @param target who is to be promoted in it
     * @param notReached who did not answer when it was carried out, null: not yet
     */
    public record Order(
            UUID operation,
            String actor,
            String reason,
            String target,
            long epoch,
            KnownLoss loss,
            @Nullable SortedSet<String> notReached) {

        Order carriedOut(SortedSet<String> without) {
            return new Order(operation, actor, reason, target, epoch, loss, Collections.unmodifiableSortedSet(without));
        }
    }

    /** Whether an override stands in for the rule that holds a failover. */
    public static boolean standsInFor(@Nullable RuleId held) {
        return held == RuleId.FAILOVER_NO_QUORUM
                || held == RuleId.PROMOTION_NO_QUORUM
                || held == RuleId.PROMOTION_LAG_OVER_CAP
                || held == RuleId.POWER_NEEDED
                || held == RuleId.FORCED_TARGET_BEHIND;
    }

    /** The order that is good for {@code epoch}, null for none. */
    @Nullable
    Order orderFor(long epoch) {
        return order != null && order.epoch() == epoch ? order : null;
    }

    Forcing with(@Nullable Order next) {
        return new Forcing(next, cloneAnew);
    }

    Forcing without(String member) {
        var rest = new TreeMap<>(cloneAnew);
        rest.remove(member);
        return new Forcing(order, rest);
    }

    /** Data of {@code member} whose last marker is of {@code epochInWal} may lack what it has, or have what it lacks. */
    public boolean mustBeCloned(String member, long epochInWal) {
        return cloneAnew.getOrDefault(member, 0L) > epochInWal;
    }
}
