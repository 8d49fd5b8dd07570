package io.interrex.cluster.member;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** Decides whether a primary may stop for an order: when the group's poolers make their clients wait, or cannot. */
final class PoolerWait {

    /** The poolers' own limit, and the way there and back. */
    private static final long WITHIN_MS = Step.HoldPoolers.LIMIT_MS + 500;

    private PoolerWait() {}

    /** Also where there is none. */
    static boolean isOver(MemberView v, UUID order) {
        return v.poolers().values().stream().allMatch(pooler -> pooler.holds(order));
    }

    /** One refuses, or says nothing for too long. */
    static boolean isInVain(MemberView v, UUID order) {
        boolean refused = v.poolers().values().stream().anyMatch(pooler -> pooler.refuses(order));
        return refused || v.progress().asking().forMs(order, v.nowMs()) > WITHIN_MS;
    }

    /** Who does not hold, and why. */
    static SortedMap<String, String> missing(MemberView v, UUID order) {
        var missing = new TreeMap<String, String>();
        v.poolers().forEach((router, pooler) -> {
            if (!pooler.holds(order)) {
                missing.put(router, pooler.refuses(order) ? pooler.refusal() : "does not say that it holds");
            }
        });
        return missing;
    }
}
