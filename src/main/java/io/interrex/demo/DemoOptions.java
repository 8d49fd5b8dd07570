package io.interrex.demo;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that the demo and the bench share. */
final class DemoOptions {

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "Everything is kept in it, and removed at the end. Default: /tmp/interrex-demo-UID.")
    private @Nullable Path directory;

    @Option(
            names = "--dist",
            paramLabel = "DIR",
            description = "The package to run. Default: the one that this program belongs to.")
    private @Nullable Path dist;

    @Option(
            names = "--from",
            paramLabel = "DIR",
            description =
                    "The package of an older release that the nodes run at the start: the fault 'rolling' upgrades them, one by one.")
    private @Nullable Path from;

    @Option(names = "--profile", paramLabel = "NAME", defaultValue = "fast", description = "Default: fast.")
    private String profile = "fast";

    @Option(
            names = "--only",
            paramLabel = "FAULT,…",
            description =
                    "Other faults than the usual ones: kill, host, power, cut, peers, switchover, replica, copy, leading,"
                            + " both, standbys, majority, agent, gone, upgrade, rolling, hang, stall, restart, disk, full, log.")
    private @Nullable String only;

    @Option(
            names = "--patience",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Takes outages up to N times as long for good, and waits so much longer, on a machine that does other things. Default: 1.")
    private int patience;

    int patience() {
        return patience;
    }

    DemoSettings settings(boolean keep, String uid) {
        Path wanted = directory;
        Path packaged = dist;
        String home = System.getProperty("interrex.home", "");
        if (packaged == null && home.isEmpty()) {
            throw new DemoException("which package? Name it with --dist");
        }
        if (keep && faults(List.of()).stream().anyMatch(fault -> fault.layout().smallDisks())) {
            throw new DemoException("the disks of the faults 'disk' and 'full' are in memory: leave --keep out");
        }
        return new DemoSettings(
                wanted == null ? Path.of("/tmp", "interrex-demo-" + uid) : wanted,
                packaged == null ? Path.of(home) : packaged,
                from,
                profile,
                System.getenv().getOrDefault("PG_BIN", "auto"),
                keep,
                Layout.USUAL);
    }

    List<FaultKind> faults(List<FaultKind> otherwise) {
        String words = only;
        return words == null
                ? otherwise
                : Arrays.stream(words.split(",")).map(FaultKind::of).toList();
    }
}
