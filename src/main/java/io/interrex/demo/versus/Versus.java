package io.interrex.demo.versus;

import io.interrex.demo.versus.Rival.Setting;
import io.interrex.lab.LabException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Measures other systems, one after the other, by the faults of {@code deploy/bench}. */
public final class Versus {

    private static final int FAILURES_MAX = 2;

    private final List<Rival> rivals;
    private final List<String> missing = new ArrayList<>();

    private Versus(List<Rival> rivals) {
        this.rivals = rivals;
    }

    /**
     * What one system did, in one kind of settings.
     *
     * @param results by the fault's word
     */
    public record Column(String title, Map<String, List<PeerResult>> results) {}

    /** @param names comma-separated; empty: none */
    public static Versus of(String names) {
        return new Versus(Arrays.stream(names.split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .map(name -> Rival.of(name)
                        .orElseThrow(() ->
                                new LabException("there is no system '" + name + "'; there are " + Rival.words())))
                .toList());
    }

    public boolean isEmpty() {
        return rivals.isEmpty();
    }

    /** What could not be measured, and why. */
    public List<String> missing() {
        return List.copyOf(missing);
    }

    /** @param words of the faults; those that cannot be told to another system are left out */
    public List<Column> run(List<String> words, int runs, PrintStream out) {
        List<PeerFault> faults =
                words.stream().map(PeerFault::of).flatMap(Optional::stream).toList();
        var columns = new ArrayList<Column>();
        for (Rival rival : rivals) {
            try {
                rival.require();
                for (Setting setting : rival.settings()) {
                    columns.add(column(setting, faults, runs, out));
                }
            } catch (LabException e) {
                missed(rival.word(), e, out);
            }
        }
        return columns;
    }

    private Column column(Setting setting, List<PeerFault> faults, int runs, PrintStream out) {
        var results = new LinkedHashMap<String, List<PeerResult>>();
        for (boolean witnesses : List.of(false, true)) {
            var left = new ArrayList<>(faults.stream()
                    .filter(fault -> fault.needsWitnesses() == witnesses && runs > 0)
                    .toList());
            measureAll(setting, left, runs, results, out);
        }
        return new Column(setting.title(), results);
    }

    /** A fault that fails twice is given up, and so is a system that does not start twice. */
    private void measureAll(
            Setting setting, List<PeerFault> left, int runs, Map<String, List<PeerResult>> results, PrintStream out) {
        int starts = 0;
        int failures = 0;
        while (!left.isEmpty() && starts < FAILURES_MAX) {
            out.println("\n" + setting.title() + ": starting");
            Peer started;
            try {
                started = started(setting, left.getFirst());
            } catch (LabException e) {
                starts++;
                missed(setting.title(), e, out);
                continue;
            }
            try (Peer peer = started) {
                measure(peer, left, runs, results, out);
            } catch (LabException e) {
                failures++;
                missed(
                        setting.title()
                                + left.stream()
                                        .findFirst()
                                        .map(at -> ", " + at.word())
                                        .orElse(""),
                        e,
                        out);
                if (failures == FAILURES_MAX && !left.isEmpty()) {
                    left.removeFirst();
                    failures = 0;
                }
            }
        }
    }

    private static Peer started(Setting setting, PeerFault first) {
        Peer peer = setting.create().apply(first);
        try {
            peer.start();
            return peer;
        } catch (LabException e) {
            peer.close();
            throw e;
        }
    }

    /** Ends when all is done, and where the system does not come back: then the next begins with a new one. */
    private static void measure(
            Peer peer, List<PeerFault> left, int runs, Map<String, List<PeerResult>> results, PrintStream out) {
        try (PeerTrial trial = PeerTrial.begin(peer)) {
            while (!left.isEmpty()) {
                PeerFault fault = left.getFirst();
                List<PeerResult> done = results.computeIfAbsent(fault.word(), none -> new ArrayList<>());
                PeerResult result = trial.run(fault);
                done.add(result);
                out.println("  " + line(fault, done.size(), runs, result));
                if (done.size() >= runs) {
                    left.removeFirst();
                }
                if (!result.whole()) {
                    return;
                }
            }
        }
    }

    private static String line(PeerFault fault, int number, int runs, PeerResult result) {
        String outage = result.outage() == null
                ? "never within " + PeerTrial.NEVER_AFTER.toSeconds() + " s"
                : String.format(Locale.ROOT, "%.2f s", result.outage().toMillis() / 1000.0);
        return String.format(
                Locale.ROOT,
                "%-10s %2d/%d  outage %s, lost %s, two writers %d%s",
                fault.word(),
                number,
                runs,
                outage,
                result.lost() == null ? "unknown" : result.lost().toString(),
                result.twoWriters(),
                result.whole() ? "" : ", not whole again: started anew");
    }

    private void missed(String what, LabException why, PrintStream out) {
        String line = what + ": " + why.getMessage();
        missing.add(line);
        out.println("  FAILED " + line);
    }
}
