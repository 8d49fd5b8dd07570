package io.interrex.cluster.durability;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * C = (k, S): a commit is acknowledged once {@code k} of the standbys {@code S} hold it. The primary is never in S.
 *
 * <p>Every set of k acknowledging standbys meets every set of |S| − k + 1 revoked ones: k + (|S| − k + 1) = |S| + 1 &gt;
 * |S|, so two such subsets of S share a member. That one sentence is why a failover that revoked {@link
 * #revocationQuorum()} of S cannot lose an acknowledged commit.
 *
 * @param k how many must hold a commit; 0 means that nobody must (degraded, asynchronous)
 * @param standbys names of members
 */
public record SyncSet(int k, SortedSet<String> standbys) {

    /** Nobody has to hold a commit but the primary itself. */
    public static final SyncSet NONE = new SyncSet(0, new TreeSet<>());

    public SyncSet {
        standbys = Collections.unmodifiableSortedSet(new TreeSet<>(standbys));
        if (k < 0 || k > standbys.size()) {
            throw new IllegalArgumentException(
                    "k must be between 0 and the number of standbys, but k = " + k + " with S = " + standbys);
        }
    }

    /** ANY k of these; k is at most their number. */
    public static SyncSet of(int k, Collection<String> standbys) {
        return new SyncSet(k, new TreeSet<>(standbys));
    }

    public int size() {
        return standbys.size();
    }

    /** |S| − k + 1: how many of S must have been revoked before another member may be promoted. */
    public int revocationQuorum() {
        return size() - k + 1;
    }

    /** How many of S are among {@code revoked}. */
    public int countOf(Collection<String> revoked) {
        int count = 0;
        for (String standby : standbys) {
            if (revoked.contains(standby)) {
                count++;
            }
        }
        return count;
    }

    /** Whether so many of S take no more WAL that no k of it can acknowledge a commit; never where k is 0, because nobody is asked then. */
    public boolean isRevokedBy(Collection<String> revoked) {
        return k > 0 && countOf(revoked) >= revocationQuorum();
    }

    /** The rule that is left when a member is lost; k shrinks with it if it has to. */
    public SyncSet without(String member) {
        var rest = new TreeSet<>(standbys);
        rest.remove(member);
        return new SyncSet(Math.min(k, rest.size()), rest);
    }

    @Override
    public String toString() {
        return k == 0 ? "none" : "ANY " + k + " (" + String.join(", ", standbys) + ")";
    }
}
