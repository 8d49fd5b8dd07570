package io.interrex.demo;

import java.util.List;
import java.util.Locale;

/** Smallest, median and largest of some values. */
record Figures(int count, double min, double median, double max) {

    static Figures of(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        if (sorted.isEmpty()) {
            return new Figures(0, Double.NaN, Double.NaN, Double.NaN);
        }
        int half = sorted.size() / 2;
        double median = sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
        return new Figures(sorted.size(), sorted.getFirst(), median, sorted.getLast());
    }

    /** Three cells of a Markdown table. */
    String cells(String format) {
        return count == 0
                ? "- | - | -"
                : String.format(Locale.ROOT, format + " | " + format + " | " + format, min, median, max);
    }
}
