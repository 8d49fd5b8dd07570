package io.interrex.lab;

import java.util.BitSet;
import java.util.List;

/**
 * What became of the writes of a run.
 *
 * @param acknowledged writes that the client was told are done
 * @param found rows of the run, acknowledged or not, each counted once
 * @param lost acknowledged and not found
 * @param lostIds the first of them
 * @param duplicateIds ids that were found more than once, the first of them
 */
public record Verification(int acknowledged, int found, int lost, List<Long> lostIds, List<Long> duplicateIds) {
    private static final int SHOWN_MAX = 20;

    static Verification of(BitSet acknowledged, BitSet found, List<Long> duplicates) {
        var missing = (BitSet) acknowledged.clone();
        missing.andNot(found);
        return new Verification(
                acknowledged.cardinality(),
                found.cardinality(),
                missing.cardinality(),
                missing.stream().limit(SHOWN_MAX).asLongStream().boxed().toList(),
                duplicates.stream().sorted().limit(SHOWN_MAX).toList());
    }

    public boolean isSound() {
        return lost == 0 && duplicateIds.isEmpty();
    }
}
