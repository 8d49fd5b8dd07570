package io.interrex.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Starts an installation and shows how far it is. */
final class StartUp {

    private static final Duration LIMIT = Duration.ofSeconds(180);

    private StartUp() {}

    /** Returns when the group is whole. */
    static Sight run(Installation installation, PrintStream out) {
        long startNs = System.nanoTime();
        installation.startAll();
        List<String> witnesses = installation.layout().witnesses();
        out.println("started %d nodes: a, b, c with a PostgreSQL each, app with the router%s"
                .formatted(
                        installation.hosts().size(),
                        witnesses.isEmpty() ? "" : ", " + String.join(" and ", witnesses) + " with a voter only"));
        var shown = new String[] {""};
        Sight whole = Waiting.until(
                "that the group is whole",
                LIMIT,
                () -> {
                    installation.requireAlive();
                    Optional<Sight> first =
                            installation.sights().stream().max(java.util.Comparator.comparingLong(Sight::version));
                    String now = first.map(sight -> sight.streaming().size() + " of 2 standbys stream; "
                                    + (sight.isWritable() ? "writable" : "not writable yet"))
                            .orElse("no node answers yet");
                    if (!now.equals(shown[0])) {
                        shown[0] = now;
                        out.printf(
                                "  %4d s  %s%n",
                                Duration.ofNanos(System.nanoTime() - startNs).toSeconds(), now);
                    }
                    return first.filter(sight -> sight.missing().isEmpty());
                },
                installation::shortfall);
        installation.awaitWhole(LIMIT);
        out.printf(
                "whole after %s: primary %s, standbys %s%n",
                TrialResult.seconds(Duration.ofNanos(System.nanoTime() - startNs)),
                whole.primary(),
                String.join(" and ", whole.streaming()));
        return whole;
    }
}
