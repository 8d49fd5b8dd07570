package io.interrex.cluster.group;

import io.interrex.cluster.durability.Lsn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All members in the order in which they were preferred for a promotion; those that were excluded say why.
 *
 * @param candidate the first that was not excluded, null where there is none
 */
public record Ranking(@Nullable String candidate, List<Entry> entries) {

    /** One member's place, and why; {@code excludedBy} is null for the candidate only. */
    public record Entry(
            String member,
            Lsn flushLsn,
            long epochInWal,
            @Nullable RuleId excludedBy,
            String why) {}
}
