package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.port.Database.Position;
import io.interrex.cluster.port.Database.Promoted;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One host's PostgreSQL as an agent asks it: each answer comes later, none after the server's death or the host's. */
final class Postgres extends Server {

    Postgres(World world, String host) {
        super(world, host);
    }

    void initialise(Consumer<Outcome<Object>> done) {
        if (data == Data.WHOLE) {
            done.accept(Outcome.refused("the directory is not empty"));
            return;
        }
        later(200, 400, done, () -> {
            data = Data.WHOLE;
            systemId = "system-" + world.random.nextInt(1000);
            wal = new Wal();
            wal.append();
            return Nothing.NOTHING;
        });
    }

    void startStandby(@Nullable String from, Consumer<Outcome<Object>> done) {
        start(false, from, SyncSet.NONE, done);
    }

    void startPrimary(SyncSet syncSet, Consumer<Outcome<Object>> done) {
        start(true, null, syncSet, done);
    }

    private void start(boolean primary, @Nullable String from, SyncSet syncSet, Consumer<Outcome<Object>> done) {
        Gates gates = world.gates(host);
        boolean may = primary ? gates.mayStartPrimary() : gates.mayStartStandby();
        if (isRunning() || data != Data.WHOLE || !may) {
            done.accept(Outcome.refused("cannot be started now"));
            return;
        }
        process = Process.STARTING;
        hung = false;
        stopping = false;
        cleanlyStopped = false;
        upstream = from;
        rule = syncSet;
        startedAtMs = 1_000_000 + world.time.nowMs() + ++run;
        runStartedNs = world.time.nowNs();
        inThisRun(50, 400, done, () -> {
            if (primary) {
                wal.append();
                process = Process.PRIMARY;
            } else {
                process = Process.STANDBY;
                connectSoon();
            }
            world.trace(host, process + " at " + wal.lsn() + " timeline " + wal.timeline);
            return Nothing.NOTHING;
        });
    }

    void follow(String from, Consumer<Outcome<Object>> done) {
        standbyOnly(done, 2, 20, () -> {
            upstream = from;
            disconnect();
            connectSoon();
            return Nothing.NOTHING;
        });
    }

    void detach(Consumer<Outcome<Object>> done) {
        if (process != Process.STANDBY || hung) {
            done.accept(Outcome.refused("not a running standby"));
            return;
        }
        if (!world.has(Mutant.NO_REVOCATION)) {
            upstream = null;
            disconnect();
        }
        standbyOnly(done, 5, 50, this::position);
    }

    Position position() {
        Wal.Entry last = wal.last();
        return new Position(
                wal.lsn(),
                wal.timeline,
                last == null ? 0 : last.markerEpoch,
                last == null ? null : last.markerUuid,
                systemId == null ? "" : systemId);
    }

    void promote(SyncSet syncSet, Consumer<Outcome<Object>> done) {
        if (isPrimary() && !hung) {
            rule = syncSet;
            done.accept(Outcome.done(new Promoted(wal.timeline, new Lsn(wal.lastSwitch()))));
            return;
        }
        standbyOnly(done, 10, 200, () -> {
            disconnect();
            upstream = null;
            rule = syncSet;
            wal.switchTimeline();
            wal.append();
            process = Process.PRIMARY;
            world.trace(host, "promoted to timeline " + wal.timeline + " at " + wal.lastSwitch());
            return new Promoted(wal.timeline, new Lsn(wal.lastSwitch()));
        });
    }

    void writeMarker(long epoch, UUID uuid, Consumer<Outcome<Object>> done) {
        primaryOnly(done, 1, 10, () -> {
            wal.mark(epoch, uuid);
            wake();
            return wal.lsn();
        });
    }

    void applySyncSet(SyncSet syncSet, Consumer<Outcome<Object>> done) {
        primaryOnly(done, 5, 60, () -> {
            rule = syncSet;
            wal.append();
            wake();
            settle();
            return wal.lsn();
        });
    }

    void flushedBy(Lsn lsn, Iterable<String> members, Consumer<Outcome<Object>> done) {
        primaryOnly(done, 1, 3, () -> {
            var by = new TreeSet<String>();
            for (String member : members) {
                senders.stream()
                        .filter(s -> s.isServed() && s.to().host.equals(member) && s.flushed() >= lsn.value())
                        .forEach(s -> by.add(member));
            }
            return by;
        });
    }

    void quick(Consumer<Outcome<Object>> done) {
        inThisRun(1, 10, done, () -> Nothing.NOTHING);
    }

    void probeWrite(Consumer<Boolean> done) {
        int of = run;
        if (isPrimary() && !hung && !stopping) {
            wal.append();
            wake();
            world.time.after(MS, () -> done.accept(run == of && isPrimary() && !hung));
        } else {
            world.time.after(800 * MS, () -> done.accept(false));
        }
    }

    void stopClean(Consumer<Outcome<Object>> done) {
        if (!isRunning()) {
            done.accept(Outcome.done(wal.lsn()));
            return;
        }
        stopping = true;
        waiting.clear();
        if (isPrimary()) {
            inThisRun(5, 50, done, () -> {
                wal.append();
                wake();
                Lsn end = wal.lsn();
                long limitNs = world.time.nowNs() + 2000 * MS;
                awaitSent(end, limitNs, run);
                return end;
            });
        } else {
            inThisRun(5, 100, done, () -> {
                Lsn end = wal.lsn();
                die();
                return end;
            });
        }
    }

    /** The server waits for its senders, then goes; the answer was given with the position of its checkpoint. */
    private void awaitSent(Lsn end, long limitNs, int of) {
        if (run != of || !isRunning()) {
            return;
        }
        boolean all = senders.stream().filter(Stream::isServed).allMatch(s -> s.flushed() >= end.value());
        if (all || world.time.nowNs() >= limitNs) {
            die();
            cleanlyStopped = true;
        } else {
            world.time.after(5 * MS, () -> awaitSent(end, limitNs, of));
        }
    }

    void rewind(String from, Consumer<Outcome<Object>> done) {
        Postgres source = world.postgres(from);
        if (isRunning() || world.random.nextInt(5) == 0 || !source.isPrimary() || !world.net.connected(host, from)) {
            done.accept(Outcome.refused("cannot be rewound"));
            return;
        }
        if (source.wal.serves(wal.timeline, wal.end())) {
            done.accept(Outcome.done(Nothing.NOTHING));
            return;
        }
        copyFrom(source, 100, 400, done);
    }

    void cloneFrom(String from, Consumer<Outcome<Object>> done) {
        Postgres source = world.postgres(from);
        if (isRunning() || !source.answers() || !world.net.connected(host, from)) {
            done.accept(Outcome.refused("cannot be cloned"));
            return;
        }
        copyFrom(source, 200, 1000, done);
    }

    private void copyFrom(Postgres source, int fromMs, int toMs, Consumer<Outcome<Object>> done) {
        data = Data.INCOMPLETE;
        int sourceRun = source.run;
        int hostRun = run;
        world.time.after(world.random.nextLong(fromMs, toMs) * MS, () -> {
            if (run != hostRun || isRunning()) {
                return;
            }
            if (source.run != sourceRun || !source.answers() || !world.net.connected(host, source.host)) {
                done.accept(Outcome.unknown("the copy was interrupted"));
                return;
            }
            data = Data.WHOLE;
            systemId = source.systemId;
            wal = source.wal.copy();
            cleanlyStopped = false;
            done.accept(Outcome.done(Nothing.NOTHING));
        });
    }

    void kill(Consumer<Outcome<Object>> done) {
        world.time.after(world.random.nextLong(1, 60) * MS, () -> {
            die();
            world.gates(host).killed();
            done.accept(Outcome.done(Nothing.NOTHING));
        });
    }
}
