package io.interrex.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What one fault did.
 *
 * @param member that it hit
 * @param outage the longest time without an acknowledged write around it
 * @param outageAtMending the longest while the member came back
 * @param mended from the end of the fault until the group was whole
 * @param twoWriters times at which two members accepted writes
 * @param unmet what was decided and should not have been, or is missing
 * @param tooLate what this machine was too slow for, so that the fault was another one; null: nothing
 */
record TrialResult(
        FaultKind kind,
        String member,
        Duration outage,
        Duration outageAtMending,
        Duration mended,
        int acknowledged,
        int lost,
        int duplicates,
        int twoWriters,
        List<String> unmet,
        @Nullable String tooLate,
        Timeline timeline) {

    /**
     * What was promised and not kept; a single run may take twice the time of the promised median.
     *
     * @param promised as the longest write outage
     * @param patience factor for all times, on a machine that does other things
     */
    List<String> broken(Duration promised, int patience) {
        var broken = new ArrayList<String>();
        Duration most = promised.multipliedBy(2L * patience);
        if (isShown(patience) && outage.compareTo(most) > 0) {
            broken.add("the write outage of %s is above %s".formatted(seconds(outage), seconds(most)));
        }
        if (lost > 0) {
            broken.add(lost + " acknowledged rows are lost");
        }
        if (duplicates > 0) {
            broken.add(duplicates + " rows are there twice");
        }
        if (twoWriters > 0) {
            broken.add("two members accepted writes at the same time, " + twoWriters + " times");
        }
        if (isShown(patience)) {
            broken.addAll(unmet);
        }
        return broken;
    }

    /** Without patience a machine that is too slow breaks the promise; with it, the fault was not shown. */
    boolean isShown(int patience) {
        return patience == 1 || tooLate == null;
    }

    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.2f s", duration.toMillis() / 1000.0);
    }

    /** The measurements in lines for people. */
    List<String> lines() {
        return List.of(
                "  write outage %s%s (promised: at most %s, never above %s), and %s while %s came back"
                        .formatted(
                                seconds(outage),
                                kind.stopsWrites() ? " after it was mended" : "",
                                seconds(kind.outageMax()),
                                seconds(kind.outageMax().multipliedBy(2)),
                                seconds(outageAtMending),
                                member),
                "  rows lost: %d of %d acknowledged; two writers at once: %s; whole again %s after the fault ended"
                        .formatted(
                                lost,
                                acknowledged,
                                twoWriters == 0 ? "never" : twoWriters + " times",
                                seconds(mended)));
    }
}
