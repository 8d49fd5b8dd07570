package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.cluster.port.DatabaseStatus.Sender;
import io.interrex.cluster.port.Space;
import io.interrex.cluster.port.Vitals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL server's data, processes, senders and receiver: what it does by itself. */
class Server {

    enum Data {
        ABSENT,
        INCOMPLETE,
        WHOLE
    }

    private record Waiting(Wal.Entry entry, long position, long sinceNs) {}

    final World world;
    final int host;
    final String name;
    Wal wal = new Wal();
    Data data = Data.ABSENT;

    @Nullable
    String systemId;

    Process process = Process.STOPPED;
    boolean hung;
    boolean stopping;
    /** pg_hba.conf lets clients in. */
    boolean admitted;

    boolean cleanlyStopped;
    /** The postmaster is gone, its backends and senders go on. */
    boolean orphaned;

    /** Its last run ended outside recovery, so that nothing but standby.signal lets the next begin in it. */
    boolean ledLast;

    /** In truth a mixture of two databases, whatever its control file says. */
    boolean torn;

    /** A copy of another server's data is being made here. */
    boolean copying;

    final Deathbed deathbed = new Deathbed(this);

    /** It was stopped to be started again, by a person's order, and was not started since. */
    boolean stoppedByOrder;

    boolean diskFull;
    boolean diskSlow;
    /** There is room yet, but not much. */
    boolean diskLow;

    int run;
    long startedAtMs;
    long runStartedNs;

    @Nullable
    String upstream;

    SyncSet rule = SyncSet.NONE;

    @Nullable
    Stream receiver;

    final List<Stream> senders = new ArrayList<>();
    private final List<Waiting> waiting = new ArrayList<>();

    Server(World world, int host) {
        this.world = world;
        this.host = host;
        this.name = World.NAMES.get(host);
    }

    boolean isRunning() {
        return process != Process.STOPPED;
    }

    boolean isPrimary() {
        return process == Process.PRIMARY;
    }

    boolean answers() {
        return (process == Process.PRIMARY || process == Process.STANDBY) && !hung && !orphaned;
    }

    /** In truth: it would be there after a crash. */
    boolean keeps(Wal.Entry entry, long position) {
        return data == Data.WHOLE && !torn && wal.holdsSynced(entry, position);
    }

    boolean streamsFrom(Server primary) {
        Stream stream = receiver;
        return process == Process.STANDBY && stream != null && stream.isAlive() && stream.from() == primary;
    }

    DatabaseStatus status() {
        boolean seenRunning = isRunning() && !(orphaned && world.has(Mutant.POSTMASTER_IS_ALL));
        Process seen = !seenRunning
                ? switch (data) {
                    case ABSENT -> Process.ABSENT;
                    case INCOMPLETE -> Process.INCOMPLETE;
                    case WHOLE -> Process.STOPPED;
                }
                : hung || orphaned ? Process.HUNG : process;
        boolean talks = answers();
        Wal.Entry last = wal.last();
        Stream stream = receiver;
        List<Sender> seenSenders = List.of();
        if (talks && process == Process.PRIMARY) {
            seenSenders = new ArrayList<>();
            for (Stream s : senders) {
                if (s.isServed()) {
                    Lsn flushed = new Lsn(s.flushed());
                    seenSenders.add(new Sender(s.to().name, "streaming", flushed, flushed, "quorum"));
                }
            }
        }
        return new DatabaseStatus(
                seen,
                isRunning() ? startedAtMs : 0,
                data == Data.WHOLE ? systemId : null,
                wal.timeline,
                data == Data.WHOLE && (talks || !seenRunning) ? wal.lsn() : Lsn.ZERO,
                wal.lsn(),
                talks && process == Process.STANDBY && stream != null && stream.isAlive(),
                talks && process == Process.STANDBY ? upstream : null,
                talks && last != null ? last.markerEpoch : 0,
                talks && last != null ? last.markerUuid : null,
                "",
                seenSenders,
                cleanlyStopped && !seenRunning,
                diskFull ? 0 : 1L << 40,
                150_000,
                Duration.ofMillis(1),
                null);
    }

    Vitals vitals() {
        long freeBytes = diskFull ? 0 : diskLow ? 1L << 30 : 1L << 40;
        return new Vitals(List.of(new Space(Space.DATA, freeBytes, 2L << 40)), 1, 100);
    }

    // ---- what happens to it

    /** No process is left. */
    void die() {
        if (isRunning()) {
            world.invariants.data.died(this);
            world.trace(host, () -> "the server ends at " + wal.lsn());
        }
        process = Process.STOPPED;
        stopping = false;
        hung = false;
        orphaned = false;
        run++;
        waiting.clear();
        disconnect();
        List.copyOf(senders).forEach(Stream::close);
        senders.clear();
    }

    /** The host goes, and with it what was not synced, all or in part. */
    void powerLost() {
        deathbed.cleared();
        die();
        copying = false;
        loseTail();
    }

    void loseTail() {
        wal.lose(world.random.nextLong(1 + wal.end() - wal.durable()));
    }

    /** The postmaster is killed; the guard sees it, kills what is left, and then tells the agent. */
    void postmasterKilled(int withinMs) {
        if (!isRunning() || orphaned) {
            return;
        }
        world.trace(host, "the postmaster is killed");
        orphaned = true;
        int of = run;
        boolean onlyPostmaster = world.has(Mutant.POSTMASTER_IS_ALL);
        if (onlyPostmaster) {
            world.node(host).serverCrashed();
        }
        world.time.after(host, world.random.nextLong(1, onlyPostmaster ? 3_000 : withinMs) * MS, () -> {
            if (run == of) {
                deathbed.dieThen(() -> {
                    world.gates(host).killed();
                    if (!onlyPostmaster) {
                        world.node(host).serverCrashed();
                    }
                });
            }
        });
    }

    void hang() {
        hung = answers();
    }

    void unhang() {
        if (hung) {
            hung = false;
            wake();
        }
    }

    // ---- the disk

    private long syncNs() {
        return diskSlow ? world.random.nextLong(40, 400) * MS : world.random.nextLong(200_000, 2 * MS);
    }

    /** Writes what is there up to {@code position} to the disk, then goes on. */
    void sync(long position, Runnable then) {
        int of = run;
        if (diskFull) {
            world.time.after(host, MS, () -> panic(of));
            return;
        }
        world.time.after(host, syncNs(), () -> {
            if (run == of) {
                wal.synced(position);
                then.run();
            }
        });
    }

    private void panic(int of) {
        if (run == of && isRunning() && !orphaned) {
            world.trace(host, "the server cannot write its WAL");
            postmasterKilled(10);
        }
    }

    // ---- commits

    /** A client's commit; acknowledged when the rule is kept, or never. */
    void commit(long client) {
        if (!isPrimary() || !admitted || hung || stopping) {
            return;
        }
        Wal.Entry entry = wal.append();
        long position = wal.end();
        sync(position, () -> {
            waiting.add(new Waiting(entry, position, client));
            wake();
            settle(null);
        });
    }

    /** Their commits stay where they are and are promised to nobody. */
    void sendAway() {
        waiting.clear();
    }

    /**
     * Releases the commits that have waited long enough.
     *
     * @param by the sender that got a reply or read its settings; null for the server itself, which releases all where
     *     the rule asks for nobody, as a sender never does
     */
    void settle(@Nullable Stream by) {
        if (!isPrimary() || hung || waiting.isEmpty()) {
            return;
        }
        SyncSet bound = by == null ? rule : by.rule();
        if (by == null != (bound.k() == 0)) {
            return;
        }
        long reached = bound.k() == 0 ? Long.MAX_VALUE : reached(bound);
        int done = 0;
        for (Waiting w : waiting) {
            if (w.position() > reached) {
                break;
            }
            done++;
        }
        if (done == 0) {
            return;
        }
        List<Waiting> released = List.copyOf(waiting.subList(0, done));
        waiting.subList(0, done).clear();
        for (Waiting w : released) {
            boolean cancelled = world.clients.cancelWaits && world.time.nowNs() - w.sinceNs() > 10 * MS;
            if (world.gates(host).isOpen() && !cancelled) {
                world.clients.acknowledged(this, w.entry(), w.position(), w.sinceNs());
            }
        }
    }

    /** How far k of the rule's standbys have flushed, by what their senders heard. */
    private long reached(SyncSet bound) {
        long best = 0;
        for (Stream s : senders) {
            if (!bound.standbys().contains(s.to().name) || s.flushed() <= best) {
                continue;
            }
            int copies = 0;
            for (Stream other : senders) {
                if (other.flushed() >= s.flushed() && bound.standbys().contains(other.to().name)) {
                    copies++;
                }
            }
            if (copies >= bound.k()) {
                best = s.flushed();
            }
        }
        return best;
    }

    // ---- replication

    void connectSoon() {
        int of = run;
        world.time.after(host, world.random.nextLong(5, 120) * MS, () -> {
            String from = upstream;
            if (run != of || process != Process.STANDBY || from == null || receiver != null) {
                return;
            }
            Server source = world.postgres(from);
            boolean reached = source != this && source.answers() && !hung && world.net.connected(host, source.host);
            boolean slotFree = source.senders.stream().noneMatch(s -> s.to() == this);
            if (reached
                    && slotFree
                    && source.wal.serves(wal.timeline, wal.end())
                    && wal.end() <= source.wal.durable()) {
                world.invariants.data.streams(this, source);
                Stream stream = new Stream(world, source, this);
                receiver = stream;
                source.senders.add(stream);
                world.trace(host, () -> "streams from " + from + " at " + wal.lsn());
                stream.pump();
            } else {
                connectSoon();
            }
        });
    }

    void disconnect() {
        Stream stream = receiver;
        receiver = null;
        if (stream != null) {
            stream.leave();
        }
    }

    void streamEnded(Stream stream) {
        if (receiver == stream) {
            receiver = null;
            connectSoon();
        }
    }

    void wake() {
        for (int i = 0; i < senders.size(); i++) {
            senders.get(i).pump();
        }
    }
}
