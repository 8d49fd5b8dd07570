package io.interrex.postgresql;

import io.interrex.cluster.durability.Lsn;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What pg_controldata says of a data directory.
 *
 * @param state PostgreSQL's words, for example {@code shut down} or {@code in production}
 * @param checkpoint where the latest checkpoint's record begins
 * @param minRecoveryEnd recovery must reach this before the data are consistent
 * @param rewindable it has checksums of pages, or wal_log_hints: pg_rewind finds all pages that changed
 */
record ControlData(
        String systemId,
        String state,
        Lsn checkpoint,
        int timeline,
        Lsn minRecoveryEnd,
        int minRecoveryTimeline,
        int walBlockBytes,
        int walSegmentBytes,
        boolean rewindable) {

    static ControlData read(Tools tools, PostgresSettings settings, Path data) throws Trouble {
        Duration limit = settings.limits().tool();
        var output = tools.run(List.of(settings.tool("pg_controldata"), "-D", data.toString()), limit);
        if (output.exit() != 0) {
            throw Trouble.refused("the control file of " + data + " cannot be read: " + output.lastLines(2));
        }
        return parse(output.text());
    }

    static ControlData parse(String text) throws Trouble {
        Map<String, String> values = new HashMap<>();
        text.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                values.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        });
        try {
            return new ControlData(
                    get(values, "Database system identifier"),
                    get(values, "Database cluster state"),
                    Lsn.parse(get(values, "Latest checkpoint location")),
                    Integer.parseInt(get(values, "Latest checkpoint's TimeLineID")),
                    Lsn.parse(get(values, "Minimum recovery ending location")),
                    Integer.parseInt(get(values, "Min recovery ending loc's timeline")),
                    Integer.parseInt(get(values, "WAL block size")),
                    Integer.parseInt(get(values, "Bytes per WAL segment")),
                    !get(values, "Data page checksum version").equals("0")
                            || get(values, "wal_log_hints setting").equals("on"));
        } catch (IllegalArgumentException e) {
            throw Trouble.refused("pg_controldata printed something else than expected: " + e.getMessage());
        }
    }

    private static String get(Map<String, String> values, String key) {
        String value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException("no line '" + key + "'");
        }
        return value;
    }

    boolean isCleanPrimary() {
        return state.equals("shut down");
    }

    boolean isCleanStandby() {
        return state.equals("shut down in recovery");
    }

    boolean isClean() {
        return isCleanPrimary() || isCleanStandby();
    }

    /** The last position that this directory certainly holds. */
    Lsn reached() {
        return checkpoint.max(minRecoveryEnd);
    }

    int reachedTimeline() {
        return minRecoveryEnd.isAtLeast(checkpoint) ? Math.max(timeline, minRecoveryTimeline) : timeline;
    }
}
