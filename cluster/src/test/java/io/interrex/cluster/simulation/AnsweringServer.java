package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.cluster.port.Outcome;
import java.util.function.Consumer;

/** A server that does what it is asked a while later, and says so; what it cannot say for sure is unknown. */
class AnsweringServer extends Server {

    interface Work {
        Object run();
    }

    AnsweringServer(World world, int host) {
        super(world, host);
    }

    void later(int fromMs, int toMs, Consumer<Outcome<Object>> done, Work work) {
        int of = run;
        world.time.after(host, world.random.nextLong(fromMs, toMs) * MS, () -> {
            if (run == of && world.net.isUp(host)) {
                done.accept(Outcome.done(work.run()));
            }
        });
    }

    void inThisRun(int fromMs, int toMs, Consumer<Outcome<Object>> done, Work work) {
        int of = run;
        world.time.after(host, world.random.nextLong(fromMs, toMs) * MS, () -> {
            if (run != of || !isRunning() || orphaned) {
                done.accept(Outcome.unknown("the server died"));
            } else if (hung) {
                done.accept(Outcome.unknown("the server does not answer"));
            } else {
                done.accept(Outcome.done(work.run()));
            }
        });
    }

    /** Done with its position once what was written is on the disk. */
    void afterSync(Consumer<Outcome<Object>> done, int fromMs, int toMs, Runnable write) {
        if (!isPrimary() || !answers()) {
            done.accept(Outcome.refused("not a running primary"));
            return;
        }
        int of = run;
        world.time.after(host, world.random.nextLong(fromMs, toMs) * MS, () -> {
            if (run != of || !answers()) {
                done.accept(Outcome.unknown("the server died or does not answer"));
                return;
            }
            write.run();
            Lsn at = wal.lsn();
            sync(at.value(), () -> {
                wake();
                done.accept(Outcome.done(at));
            });
        });
    }

    void standbyOnly(Consumer<Outcome<Object>> done, int fromMs, int toMs, Work work) {
        if (process == Process.STANDBY && answers()) {
            inThisRun(fromMs, toMs, done, work);
        } else {
            done.accept(Outcome.refused("not a running standby"));
        }
    }

    void primaryOnly(Consumer<Outcome<Object>> done, int fromMs, int toMs, Work work) {
        if (isPrimary() && answers()) {
            inThisRun(fromMs, toMs, done, work);
        } else {
            done.accept(Outcome.refused("not a running primary"));
        }
    }
}
