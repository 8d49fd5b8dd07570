package io.interrex.postgresql;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.DatabaseStatus.Process;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks at one server: its process first, then by SQL, then at its files. Used by one thread. */
final class StatusProbe {

    private static final int OLDEST_VERSION = 14;

    private final PostgresSettings settings;
    private final ServerConfiguration configuration;
    private final ServerProcess process;
    private final Tools tools;
    private final Session session;
    private @Nullable Control lastControl;
    private @Nullable Overrides lastOverrides;

    private record Control(FileTime modified, ControlData data) {}

    private record Overrides(FileTime modified, List<String> names) {}

    StatusProbe(
            PostgresSettings settings,
            ServerConfiguration configuration,
            ServerProcess process,
            Tools tools,
            Session session) {
        this.settings = settings;
        this.configuration = configuration;
        this.process = process;
        this.tools = tools;
        this.session = session;
    }

    DatabaseStatus look() {
        try {
            if (Files.exists(settings.incomplete())) {
                return bare(
                        Process.INCOMPLETE,
                        "the data directory is incomplete: "
                                + Files.readString(settings.incomplete()).strip() + "; it must be cloned anew");
            }
            var postmaster = process.find();
            return postmaster == null ? stopped() : running(postmaster);
        } catch (Trouble e) {
            return bare(Process.HUNG, e.text());
        } catch (IOException e) {
            return bare(Process.HUNG, "looking at " + settings.home() + ": " + e);
        }
    }

    /** What to say where no look ended in time. */
    DatabaseStatus late(Duration limit) {
        return bare(Process.HUNG, "looking at the server took longer than " + limit.toMillis() + " ms");
    }

    private DatabaseStatus running(ServerProcess.Postmaster postmaster) throws IOException {
        if (postmaster.frozen()) {
            return bare(Process.HUNG, "the postmaster (process " + postmaster.pid() + ") is stopped by a signal");
        }
        long begin = System.nanoTime();
        try {
            ServerFacts facts = ServerFacts.read(session, settings.limits().status());
            int timeline = facts.standby() && !facts.receiving()
                    ? TimelineHistory.reached(settings.data(), facts.replayed(), facts.timeline())
                    : facts.timeline();
            return answered(facts, timeline, Duration.ofNanos(System.nanoTime() - begin));
        } catch (Trouble e) {
            return switch (e.sqlState()) {
                case "57P03" -> bare(Process.STARTING, e.text());
                case "28P01", "28000", "53300", "3D000", "42P01", "42501" -> bare(Process.STARTING, e.text());
                default ->
                    e.isTimeout() || !postmaster.status().equals("starting")
                            ? bare(Process.HUNG, e.text())
                            : bare(Process.STARTING, e.text());
            };
        }
    }

    private DatabaseStatus answered(ServerFacts facts, int timeline, Duration took) throws IOException {
        String upstream = null;
        String problem = problemOf(facts);
        try {
            var configured = configuration.role().upstream();
            upstream = configured == null ? null : configured.member();
        } catch (Trouble e) {
            problem = e.text();
        }
        return new DatabaseStatus(
                facts.standby() ? Process.STANDBY : Process.PRIMARY,
                facts.startedAtMs(),
                facts.systemId(),
                timeline,
                facts.lsn(),
                facts.replayed(),
                facts.receiving(),
                upstream,
                facts.epoch(),
                facts.uuid(),
                facts.syncNames(),
                facts.senders(),
                false,
                free(),
                facts.version(),
                took,
                problem);
    }

    private @Nullable String problemOf(ServerFacts facts) throws IOException {
        List<String> overrides = overrides();
        if (!overrides.isEmpty()) {
            return "ALTER SYSTEM decides " + String.join(", ", overrides)
                    + ", which belong to Interrex: ALTER SYSTEM RESET them";
        }
        if (facts.version() / 10_000 < OLDEST_VERSION) {
            return "PostgreSQL " + facts.version() / 10_000 + " is too old: " + OLDEST_VERSION + " is the oldest";
        }
        return null;
    }

    private List<String> overrides() throws IOException {
        Path file = settings.data().resolve("postgresql.auto.conf");
        if (!Files.exists(file)) {
            return List.of();
        }
        FileTime modified = Files.getLastModifiedTime(file);
        Overrides known = lastOverrides;
        if (known == null || !known.modified().equals(modified)) {
            known = new Overrides(modified, ServerConfiguration.overridesIn(Files.readString(file)));
            lastOverrides = known;
        }
        return known.names();
    }

    /** No process has its working directory here. */
    private DatabaseStatus stopped() throws IOException {
        try {
            return examined();
        } catch (Trouble e) {
            return bare(Process.STOPPED, e.text());
        }
    }

    private DatabaseStatus examined() throws IOException, Trouble {
        Path data = settings.data();
        if (!Files.exists(data) || isEmpty(data)) {
            return bare(Process.ABSENT, null);
        }
        if (!Files.exists(data.resolve("global").resolve("pg_control"))) {
            return bare(
                    Process.INCOMPLETE,
                    data + " holds no control file: it is no whole data directory, or this user cannot read it");
        }
        ControlData control = control();
        var configured = configuration.role().upstream();
        return new DatabaseStatus(
                Process.STOPPED,
                0,
                control.systemId(),
                control.reachedTimeline(),
                control.reached(),
                control.reached(),
                false,
                configured == null ? null : configured.member(),
                0,
                null,
                "",
                List.of(),
                control.isClean(),
                free(),
                versionOfData(),
                null,
                null);
    }

    private ControlData control() throws IOException, Trouble {
        FileTime modified =
                Files.getLastModifiedTime(settings.data().resolve("global").resolve("pg_control"));
        Control known = lastControl;
        if (known == null || !known.modified().equals(modified)) {
            known = new Control(modified, ControlData.read(tools, settings, settings.data()));
            lastControl = known;
        }
        return known.data();
    }

    private int versionOfData() throws IOException {
        String text = DurableFiles.readIfThere(settings.data().resolve("PG_VERSION"));
        return text == null || !text.strip().matches("[0-9]{2}") ? 0 : Integer.parseInt(text.strip()) * 10_000;
    }

    private DatabaseStatus bare(Process seen, @Nullable String problem) {
        return new DatabaseStatus(
                seen, 0, null, 0, Lsn.ZERO, Lsn.ZERO, false, null, 0, null, "", List.of(), false, free(), 0, null,
                problem);
    }

    /** WAL is often on a disk of its own, behind a link. */
    private long free() {
        Path data = settings.data();
        Path wal = data.resolve("pg_wal");
        long left = free(Files.exists(data) ? data : settings.home());
        return Files.exists(wal) ? Math.min(left, free(wal)) : left;
    }

    /** Zero is also what the JDK says where it cannot tell. */
    private static long free(Path place) {
        long left = place.toFile().getUsableSpace();
        return left > 0 || place.toFile().getTotalSpace() > 0 ? left : -1;
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (var entries = Files.list(directory)) {
            return entries.findAny().isEmpty();
        }
    }
}
