package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.port.Database.Position;
import io.interrex.cluster.port.Database.Promoted;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.simulation.Fault.Point;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One host's PostgreSQL as an agent asks it: each answer comes later, none after the server's death or the host's. */
final class Postgres extends CopyingServer {

    /** Only what was asked for last is in pg_hba.conf in the end. */
    private int admissions;

    Postgres(World world, int host) {
        super(world, host);
    }

    // ---- before the simulation begins

    void installPrimary(SyncSet syncSet) {
        data = Data.WHOLE;
        systemId = "system";
        process = Process.PRIMARY;
        admitted = true;
        ledLast = true;
        rule = syncSet;
        startedAtMs = 1_000_000;
        wal.synced(wal.end());
    }

    void installStandby(Postgres primary) {
        data = Data.WHOLE;
        systemId = "system";
        process = Process.STANDBY;
        startedAtMs = 1_000_000;
        wal = primary.wal.copy();
        wal.synced(wal.end());
        upstream = primary.name;
        Stream stream = new Stream(world, primary, this);
        receiver = stream;
        primary.senders.add(stream);
    }

    // ---- what an agent asks

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
            wal.synced(1);
            return Nothing.NOTHING;
        });
    }

    void startStandby(@Nullable String from, Consumer<Outcome<Object>> done) {
        start(world.has(Mutant.NO_STANDBY_SIGNAL) && ledLast, from, SyncSet.NONE, done);
    }

    void startPrimary(SyncSet syncSet, Consumer<Outcome<Object>> done) {
        start(true, null, syncSet, done);
    }

    private void start(boolean primary, @Nullable String from, SyncSet syncSet, Consumer<Outcome<Object>> done) {
        Gates gates = world.gates(host);
        boolean unguarded = world.has(Mutant.NO_STANDBY_SIGNAL);
        boolean may = primary && !unguarded ? gates.mayStartPrimary() : gates.mayStartStandby();
        if (isRunning() || data != Data.WHOLE || !may) {
            done.accept(Outcome.refused("cannot be started now"));
            return;
        }
        if (primary) {
            world.invariants.leases.leavesRecovery(name);
        }
        process = Process.STARTING;
        hung = false;
        stopping = false;
        admitted = false;
        cleanlyStopped = false;
        upstream = from;
        rule = syncSet;
        startedAtMs = 1_000_000 + world.time.nowMs() + ++run;
        runStartedNs = world.time.nowNs();
        stoppedByOrder = false;
        inThisRun(50, 300, done, () -> {
            wal.synced(wal.end());
            ledLast = primary;
            if (primary) {
                wal.append();
                wal.synced(wal.end());
                process = Process.PRIMARY;
                sync(wal.end(), this::wake);
            } else {
                process = Process.STANDBY;
                connectSoon();
            }
            world.trace(host, () -> process + " at " + wal.lsn() + " timeline " + wal.timeline);
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
        if (process != Process.STANDBY || hung || orphaned) {
            done.accept(Outcome.refused("not a running standby"));
            return;
        }
        Position early = position();
        boolean goesOn = world.has(Mutant.NO_REVOCATION) || world.has(Mutant.POSITION_BEFORE_END);
        if (!goesOn) {
            upstream = null;
            disconnect();
        }
        standbyOnly(done, 5, 50, () -> {
            if (world.has(Mutant.POSITION_BEFORE_END)) {
                upstream = null;
                disconnect();
            }
            wal.synced(wal.end());
            world.reached(Point.REVOKED, host);
            return world.has(Mutant.POSITION_BEFORE_END) ? early : position();
        });
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
        if (isPrimary() && answers()) {
            rule = syncSet;
            done.accept(Outcome.done(new Promoted(wal.timeline, new Lsn(wal.lastSwitch()))));
            return;
        }
        if (process == Process.STANDBY && answers()) {
            world.invariants.leases.leavesRecovery(name);
        }
        standbyOnly(done, 10, 150, () -> {
            disconnect();
            upstream = null;
            reload(syncSet);
            admitted = false;
            ledLast = true;
            wal.switchTimeline();
            wal.append();
            process = Process.PRIMARY;
            sync(wal.end(), this::wake);
            world.trace(host, () -> "promoted to timeline " + wal.timeline + " at " + wal.lastSwitch());
            world.reached(Point.PROMOTED, host);
            return new Promoted(wal.timeline, new Lsn(wal.lastSwitch()));
        });
    }

    void admit(Consumer<Outcome<Object>> done) {
        int mine = ++admissions;
        inThisRun(1, 10, done, () -> {
            admitted = mine == admissions;
            return Nothing.NOTHING;
        });
    }

    /** Pg_hba.conf and the end of every session: after an admission that was asked for before, before a later one. */
    void closeSessions() {
        int mine = ++admissions;
        inThisRun(1, 10, outcome -> {}, () -> {
            if (mine == admissions) {
                admitted = false;
                sendAway();
            }
            return Nothing.NOTHING;
        });
    }

    void writeMarker(long epoch, UUID uuid, Consumer<Outcome<Object>> done) {
        afterSync(done, 1, 5, () -> {
            wal.mark(epoch, uuid);
            world.reached(Point.MARKED, host);
        });
    }

    /** Every sender reads the new rule by itself; done once all have, and none that is not in it counts any more. */
    void applySyncSet(SyncSet syncSet, Consumer<Outcome<Object>> done) {
        if (!isPrimary() || !answers()) {
            done.accept(Outcome.refused("not a running primary"));
            return;
        }
        int lastMs = reload(syncSet);
        int seenMs = world.has(Mutant.SENDERS_NOT_AWAITED) ? 1 : lastMs + 1;
        afterSync(done, seenMs, seenMs + 20, () -> {
            wal.append();
            settle(null);
        });
    }

    /** Every sender reads the file in its own time; returns how many ms the last one needs. */
    private int reload(SyncSet syncSet) {
        rule = syncSet;
        int of = run;
        int lastMs = 0;
        for (Stream stream : senders) {
            int readMs = world.random.nextInt(world.has(Mutant.SENDERS_NOT_AWAITED) ? 2 : 8) == 0
                    ? world.random.nextInt(400)
                    : world.random.nextInt(1, 30);
            lastMs = Math.max(lastMs, readMs);
            world.time.after(host, readMs * MS, () -> {
                if (run == of) {
                    stream.reload(rule);
                }
            });
        }
        return lastMs;
    }

    void flushedBy(Lsn lsn, Iterable<String> members, Consumer<Outcome<Object>> done) {
        primaryOnly(done, 1, 3, () -> {
            var by = new TreeSet<String>();
            for (String member : members) {
                boolean unproven = world.has(Mutant.FLUSH_NOT_PROVEN);
                for (Stream s : senders) {
                    if (s.to().name.equals(member) && s.isServed() && s.flushed() >= lsn.value()) {
                        by.add(member);
                    }
                }
                if (unproven) {
                    by.add(member);
                }
            }
            return by;
        });
    }

    void quick(Consumer<Outcome<Object>> done) {
        inThisRun(1, 10, done, () -> Nothing.NOTHING);
    }

    void probeWrite(Consumer<Boolean> done) {
        int of = run;
        if (isPrimary() && answers() && !stopping) {
            wal.append();
            sync(wal.end(), () -> {
                wake();
                done.accept(run == of && isPrimary() && !hung);
            });
        } else {
            world.time.after(host, 800 * MS, () -> done.accept(false));
        }
    }

    void stopClean(Consumer<Outcome<Object>> done) {
        if (!isRunning()) {
            done.accept(
                    cleanlyStopped
                            ? Outcome.done(wal.lsn())
                            : Outcome.unknown("it is stopped, and no shutdown checkpoint was written"));
            return;
        }
        stopping = true;
        if (isPrimary()) {
            inThisRun(5, 30, done, () -> {
                wal.append();
                Lsn end = wal.lsn();
                long limitNs = world.time.nowNs() + 2000 * MS;
                int of = run;
                sync(end.value(), () -> {
                    wake();
                    awaitSent(end, limitNs, of);
                });
                world.reached(Point.STOPPED, host);
                return end;
            });
        } else {
            inThisRun(5, 60, done, () -> {
                wal.synced(wal.end());
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
        boolean all = true;
        for (Stream s : senders) {
            all &= !s.isServed() || s.flushed() >= end.value();
        }
        if (all || world.time.nowNs() >= limitNs) {
            die();
            cleanlyStopped = true;
        } else {
            world.time.after(host, 5 * MS, () -> awaitSent(end, limitNs, of));
        }
    }

    void kill(Consumer<Outcome<Object>> done) {
        world.time.after(host, world.random.nextLong(1, 40) * MS, () -> {
            if (orphaned && world.has(Mutant.POSTMASTER_IS_ALL)) {
                done.accept(Outcome.done(Nothing.NOTHING));
                return;
            }
            deathbed.dieThen(() -> {
                world.gates(host).killed();
                world.reached(Point.KILLED, host);
                done.accept(Outcome.done(Nothing.NOTHING));
            });
        });
    }
}
