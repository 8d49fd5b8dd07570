package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.cluster.port.DatabaseStatus.Sender;
import io.interrex.cluster.port.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL server's data, processes, senders and receiver: what it does by itself. */
class Server {

    enum Data {
        ABSENT,
        INCOMPLETE,
        WHOLE
    }

    record Waiting(Wal.Entry entry, long position, long client) {}

    final World world;
    final String host;
    Wal wal = new Wal();
    Data data = Data.ABSENT;

    @Nullable
    String systemId;

    Process process = Process.STOPPED;
    boolean hung;
    boolean stopping;
    boolean cleanlyStopped;
    int run;
    long startedAtMs;
    long runStartedNs;

    @Nullable
    String upstream;

    SyncSet rule = SyncSet.NONE;

    @Nullable
    Stream receiver;

    final List<Stream> senders = new ArrayList<>();
    final List<Waiting> waiting = new ArrayList<>();

    Server(World world, String host) {
        this.world = world;
        this.host = host;
    }

    boolean isRunning() {
        return process != Process.STOPPED;
    }

    boolean isPrimary() {
        return process == Process.PRIMARY;
    }

    boolean answers() {
        return (process == Process.PRIMARY || process == Process.STANDBY) && !hung;
    }

    long runStartedNs() {
        return runStartedNs;
    }

    boolean streamsFrom(Server primary) {
        Stream stream = receiver;
        return process == Process.STANDBY && stream != null && stream.isAlive() && stream.from() == primary;
    }

    DatabaseStatus status() {
        Process seen = process == Process.STOPPED
                ? switch (data) {
                    case ABSENT -> Process.ABSENT;
                    case INCOMPLETE -> Process.INCOMPLETE;
                    case WHOLE -> Process.STOPPED;
                }
                : hung ? Process.HUNG : process;
        boolean talks = answers();
        Wal.Entry last = wal.last();
        Stream stream = receiver;
        var seenSenders = new ArrayList<Sender>();
        if (talks && process == Process.PRIMARY) {
            senders.stream()
                    .filter(Stream::isServed)
                    .forEach(s -> seenSenders.add(new Sender(
                            s.to().host, "streaming", new Lsn(s.flushed()), new Lsn(s.flushed()), "quorum")));
        }
        return new DatabaseStatus(
                seen,
                isRunning() ? startedAtMs : 0,
                data == Data.WHOLE ? systemId : null,
                wal.timeline,
                data == Data.WHOLE && (talks || process == Process.STOPPED) ? wal.lsn() : Lsn.ZERO,
                wal.lsn(),
                talks && process == Process.STANDBY && stream != null && stream.isAlive(),
                talks && process == Process.STANDBY ? upstream : null,
                talks && last != null ? last.markerEpoch : 0,
                talks && last != null ? last.markerUuid : null,
                rule.toString(),
                List.copyOf(seenSenders),
                cleanlyStopped && process == Process.STOPPED,
                1L << 40,
                150_000,
                Duration.ofMillis(1),
                null);
    }

    // ---- what happens to it

    /** No process is left. */
    void die() {
        if (isRunning()) {
            world.trace(host, "the server ends at " + wal.lsn());
        }
        process = Process.STOPPED;
        stopping = false;
        hung = false;
        run++;
        waiting.clear();
        disconnect();
        List.copyOf(senders).forEach(Stream::close);
        senders.clear();
    }

    void hang() {
        hung = answers();
    }

    void unhang() {
        hung = false;
    }

    /** A client's commit; acknowledged when the rule is kept, or never. */
    void commit(long client) {
        if (!isPrimary() || hung || stopping) {
            return;
        }
        Wal.Entry entry = wal.append();
        waiting.add(new Waiting(entry, wal.end(), client));
        wake();
        int of = run;
        world.time.after(MS, () -> {
            if (run == of) {
                settle();
            }
        });
    }

    void flushedMoved() {
        settle();
    }

    void settle() {
        if (!isPrimary() || hung || waiting.isEmpty()) {
            return;
        }
        for (Waiting w : List.copyOf(waiting)) {
            long copies = senders.stream()
                    .filter(s -> s.isServed()
                            && s.flushed() >= w.position()
                            && rule.standbys().contains(s.to().host))
                    .map(s -> s.to().host)
                    .distinct()
                    .count();
            if (copies < rule.k()) {
                return;
            }
            waiting.remove(w);
            if (world.gates(host).isOpen()) {
                world.clients.acknowledged(this, w.entry(), w.position(), w.client());
            }
        }
    }

    // ---- replication

    void connectSoon() {
        int of = run;
        world.time.after(world.random.nextLong(5, 120) * MS, () -> {
            String from = upstream;
            if (run != of || process != Process.STANDBY || from == null || receiver != null) {
                return;
            }
            Server source = world.postgres(from);
            boolean reached = source != this && source.answers() && !hung && world.net.connected(host, from);
            if (reached && source.wal.serves(wal.timeline, wal.end())) {
                world.invariants.streams(this, source);
                Stream stream = new Stream(world, source, this);
                receiver = stream;
                source.senders.add(stream);
                world.trace(host, "streams from " + from + " at " + wal.lsn());
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

    void senderEnded(Stream stream) {
        senders.remove(stream);
    }

    void wake() {
        for (Stream stream : List.copyOf(senders)) {
            stream.pump();
        }
    }

    /** WAL that a standby receives goes on to its own standbys. */
    void received() {
        wake();
    }

    // ---- helpers

    interface Work {
        Object run();
    }

    void later(int fromMs, int toMs, Consumer<Outcome<Object>> done, Work work) {
        int of = run;
        world.time.after(world.random.nextLong(fromMs, toMs) * MS, () -> {
            if (run == of && world.net.isUp(host)) {
                done.accept(Outcome.done(work.run()));
            }
        });
    }

    void inThisRun(int fromMs, int toMs, Consumer<Outcome<Object>> done, Work work) {
        int of = run;
        world.time.after(world.random.nextLong(fromMs, toMs) * MS, () -> {
            if (run != of || !isRunning()) {
                done.accept(Outcome.unknown("the server died"));
            } else if (hung) {
                done.accept(Outcome.unknown("the server does not answer"));
            } else {
                done.accept(Outcome.done(work.run()));
            }
        });
    }

    void standbyOnly(Consumer<Outcome<Object>> done, int fromMs, int toMs, Work work) {
        if (process == Process.STANDBY && !hung) {
            inThisRun(fromMs, toMs, done, work);
        } else {
            done.accept(Outcome.refused("not a running standby"));
        }
    }

    void primaryOnly(Consumer<Outcome<Object>> done, int fromMs, int toMs, Work work) {
        if (isPrimary() && !hung) {
            inThisRun(fromMs, toMs, done, work);
        } else {
            done.accept(Outcome.refused("not a running primary"));
        }
    }
}
