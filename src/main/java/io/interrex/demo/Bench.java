package io.interrex.demo;

import io.interrex.demo.versus.Versus;
import io.interrex.lab.LabException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The program behind {@code deploy/bench}: breaks each thing many times and prints what clients saw, as a table. */
@Command(
        name = "deploy/bench",
        mixinStandardHelpOptions = true,
        description = {
            "Measures the write outage of each fault, seen by a client that writes every 10 ms through the router with short",
            "deadlines and fresh connections every 0.1 s; then what idle nodes cost, and how long a start takes."
        })
public final class Bench implements Callable<Integer> {

    private static final int FAILURES_MAX = 3;

    /** No second outage when a fault ends, and everything is as before in so much time, without a person. */
    private static final Duration AT_MENDING_MAX = Duration.ofMillis(300);

    private static final Duration WHOLE_MAX = Duration.ofSeconds(15);

    @Mixin
    private DemoOptions options = new DemoOptions();

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "10",
            description = "Of each fault; 0: only the cost of idle nodes. Default: 10.")
    private int runs;

    @Option(names = "--no-idle", description = "Leaves out the cost of idle nodes and the time of a start.")
    private boolean noIdle;

    @Option(
            names = "--versus",
            paramLabel = "NAME,…",
            defaultValue = "",
            description = "Measures these systems too, and puts all in one table: patroni, pg_auto_failover.")
    private String versus = "";

    private final PrintStream out = Demo.console();
    private final Map<FaultKind, List<TrialResult>> results = new EnumMap<>(FaultKind.class);
    private final List<String> failures = new ArrayList<>();
    private final List<String> idle = new ArrayList<>();
    private final List<String> tooDear = new ArrayList<>();

    public static void main(String[] arguments) {
        System.exit(Demo.run(new Bench(), arguments));
    }

    @Override
    public Integer call() {
        DemoSettings settings = options.settings(false, Demo.userId());
        Versus others = Versus.of(versus);
        List<FaultKind> faults = runs == 0 ? List.of() : options.faults(FaultKind.MEASURED);
        for (FaultKind fault : faults) {
            results.put(fault, new ArrayList<>());
        }
        var byLayout = new LinkedHashMap<Layout, List<FaultKind>>();
        byLayout.put(Layout.USUAL, new ArrayList<>());
        faults.forEach(fault -> byLayout.computeIfAbsent(fault.layout(), none -> new ArrayList<>())
                .add(fault));
        byLayout.forEach((layout, those) -> {
            // a run that failed ends its installation; a new one goes on where it stopped
            boolean costs = !noIdle && layout.equals(Layout.USUAL);
            boolean more = costs || !those.isEmpty();
            while (more && failures.size() < FAILURES_MAX) {
                more = !session(settings.with(layout), those, costs);
            }
        });
        if (!noIdle && failures.isEmpty()) {
            costOf(settings.withProfile("default"));
        }
        List<Versus.Column> columns =
                others.run(faults.stream().map(FaultKind::word).toList(), runs, out);
        report(settings, faults);
        if (!others.isEmpty()) {
            compare(settings, others, columns);
        }
        return verdict().exitCode();
    }

    /** Whether all runs are done. */
    private boolean session(DemoSettings settings, List<FaultKind> faults, boolean costs) {
        try (Installation installation = Demo.prepare(settings)) {
            StartUp.run(installation, out);
            try (EventFeed feed = EventFeed.start(installation, event -> {});
                    Client client = Client.start(installation, outage -> {})) {
                var trial = new Trial(installation, feed, client, options.patience());
                for (FaultKind fault : faults) {
                    runAll(installation, trial, fault);
                }
            }
            if (costs) {
                cost(installation, settings.profile());
            }
            return true;
        } catch (DemoException | LabException e) {
            failures.add(String.valueOf(e.getMessage()));
            out.println("  FAILED " + e.getMessage());
            return false;
        }
    }

    private void runAll(Installation installation, Trial trial, FaultKind fault) {
        List<TrialResult> done = results.computeIfAbsent(fault, none -> new ArrayList<>());
        if (!installation.canShow(fault.needs())) {
            out.println("  " + fault.title() + ": cannot be shown here: "
                    + installation.lab().limitation());
            return;
        }
        while (done.size() < runs) {
            TrialResult result = trial.run(fault);
            done.add(result);
            out.printf(
                    Locale.ROOT,
                    "  %-10s %2d/%d  outage %s, at mending %s, whole %s later, lost %d, two writers %d%n",
                    fault.word(),
                    done.size(),
                    runs,
                    TrialResult.seconds(result.outage()),
                    TrialResult.seconds(result.outageAtMending()),
                    TrialResult.seconds(result.mended()),
                    result.lost(),
                    result.twoWriters());
        }
    }

    private void costOf(DemoSettings settings) {
        try (Installation installation = Demo.prepare(settings)) {
            StartUp.run(installation, out);
            cost(installation, settings.profile());
        } catch (DemoException | LabException e) {
            failures.add(String.valueOf(e.getMessage()));
        }
    }

    private void cost(Installation installation, String profile) {
        out.println("  measuring idle nodes, profile " + profile);
        for (Idle.Cost cost : Idle.measure(installation)) {
            row("resident memory of " + cost.role() + ", MiB", profile, 300, cost.rssMiB(), "%.0f");
            double cpuMax = profile.equals("fast") ? 6 : 4;
            row("CPU of " + cost.role() + ", % of a core", profile, cpuMax, cost.cpuPercent(), "%.1f");
        }
        row("start of a node to readiness, s", profile, 5, Idle.startToReadiness(installation), "%.1f");
        Idle.Restarts restarts = Idle.ofThePrimary(installation);
        row("start of the primary's node to its first lease round, ms", profile, 1500, restarts.firstRoundMs(), "%.0f");
        line("| its restarts that led to a failover, `%s` | - | - | %d of %d | - |"
                .formatted(profile, restarts.failovers(), restarts.count()));
    }

    private void row(String what, String profile, double promised, Figures figures, String format) {
        line("| %s, `%s` | %.0f | %s |".formatted(what, profile, promised, figures.cells(format)));
        if (figures.count() > 0 && figures.median() > promised) {
            tooDear.add(String.format(
                    Locale.ROOT,
                    "%s, %s: the median of " + format + " is above %.0f",
                    what,
                    profile,
                    figures.median(),
                    promised));
        }
    }

    private void line(String row) {
        idle.add(row);
        out.println("  " + row);
    }

    /** A fault that was not made often enough was not shown. */
    private Verdict verdict() {
        int shown = (int)
                results.values().stream().filter(done -> done.size() >= runs).count();
        return new Verdict(shown, results.size(), broken());
    }

    private List<String> broken() {
        var broken = new ArrayList<String>();
        failures.forEach(failure -> broken.add("a run failed: " + failure));
        broken.addAll(tooDear);
        results.forEach((fault, done) -> {
            Figures outage = outage(done);
            above(broken, fault.title() + ": the median", outage.median(), fault.aim());
            above(
                    broken,
                    fault.title() + ": a second outage, at mending,",
                    worstAtMending(done).max(),
                    AT_MENDING_MAX);
            above(
                    broken,
                    fault.title() + ": the median until all was whole",
                    mended(done).median(),
                    WHOLE_MAX);
            done.forEach(result -> result.broken(fault.aim(), options.patience())
                    .forEach(promise -> broken.add(fault.title() + ": " + promise)));
        });
        return broken;
    }

    private void above(List<String> broken, String what, double seconds, Duration most) {
        if (seconds * 1000 > most.toMillis() * options.patience()) {
            broken.add(
                    String.format(Locale.ROOT, "%s of %.2f s is above %s", what, seconds, TrialResult.seconds(most)));
        }
    }

    private void compare(DemoSettings settings, Versus others, List<Versus.Column> columns) {
        out.println("\nWrite outage in seconds, median (smallest-largest):\n");
        VersusTable.lines(results, settings.profile(), columns).forEach(out::println);
        out.println();
        others.missing().forEach(line -> out.println("Not measured, or begun anew: " + line));
    }

    private static Figures outage(List<TrialResult> done) {
        return seconds(done, TrialResult::outage);
    }

    /** Where writes stop by design until the fault ends, that outage is the one that was promised. */
    private static Figures worstAtMending(List<TrialResult> done) {
        return seconds(
                done.stream().filter(result -> !result.kind().stopsWrites()).toList(), TrialResult::outageAtMending);
    }

    private static Figures mended(List<TrialResult> done) {
        return seconds(done, TrialResult::mended);
    }

    private static Figures seconds(List<TrialResult> done, Function<TrialResult, Duration> what) {
        return Figures.of(
                done.stream().map(what).map(time -> time.toMillis() / 1000.0).toList());
    }

    private static String title(FaultKind fault) {
        String profile = fault.layout().profile();
        String title = fault.title().replace("|", "\\|");
        return profile == null ? title : title + ", profile `" + profile + "`";
    }

    private void report(DemoSettings settings, List<FaultKind> faults) {
        out.println("\n`deploy/bench --runs " + runs + "`, profile `" + settings.profile() + "`, "
                + Runtime.getRuntime().availableProcessors()
                + " cores for everything. Write outage in seconds:\n");
        out.println(
                "| fault | promised | min | median | max | at mending, max | whole again after, median, max | rows lost | two writers | runs |");
        out.println("|---|---|---|---|---|---|---|---|---|---|");
        for (FaultKind fault : faults) {
            List<TrialResult> done = results.getOrDefault(fault, List.of());
            out.printf(
                    Locale.ROOT,
                    "| %s | %.1f | %s | %.2f | %.1f, %.1f | %d of %d | %d | %d |%n",
                    title(fault),
                    fault.aim().toMillis() / 1000.0,
                    outage(done).cells("%.2f"),
                    worstAtMending(done).max(),
                    mended(done).median(),
                    mended(done).max(),
                    done.stream().mapToInt(TrialResult::lost).max().orElse(0),
                    done.stream().mapToInt(TrialResult::acknowledged).max().orElse(0),
                    done.stream().mapToInt(TrialResult::twoWriters).max().orElse(0),
                    done.size());
        }
        if (!idle.isEmpty()) {
            out.println("\n| cost | promised | min | median | max |\n|---|---|---|---|---|");
            idle.forEach(out::println);
        }
        out.println();
        verdict().lines().forEach(out::println);
    }
}
