package io.interrex.demo;

import java.util.ArrayList;
import java.util.List;

/**
 * Judges a story or a bench by what could be shown at all: what was not shown was not kept.
 *
 * @param shown how many of the faults could be made on this machine
 * @param asked how many were to be made
 * @param broken promises, each with its fault
 */
record Verdict(int shown, int asked, List<String> broken) {

    static final int KEPT = 0;
    static final int BROKEN = 2;
    static final int NOT_SHOWN = 3;

    int exitCode() {
        if (!broken.isEmpty()) {
            return BROKEN;
        }
        return shown < asked ? NOT_SHOWN : KEPT;
    }

    /** For the end of the output. */
    List<String> lines() {
        var lines = new ArrayList<String>();
        if (!broken.isEmpty()) {
            lines.add("BROKEN PROMISES:");
            broken.forEach(promise -> lines.add("  " + promise));
        } else if (shown > 0) {
            lines.add(shown < asked ? "Every promise was kept in what was shown." : "Every promise was kept.");
        }
        if (shown < asked) {
            lines.add("%d of %d were shown; the others prove nothing.".formatted(shown, asked));
        }
        return List.copyOf(lines);
    }
}
