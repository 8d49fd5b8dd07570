package io.interrex.postgresql;

import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.port.Database.Upstream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the server in one of its two roles: what it must know is on disk before its process exists. */
final class Starter {

    private static final Logger LOG = LoggerFactory.getLogger(Starter.class);

    private static final Duration LOOK_EVERY = Duration.ofMillis(20);

    private final PostgresSettings settings;
    private final ServerConfiguration configuration;
    private final ServerProcess process;
    private final Session session;
    private final Slots slots;
    private final PermanentSlots permanentSlots;
    private final BooleanSupplier hurried;

    /** @param hurried somebody waits for this to end: stop waiting, the server goes on starting */
    Starter(
            PostgresSettings settings,
            ServerConfiguration configuration,
            ServerProcess process,
            Session session,
            Slots slots,
            PermanentSlots permanentSlots,
            BooleanSupplier hurried) {
        this.settings = settings;
        this.configuration = configuration;
        this.process = process;
        this.session = session;
        this.slots = slots;
        this.permanentSlots = permanentSlots;
        this.hurried = hurried;
    }

    void asStandby(@Nullable Upstream upstream) throws Trouble {
        process.requireStopped("starting as a standby");
        requireComplete();
        signalFile(true);
        configuration.write(ServerRole.standby(upstream));
        launch();
        slots.resetAll();
        try {
            permanentSlots.dropLogical(session);
        } catch (Trouble e) {
            // the next plan of its slots drops them; a start waits for nobody's slots
            LOG.warn("member {}: logical slots of its own reign are left for now: {}", settings.member(), e.text());
        }
    }

    void asPrimary(SyncSet syncSet) throws Trouble {
        process.requireStopped("starting as a primary");
        requireComplete();
        signalFile(false);
        configuration.write(ServerRole.primary(syncSet));
        launch();
        boolean standby = session.one(settings.limits().sql(), "select pg_is_in_recovery()", row -> row.getBoolean(1));
        if (standby) {
            throw Trouble.unknown("the server was started as a primary but is in recovery");
        }
    }

    /** Recovery follows the newest timeline, and ends only when it is told to. */
    void signalFile(boolean standby) throws Trouble {
        Path signal = settings.data().resolve("standby.signal");
        try {
            DurableFiles.delete(settings.data().resolve("recovery.signal"));
            if (standby) {
                DurableFiles.write(signal, "", DurableFiles.SECRET);
            } else {
                DurableFiles.delete(signal);
            }
        } catch (IOException e) {
            throw Trouble.of("changing " + signal, e);
        }
    }

    private void requireComplete() throws Trouble {
        if (java.nio.file.Files.exists(settings.incomplete())) {
            throw Trouble.refused("the data directory " + settings.data()
                    + " is incomplete (an interrupted clone or rewind): clone it anew before it is started");
        }
        if (!java.nio.file.Files.exists(settings.data().resolve("global").resolve("pg_control"))) {
            throw Trouble.refused("there is no database in " + settings.data() + ": initialise or clone it first");
        }
    }

    private void launch() throws Trouble {
        session.abort();
        long pid = process.start(configuration.commandLine());
        var deadline = Deadline.in(settings.limits().start());
        boolean accepts = deadline.await(LOOK_EVERY, () -> {
            if (hurried.getAsBoolean()) {
                throw Trouble.unknown(
                        "the server (process " + pid + ") goes on starting; the wait for it was cut short");
            }
            return accepts(pid);
        });
        if (!accepts) {
            throw Trouble.unknown("the server (process " + pid + ") does not accept connections "
                    + settings.limits().start().toSeconds() + " s after its start; " + process.lastWords());
        }
    }

    private boolean accepts(long pid) throws Trouble {
        try {
            session.one(settings.limits().sql(), "select 1", row -> row.getInt(1));
            return true;
        } catch (Trouble e) {
            if (e.isRefused()) {
                throw e;
            }
            if (!ServerProcess.isAlive(pid)) {
                throw Trouble.refused("the server did not start: " + process.lastWords());
            }
            return false;
        }
    }
}
