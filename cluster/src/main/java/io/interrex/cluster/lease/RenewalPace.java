package io.interrex.cluster.lease;

import io.interrex.cluster.settings.Timings;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says whether renewals are too slow for the profile: p99.99 of the last 10,000 is at T/4 or above. That percentile is their
 * second largest (0.01 % of 10,000 is one), so it is enough to remember the two newest that were slow. Times are monotonic, in ns.
 *
 * @param rounds how many were begun while the lease was held
 * @param unansweredSinceNs start of the oldest round since the last that a majority granted, null: none is open
 * @param slow numbers of the two newest rounds whose grant took T/4 or longer
 */
public record RenewalPace(long rounds, @Nullable Long unansweredSinceNs, List<Long> slow) {

    public static final RenewalPace NONE = new RenewalPace(0, null, List.of());

    private static final int OF_THE_LAST = 10_000;

    /** A round begins. */
    public RenewalPace began(long nowNs) {
        return new RenewalPace(rounds + 1, unansweredSinceNs == null ? nowNs : unansweredSinceNs, slow);
    }

    /** A majority granted it. A round that was lost counts until one after it is granted. */
    public RenewalPace won(Timings timings, long nowNs) {
        boolean late = unansweredSinceNs != null
                && nowNs - unansweredSinceNs >= timings.leaseFor().toNanos() / 4;
        if (!late) {
            return new RenewalPace(rounds, null, slow);
        }
        var newest = new ArrayList<>(slow.subList(Math.max(0, slow.size() - 1), slow.size()));
        newest.add(rounds);
        return new RenewalPace(rounds, null, List.copyOf(newest));
    }

    /** The lease was lost, or none is wanted: what is waited for now is no renewal. */
    public RenewalPace stopped() {
        return new RenewalPace(rounds, null, slow);
    }

    public boolean isSlow() {
        return slow.size() == 2 && rounds - slow.getFirst() < OF_THE_LAST;
    }
}
