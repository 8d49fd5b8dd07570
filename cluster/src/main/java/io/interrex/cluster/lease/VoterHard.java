package io.interrex.cluster.lease;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a voter has on disk.
 *
 * @param maxEpochs the highest epoch seen, by group, in the order of their names
 * @param longestPromiseMs the longest promise that may not have run out yet, Hmax; 0 before the first
 */
public record VoterHard(Map<String, Long> maxEpochs, long longestPromiseMs) {

    public static final VoterHard NEW = new VoterHard(Map.of(), 0);

    public VoterHard {
        maxEpochs = Collections.unmodifiableMap(new TreeMap<>(maxEpochs));
    }
}
