package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A server whose data are made whole from another's, by a rewind or a clone; what is interrupted leaves them incomplete. */
class CopyingServer extends AnsweringServer {

    /** Where its data are being copied from, while they are not whole. */
    @Nullable
    String copiedFrom;

    CopyingServer(World world, int host) {
        super(world, host);
    }

    void rewind(String from, Consumer<Outcome<Object>> done) {
        Server source = world.postgres(from);
        if (isRunning()
                || data != Data.WHOLE
                || world.random.nextInt(5) == 0
                || !source.isPrimary()
                || !world.net.connected(host, source.host)) {
            done.accept(Outcome.refused("cannot be rewound"));
            return;
        }
        world.invariants.data.losses().joins(this, source, "is rewound to");
        if (source.wal.serves(wal.timeline, wal.end())) {
            done.accept(Outcome.done(Nothing.NOTHING));
            return;
        }
        if (world.has(Mutant.INTERRUPTED_REWIND_STREAMS)) {
            int of = run;
            world.time.after(host, 300 * MS, () -> looksWhole(source, of));
        }
        copyFrom(source, 100, 300, () -> true, done);
    }

    /** The mutant: what a rewind left when it was interrupted shows its source's control file and marker. */
    private void looksWhole(Server source, int of) {
        if (data == Data.INCOMPLETE && !copying && run == of) {
            data = Data.WHOLE;
            wal = source.wal.copy();
            torn = true;
        }
    }

    void cloneFrom(String from, Consumer<Outcome<Object>> done) {
        Server source = world.postgres(from);
        if (isRunning() || !source.answers() || !world.net.connected(host, source.host)) {
            done.accept(Outcome.refused("cannot be cloned"));
            return;
        }
        world.invariants.data.cloning(this);
        copying = true;
        // the process that asked for it puts it in its place
        int process = world.node(host).process();
        copyFrom(source, 150, 500, () -> world.node(host).process() == process, done);
    }

    private void copyFrom(
            Server source, int fromMs, int toMs, BooleanSupplier finished, Consumer<Outcome<Object>> done) {
        data = Data.INCOMPLETE;
        copiedFrom = source.name;
        int sourceRun = source.run;
        int hostRun = run;
        world.time.after(host, world.random.nextLong(fromMs, toMs) * MS, () -> {
            copying = false;
            if (run != hostRun || isRunning() || !finished.getAsBoolean()) {
                return;
            }
            if (source.run != sourceRun || !source.answers() || !world.net.connected(host, source.host)) {
                done.accept(Outcome.unknown("the copy was interrupted"));
                return;
            }
            data = Data.WHOLE;
            torn = false;
            ledLast = false;
            copiedFrom = null;
            systemId = source.systemId;
            wal = source.wal.copy();
            wal.lose(0);
            cleanlyStopped = false;
            done.accept(Outcome.done(Nothing.NOTHING));
        });
    }
}
