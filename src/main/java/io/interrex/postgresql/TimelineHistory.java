package io.interrex.postgresql;

import io.interrex.cluster.durability.Lsn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A timeline's history file: which timelines came before it, and where each was left. Oldest first. */
record TimelineHistory(List<Switch> switches) {

    private static final String FILE_NAME = "[0-9A-F]{8}\\.history";

    record Switch(int timeline, Lsn at) {}

    TimelineHistory {
        switches = List.copyOf(switches);
    }

    static TimelineHistory parse(String text) throws Trouble {
        var switches = new ArrayList<Switch>();
        for (String line : text.lines().map(String::strip).toList()) {
            if (!line.isEmpty() && !line.startsWith("#")) {
                String[] words = line.split("\\s+", 3);
                if (words.length < 2) {
                    throw Trouble.unknown("not a line of a timeline history: '" + line + "'");
                }
                try {
                    switches.add(new Switch(Integer.parseInt(words[0]), Lsn.parse(words[1])));
                } catch (IllegalArgumentException e) {
                    throw Trouble.unknown("not a line of a timeline history: '" + line + "'");
                }
            }
        }
        return new TimelineHistory(switches);
    }

    /**
     * The timeline of the record that ends at {@code lsn}. The control file's lags behind replay; the newest history in the
     * server's directory is the one that its recovery goes along.
     *
     * @param known what the server says of itself
     */
    static int reached(Path data, Lsn lsn, int known) throws Trouble {
        Path wal = data.resolve("pg_wal");
        try (var files = Files.list(wal)) {
            Optional<Path> newest = files.filter(
                            file -> file.getFileName().toString().matches(FILE_NAME))
                    .max(Comparator.comparing(file -> file.getFileName().toString()));
            if (newest.isEmpty()) {
                return known;
            }
            int target = Integer.parseUnsignedInt(
                    newest.get().getFileName().toString().substring(0, 8), 16);
            return Math.max(known, parse(Files.readString(newest.get())).timelineAt(lsn, target));
        } catch (IOException | UncheckedIOException e) {
            throw Trouble.unknown("reading the timeline histories in " + wal + ": " + e);
        }
    }

    private int timelineAt(Lsn lsn, int target) {
        return switches.stream()
                .filter(s -> s.at().isAtLeast(lsn))
                .mapToInt(Switch::timeline)
                .findFirst()
                .orElse(target);
    }

    Lsn lastSwitch() {
        return switches.isEmpty() ? Lsn.ZERO : switches.getLast().at();
    }

    /** Where {@code timeline} was left, empty where it is not among the predecessors. */
    Optional<Lsn> leftAt(int timeline) {
        return switches.stream()
                .filter(s -> s.timeline() == timeline)
                .map(Switch::at)
                .findFirst();
    }
}
