package io.interrex.demo;

import io.interrex.demo.versus.PeerResult;
import io.interrex.demo.versus.Versus.Column;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Puts Interrex's figures and those of other systems side by side, as a Markdown table. */
final class VersusTable {

    private VersusTable() {}

    static List<String> lines(Map<FaultKind, List<TrialResult>> own, String profile, List<Column> others) {
        var lines = new ArrayList<String>();
        lines.add("| fault | Interrex, " + profile + " | "
                + String.join(" | ", others.stream().map(Column::title).toList()) + " |");
        lines.add("|---|---|" + "---|".repeat(others.size()));
        own.forEach((fault, done) -> {
            List<String> cells = others.stream()
                    .map(column -> cell(column.results().getOrDefault(fault.word(), List.of())))
                    .toList();
            if (cells.stream().anyMatch(cell -> !cell.equals("-"))) {
                lines.add("| " + fault.title().replace("|", "\\|") + " | " + cell(asPeers(done)) + " | "
                        + String.join(" | ", cells) + " |");
            }
        });
        return lines;
    }

    private static List<PeerResult> asPeers(List<TrialResult> done) {
        return done.stream()
                .map(result -> new PeerResult(result.outage(), result.lost(), result.twoWriters(), true))
                .toList();
    }

    /** Median (smallest-largest) of those that served again, and whatever else must be known. */
    static String cell(List<PeerResult> done) {
        if (done.isEmpty()) {
            return "-";
        }
        var said = new ArrayList<String>();
        List<Double> seconds = done.stream()
                .flatMap(result -> Stream.ofNullable(result.outage()))
                .map(Duration::toMillis)
                .map(ms -> ms / 1000.0)
                .toList();
        if (!seconds.isEmpty()) {
            Figures figures = Figures.of(seconds);
            said.add(String.format(Locale.ROOT, "%.2f (%.2f-%.2f)", figures.median(), figures.min(), figures.max()));
        }
        int never = done.size() - seconds.size();
        if (never > 0) {
            said.add("never in " + never + " of " + done.size());
        }
        count(said, "lost in %d of %d, at most " + most(done), done, result -> lost(result) > 0);
        count(said, "two writers in %d of %d", done, result -> result.twoWriters() > 0);
        count(said, "not back by itself in %d of %d", done, result -> !result.whole());
        return String.join("; ", said);
    }

    private static void count(List<String> said, String words, List<PeerResult> done, Predicate<PeerResult> which) {
        long found = done.stream().filter(which).count();
        if (found > 0) {
            said.add(words.formatted(found, done.size()));
        }
    }

    private static int most(List<PeerResult> done) {
        return done.stream().mapToInt(VersusTable::lost).max().orElse(0);
    }

    private static int lost(PeerResult result) {
        Integer lost = result.lost();
        return lost == null ? 0 : lost;
    }
}
