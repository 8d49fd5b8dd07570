package io.interrex.cluster.supervision;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Decides who speaks first for a group: rendezvous (highest random weight) hashing over the nodes, so that many groups
 * spread over them and the loss of one node moves only its own (Thaler and Ravishankar, 1998).
 */
public final class Rank {

    private Rank() {}

    /** Place of {@code node} among {@code alive} for this group and epoch, 0 first; the number of nodes if it is not among them. */
    public static int of(String node, String group, long epoch, Collection<String> alive) {
        List<String> order = alive.stream()
                .sorted(Comparator.comparingLong((String n) -> weight(n, group, epoch))
                        .reversed()
                        .thenComparing(n -> n))
                .toList();
        int place = order.indexOf(node);
        return place < 0 ? order.size() : place;
    }

    /** FNV-1a over the text, then a finalizer that spreads its bits (MurmurHash3's). */
    private static long weight(String node, String group, long epoch) {
        long hash = 0xcbf29ce484222325L;
        String text = group + '/' + epoch + '/' + node;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
        hash = (hash ^ hash >>> 33) * 0xc4ceb9fe1a85ec53L;
        return hash ^ hash >>> 33;
    }
}
