package io.interrex.cluster.group;

import io.interrex.cluster.durability.Lsn;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
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

    /** What the promotion of the first loses of what is known, in bytes of WAL. */
    long lossBytes(Lsn lastPrimaryLsn) {
        Lsn known = leftBehind()
                .map(Entry::flushLsn)
                .filter(lsn -> lsn.compareTo(lastPrimaryLsn) > 0)
                .orElse(lastPrimaryLsn);
        return known.bytesSince(entries.getFirst().flushLsn());
    }

    /** Empty where nobody is known who has them and could be let in. */
    String whoHasThem() {
        return leftBehind()
                .map(entry -> "; " + entry.member() + " is ahead: " + Maintenance.remedy(entry.member()))
                .orElse("");
    }

    /** Who is in maintenance and furthest ahead of the first; positions of an older reign say nothing. */
    private Optional<Entry> leftBehind() {
        Entry first = entries.getFirst();
        return entries.stream()
                .filter(entry -> entry.excludedBy() == RuleId.CANDIDATE_MAINTENANCE
                        && entry.epochInWal() >= first.epochInWal()
                        && entry.flushLsn().compareTo(first.flushLsn()) > 0)
                .max(Comparator.comparing(Entry::flushLsn));
    }
}
