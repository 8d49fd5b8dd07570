package io.interrex.postgresql;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.port.Database.Upstream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * Replaces the data directory by a copy of the upstream's. The copy is made aside and takes its place by renames; a marker
 * file names the work while it lasts, so that what an interrupted one leaves is never started.
 */
final class Cloning {

    private final PostgresSettings settings;
    private final ServerConfiguration configuration;
    private final ServerProcess process;
    private final Tools tools;
    private final Starter starter;
    private final OwnPast ownPast;
    private final IntSupplier kills;
    private final DivergentWal divergentWal;
    private final CopyProgress progress;

    /** @param kills how often somebody had the server killed: then nothing is started any more */
    Cloning(
            PostgresSettings settings,
            ServerConfiguration configuration,
            ServerProcess process,
            Tools tools,
            Starter starter,
            OwnPast ownPast,
            IntSupplier kills,
            DivergentWal divergentWal,
            CopyProgress progress) {
        this.settings = settings;
        this.configuration = configuration;
        this.process = process;
        this.tools = tools;
        this.starter = starter;
        this.ownPast = ownPast;
        this.kills = kills;
        this.divergentWal = divergentWal;
        this.progress = progress;
    }

    /** @param source whose data are copied; {@code upstream}, the primary, is what the member's own are compared with */
    void from(Upstream upstream, Upstream source) throws Trouble {
        process.requireStopped("cloning");
        new StrayTools(settings).end();
        long bytes = new ClonePreconditions(settings, tools).require(upstream, source);
        keepWal(upstream, bytes);
        configuration.writePassFile();
        try {
            DurableFiles.write(
                    settings.incomplete(),
                    "a clone from member " + source.member() + " was begun and not finished\n",
                    DurableFiles.SECRET);
            DurableFiles.deleteTree(settings.staging());
            copy(source);
            takePlace();
            configuration.write(ServerRole.standby(upstream));
            starter.signalFile(true);
            DurableFiles.delete(settings.incomplete());
            DurableFiles.deleteTree(settings.replaced());
        } catch (IOException e) {
            throw Trouble.of("cloning member " + settings.member() + " from " + source.member(), e);
        }
    }

    /**
     * What an interrupted clone or rewind left was kept before that one began. Data that does not start still has its WAL: all
     * of it is kept.
     */
    private void keepWal(Upstream upstream, long bytes) throws Trouble {
        if (!Files.exists(settings.data().resolve("global").resolve("pg_control"))
                || Files.exists(settings.incomplete())) {
            return;
        }
        Divergence.Past theirs = past(upstream);
        int killsBefore = kills.getAsInt();
        OwnPast.Own own;
        String unread = "";
        try {
            own = ownPast.read();
        } catch (Trouble e) {
            if (kills.getAsInt() != killsBefore) {
                throw e;
            }
            process.requireStopped("cloning");
            ControlData control = ControlData.read(tools, settings, settings.data());
            unread = e.text();
            own = new OwnPast.Own(
                    control.systemId(),
                    new Divergence.Past(control.reachedTimeline(), List.of(), DivergentWal.END_UNKNOWN));
        }
        divergentWal.keep(own, theirs, new DivergentWal.Reason("clone", upstream, unread, bytes));
    }

    private Divergence.Past past(Upstream upstream) throws Trouble {
        var limit = settings.limits().sql();
        var target = new Session.Target(
                upstream.host(), upstream.port(), PostgresSettings.DATABASE, PostgresSettings.REWIND_ROLE, "clone");
        try (var session = new Session(target, new Secrets(settings.secrets()))) {
            return new Divergence.Past(
                    session.one(
                            limit,
                            "select ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int",
                            row -> row.getInt(1)),
                    session.one(limit, Markers.LINEAGE, Markers::reigns),
                    session.one(limit, "select pg_current_wal_flush_lsn()::text", row -> Lsn.parse(row.getString(1))));
        }
    }

    private void copy(Upstream source) throws Trouble {
        var argv = new ArrayList<>(List.of(
                settings.tool("pg_basebackup"),
                "--pgdata=" + settings.staging(),
                "--wal-method=stream",
                "--checkpoint=fast",
                "--progress",
                "--no-password",
                "--dbname=host=" + source.host() + " port=" + source.port() + " user="
                        + PostgresSettings.REPLICATION_ROLE
                        + " application_name=interrex-clone connect_timeout=5 keepalives_idle=5 keepalives_interval=2"
                        + " keepalives_count=3 tcp_user_timeout=15000 gssencmode=disable"));
        if (settings.cloneRateKiB() > 0) {
            argv.add("--max-rate=" + settings.cloneRateKiB());
        }
        var output = tools.run(
                argv,
                Map.of("PGPASSFILE", settings.passFile().toString()),
                "",
                settings.limits().copy(),
                line -> progress.told(line, System.nanoTime()));
        if (output.exit() != 0) {
            throw Trouble.refused("pg_basebackup from member " + source.member() + " (" + source.host() + ":"
                    + source.port() + ") failed: " + output.lastLines(2) + Remedies.of(output.text()));
        }
    }

    private void takePlace() throws IOException {
        if (Files.exists(settings.data())) {
            DurableFiles.deleteTree(settings.replaced());
            DurableFiles.rename(settings.data(), settings.replaced());
        }
        DurableFiles.rename(settings.staging(), settings.data());
    }
}
