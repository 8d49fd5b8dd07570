package io.interrex.cluster.group;

import io.interrex.cluster.durability.Lsn;

/**
 * Says what a forced promotion loses as far as anybody knows. Never a guess: what is not known is −1, and the words say why.
 *
 * @param seenLsn the furthest position of the last reign that anybody reported, ZERO where nobody did
 * @param bytes of that reign that the candidate lacks, at least; −1: not known
 * @param bytesWhy what they are counted from, or why they are not known
 * @param silentMs from the last contact with the former primary to the order; −1: not known
 * @param silentWhy who had that contact, or why nobody is known to
 */
public record KnownLoss(Lsn seenLsn, long bytes, String bytesWhy, long silentMs, String silentWhy) {

    /** In one line, for people. */
    public String words() {
        String lost = bytes < 0
                ? "unknown, because " + bytesWhy
                : "at least %d bytes (%s; what came after that report is not known)".formatted(bytes, bytesWhy);
        String silent = silentMs < 0
                ? "unknown, because " + silentWhy
                : "%d.%d s before the order (%s)".formatted(silentMs / 1000, silentMs % 1000 / 100, silentWhy);
        return "known loss: %s; last contact: %s".formatted(lost, silent);
    }

    /**
     * The same where the candidate is known to have frozen {@code kept}.
     *
     * @param sameReign whether that is a position of the last reign; others are not comparable
     */
    KnownLoss of(String candidate, Lsn kept, boolean sameReign, Lsn furthest) {
        Lsn seen = seenLsn.max(furthest);
        if (!sameReign) {
            return new KnownLoss(
                    seen,
                    -1,
                    candidate + " has nothing of the last reign, and positions of different reigns do not compare",
                    silentMs,
                    silentWhy);
        }
        return seen.equals(Lsn.ZERO)
                ? new KnownLoss(seen, -1, bytesWhy, silentMs, silentWhy)
                : new KnownLoss(
                        seen,
                        seen.bytesSince(kept),
                        "%s was seen, %s is at %s".formatted(seen, candidate, kept),
                        silentMs,
                        silentWhy);
    }
}
