package io.interrex.postgresql;

import io.interrex.cluster.durability.Lsn;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Stops the server with a shutdown checkpoint and finds where that checkpoint ends. */
final class CleanStop {

    private static final Pattern TOTAL_LENGTH = Pattern.compile("len \\(rec/tot\\):\\s*\\d+/\\s*(\\d+)");
    private static final int ALIGNMENT = 8;
    private static final int SHORT_HEADER = 24;
    private static final int LONG_HEADER = 40;

    private final PostgresSettings settings;
    private final ServerProcess process;
    private final Tools tools;

    CleanStop(PostgresSettings settings, ServerProcess process, Tools tools) {
        this.settings = settings;
        this.process = process;
        this.tools = tools;
    }

    Lsn stop(Duration limit) throws Trouble {
        if (process.find() != null) {
            process.stopFast(limit);
        }
        ControlData control = ControlData.read(tools, settings, settings.data());
        if (!control.isClean()) {
            throw Trouble.unknown("the server is stopped, but its control file says '" + control.state()
                    + "': no shutdown checkpoint was written");
        }
        return control.isCleanStandby() ? control.reached() : end(control);
    }

    private Lsn end(ControlData control) throws Trouble {
        var output = tools.run(
                List.of(
                        settings.tool("pg_waldump"),
                        "--path=" + settings.data().resolve("pg_wal"),
                        "--start=" + control.checkpoint(),
                        "--limit=1",
                        segment(control.timeline(), control.checkpoint(), control.walSegmentBytes())),
                settings.limits().tool());
        Matcher length = TOTAL_LENGTH.matcher(output.text());
        if (!output.text().contains("CHECKPOINT_SHUTDOWN") || !length.find()) {
            throw Trouble.unknown(
                    "the shutdown checkpoint at " + control.checkpoint() + " cannot be read: " + output.lastLines(2));
        }
        return endOf(
                control.checkpoint(),
                Integer.parseInt(length.group(1)),
                control.walBlockBytes(),
                control.walSegmentBytes());
    }

    /**
     * The file that holds a position. Without its name pg_waldump takes the size of segments from the first file that it comes
     * upon, which may be one that was made in advance and holds zeros.
     */
    static String segment(int timeline, Lsn at, int segmentBytes) {
        long number = at.value() / segmentBytes;
        long perLog = (1L << 32) / segmentBytes;
        return "%08X%08X%08X".formatted(timeline, number / perLog, number % perLog);
    }

    /** The position behind a record, page headers in between included, padded as PostgreSQL pads it. */
    static Lsn endOf(Lsn start, int bytes, int blockBytes, int segmentBytes) {
        long at = start.value();
        long left = (bytes + ALIGNMENT - 1L) / ALIGNMENT * ALIGNMENT;
        while (left > 0) {
            if (at % blockBytes == 0) {
                at += at % segmentBytes == 0 ? LONG_HEADER : SHORT_HEADER;
            }
            long room = blockBytes - at % blockBytes;
            long taken = Math.min(room, left);
            at += taken;
            left -= taken;
        }
        return new Lsn(at);
    }
}
