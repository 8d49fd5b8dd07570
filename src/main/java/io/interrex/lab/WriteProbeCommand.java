package io.interrex.lab;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a {@link WriteProbe} as a process, to be started on a host of the laboratory. */
@Command(
        name = "write-probe",
        mixinStandardHelpOptions = true,
        description = {
            "Writes through a router, all the time, and says how long nobody could and what was lost.",
            "Times are System.nanoTime, the same for all processes of a machine. Tells 'started', 'ready' at the first",
            "acknowledged write, 'outage' when one is over. Commands on standard input, answered in lines of JSON:",
            "  counts                what happened so far",
            "  await N MS            whether N further writes are acknowledged within MS milliseconds",
            "  outage FROM TO        longest time without an acknowledged write touching this window",
            "  verify HOST:PORT      compares with what that server holds: lost and duplicate rows",
            "  stop                  or the end of the input"
        })
final class WriteProbeCommand implements Callable<Integer> {
    private static final Duration VERIFY_MAX = Duration.ofSeconds(30);

    @Mixin
    private ProbeOptions options = new ProbeOptions();

    @Option(names = "--json", description = "Answers are lines of JSON; there is no other form.")
    private boolean json;

    @Option(names = "--to", required = true, description = "The router's write port: HOST:PORT.")
    private String to = "";

    @Option(
            names = "--create-max-ms",
            defaultValue = "60000",
            description = "Waits so long for a primary at the start.")
    private long createMaxMs;

    @Option(names = "--tell-from-ms", defaultValue = "100", description = "Tells outages at least as long.")
    private long tellFromMs;

    @Override
    public Integer call() throws IOException {
        var lines = new JsonLines(System.out);
        try (var probe = WriteProbe.start(
                options.target(to),
                options.over(ProbeSettings.client(options.run())),
                Duration.ofMillis(createMaxMs),
                Duration.ofMillis(tellFromMs),
                outage -> lines.tell("outage-over", JsonLines.fields(outage)))) {
            lines.tell("started", Map.of("nowNanos", System.nanoTime(), "json", json));
            Thread.ofVirtual().start(() -> tellReady(probe, lines));
            lines.serve(System.in, words -> answer(probe, lines, words));
            lines.tell("stopped", probe.counts());
        }
        return 0;
    }

    private void answer(WriteProbe probe, JsonLines lines, List<String> words) {
        switch (words.getFirst()) {
            case "counts" -> lines.tell("counts", probe.counts());
            case "await" -> lines.tell("awaited", await(probe, words.get(1), words.get(2)));
            case "outage" ->
                lines.tell(
                        "outage",
                        JsonLines.fields(
                                probe.longestOutage(Long.parseLong(words.get(1)), Long.parseLong(words.get(2)))));
            case "verify" -> lines.tell("verified", probe.verify(options.target(words.get(1)), VERIFY_MAX));
            default -> throw new IllegalArgumentException("no such command; see --help");
        }
    }

    private static boolean await(WriteProbe probe, String further, String maxMs) {
        try {
            return probe.awaitAcknowledged(Long.parseLong(further), Duration.ofMillis(Long.parseLong(maxMs)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void tellReady(WriteProbe probe, JsonLines lines) {
        if (await(probe, "1", Long.toString(Duration.ofDays(1).toMillis()))) {
            lines.tell("ready", Map.of("nowNanos", System.nanoTime()));
        }
    }
}
