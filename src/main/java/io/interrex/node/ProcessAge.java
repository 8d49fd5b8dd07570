package io.interrex.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Tells how old this process is, its launcher script and the start of the JVM included. proc(5): the 22nd field of stat is its start,
 * in hundredths of a second since boot, as uptime counts; {@link ProcessHandle} is wrong by up to a second.
 */
final class ProcessAge {

    private static final int FIELDS_AFTER_NAME = 19;

    private ProcessAge() {}

    /** To the nearest 10 ms; −1 where /proc cannot be read. */
    static long ms() {
        try {
            Path proc = Path.of("/proc");
            return ms(Files.readString(proc.resolve("uptime")), Files.readString(proc.resolve("self/stat")));
        } catch (IOException e) {
            return -1;
        }
    }

    static long ms(String uptime, String stat) {
        List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
        double aliveS =
                Double.parseDouble(uptime.split(" ", 2)[0]) - Long.parseLong(fields.get(FIELDS_AFTER_NAME)) / 100.0;
        return Math.round(aliveS * 1000);
    }
}
