package io.interrex.lab;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a {@link DirectProber} as a process, to be started on a host of the laboratory. */
@Command(
        name = "direct-prober",
        mixinStandardHelpOptions = true,
        description = {
            "Writes to every member directly and says who accepted when, and whether two did at the same time.",
            "Commands on standard input, answered in lines of JSON:",
            "  spans                 who accepted, from when to when (System.nanoTime)",
            "  conflicts             writes that one member accepted while another did: must be none",
            "  failures              why each member did not accept the last time that it did not",
            "  stop                  or the end of the input"
        })
final class DirectProberCommand implements Callable<Integer> {
    @Mixin
    private ProbeOptions options = new ProbeOptions();

    @Option(names = "--json", description = "Answers are lines of JSON; there is no other form.")
    private boolean json;

    @Option(names = "--member", required = true, description = "Once per member: NAME=HOST:PORT.")
    private Map<String, String> members = Map.of();

    @Override
    public Integer call() throws IOException {
        var lines = new JsonLines(System.out);
        var targets = new TreeMap<String, ProbeTarget>();
        members.forEach((member, address) -> targets.put(member, options.target(address)));
        try (var prober = DirectProber.start(targets, options.over(ProbeSettings.direct(options.run())))) {
            lines.tell("started", Map.of("nowNanos", System.nanoTime(), "json", json));
            lines.serve(System.in, words -> answer(prober, lines, words));
            lines.tell("stopped", prober.accepted().conflicts());
        }
        return 0;
    }

    private static void answer(DirectProber prober, JsonLines lines, List<String> words) {
        switch (words.getFirst()) {
            case "spans" -> lines.tell("spans", prober.accepted().spans());
            case "conflicts" -> lines.tell("conflicts", prober.accepted().conflicts());
            case "failures" -> lines.tell("failures", prober.lastFailures());
            default -> throw new IllegalArgumentException("no such command; see --help");
        }
    }
}
