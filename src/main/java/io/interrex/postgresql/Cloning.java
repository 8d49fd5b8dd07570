package io.interrex.postgresql;

import io.interrex.cluster.port.Database.Upstream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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

    Cloning(
            PostgresSettings settings,
            ServerConfiguration configuration,
            ServerProcess process,
            Tools tools,
            Starter starter) {
        this.settings = settings;
        this.configuration = configuration;
        this.process = process;
        this.tools = tools;
        this.starter = starter;
    }

    void from(Upstream upstream) throws Trouble {
        process.requireStopped("cloning");
        new ClonePreconditions(settings, tools).require(upstream);
        configuration.writePassFile();
        try {
            DurableFiles.write(
                    settings.incomplete(),
                    "a clone from member " + upstream.member() + " was begun and not finished\n",
                    DurableFiles.SECRET);
            DurableFiles.deleteTree(settings.staging());
            copy(upstream);
            takePlace();
            configuration.write(ServerRole.standby(upstream));
            starter.signalFile(true);
            DurableFiles.delete(settings.incomplete());
            DurableFiles.deleteTree(settings.replaced());
        } catch (IOException e) {
            throw Trouble.of("cloning member " + settings.member() + " from " + upstream.member(), e);
        }
    }

    private void copy(Upstream upstream) throws Trouble {
        var argv = new ArrayList<>(List.of(
                settings.tool("pg_basebackup"),
                "--pgdata=" + settings.staging(),
                "--wal-method=stream",
                "--checkpoint=fast",
                "--no-password",
                "--dbname=host=" + upstream.host() + " port=" + upstream.port() + " user="
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
                settings.limits().copy());
        if (output.exit() != 0) {
            throw Trouble.refused("pg_basebackup from member " + upstream.member() + " (" + upstream.host() + ":"
                    + upstream.port() + ") failed: " + output.lastLines(2));
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
