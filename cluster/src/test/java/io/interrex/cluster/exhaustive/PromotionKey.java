package io.interrex.cluster.exhaustive;

import io.interrex.cluster.exhaustive.PromotionWorld.Member;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Numbers what is equal by value, so that a state of {@link PromotionModel} is told by a few numbers. */
final class PromotionKey {

    private final Map<Object, Integer> numbers = new HashMap<>();

    private int number(@Nullable Object value) {
        return value == null ? 0 : numbers.computeIfAbsent(value, v -> numbers.size() + 1);
    }

    /** @param group the number of its state of the group */
    void write(PromotionWorld w, int group, Key key) {
        key.add(group);
        key.add(w.commitsLeft | w.crashesLeft << 8 | w.changesLeft << 16 | (long) w.established << 32);
        for (Member m : w.members) {
            long flags = m.process.ordinal()
                    | m.upstream + 1 << 2
                    | m.maxEpoch << 6
                    | (m.served ? 1 << 12 : 0)
                    | (m.stoppedCleanly ? 1 << 13 : 0);
            key.add((long) m.wal << 32 | flags);
            key.add((long) number(m.rule) << 32 | number(m.oldRule));
            key.add(m.proven);
        }
        for (int epoch = 2; epoch < w.frozen.length; epoch++) {
            key.add((long) w.frozen[epoch] << 32 | number(w.authorized[epoch]));
        }
        for (int commit : w.acknowledged) {
            key.add(commit);
        }
    }
}
