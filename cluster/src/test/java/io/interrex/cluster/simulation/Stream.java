package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import io.interrex.cluster.durability.SyncSet;
import java.util.List;

/**
 * One walsender and its receiver. Bytes arrive in order, late while the network is cut; each end gives up by itself. The
 * sender releases waiting commits by the rule that it read last, which is not always the one in the file.
 */
final class Stream {

    private static final long TIMEOUT_NS = 700 * MS;

    private final World world;
    private final Server from;
    private final Server to;
    private SyncSet rule;
    private boolean received = true;
    private boolean served = true;
    private boolean pumping;
    private long sent;
    private long flushed;
    private long cutSinceNs = -1;

    Stream(World world, Server from, Server to) {
        this.world = world;
        this.from = from;
        this.to = to;
        this.rule = from.rule;
        this.sent = to.wal.end();
        this.flushed = to.wal.durable();
    }

    Server from() {
        return from;
    }

    Server to() {
        return to;
    }

    boolean isAlive() {
        return received && served;
    }

    boolean isServed() {
        return served;
    }

    long flushed() {
        return flushed;
    }

    SyncSet rule() {
        return rule;
    }

    void reload(SyncSet read) {
        if (served) {
            rule = read;
            from.settle(this);
        }
    }

    /** Sends what is on the sender's disk; PostgreSQL sends nothing that is not. */
    void pump() {
        if (pumping || !served || !received) {
            return;
        }
        if (!world.net.connected(from.host, to.host)) {
            retry();
            return;
        }
        cutSinceNs = -1;
        if (sent >= from.wal.durable()) {
            return;
        }
        pumping = true;
        long start = sent;
        sent = from.wal.durable();
        List<Wal.Entry> records = List.copyOf(from.wal.entries.subList((int) start, (int) sent));
        int timeline = from.wal.timeline;
        List<Wal.Ended> history = from.wal.history();
        world.time.after(to.host, world.net.delayNs(from.host, to.host), () -> {
            pumping = false;
            if (received && served) {
                arrive(start, records, timeline, history);
            }
        });
    }

    private void retry() {
        long now = world.time.nowNs();
        cutSinceNs = cutSinceNs < 0 ? now : cutSinceNs;
        if (now - cutSinceNs > TIMEOUT_NS || !world.net.isUp(from.host) || !world.net.isUp(to.host)) {
            close();
            return;
        }
        pumping = true;
        world.time.after(50 * MS, () -> {
            pumping = false;
            pump();
        });
    }

    private void arrive(long start, List<Wal.Entry> records, int timeline, List<Wal.Ended> history) {
        if (!world.net.passes(from.host, to.host)) {
            sent = start;
            pump();
            return;
        }
        if (to.hung) {
            sent = start;
            pumping = true;
            world.time.after(to.host, 50 * MS, () -> {
                pumping = false;
                pump();
            });
            return;
        }
        to.wal.receive(start, records, timeline, history);
        long position = to.wal.end();
        boolean early = world.has(Mutant.ACK_BEFORE_DISK);
        if (early) {
            reply(position);
        }
        to.sync(position, () -> {
            to.wake();
            if (!early) {
                reply(position);
            }
        });
        pump();
    }

    private void reply(long position) {
        world.time.after(from.host, world.net.delayNs(to.host, from.host), () -> {
            if (!served) {
                return;
            }
            if (!world.net.passes(to.host, from.host)) {
                world.time.after(from.host, 50 * MS, () -> reply(position));
                return;
            }
            flushed = Math.max(flushed, position);
            from.settle(this);
        });
    }

    /** The receiver stops at once; its sender hears of it later, and replies under way still count. */
    void leave() {
        received = false;
        world.time.after(from.host, world.net.delayNs(to.host, from.host) * 3, this::close);
    }

    void close() {
        boolean wasReceived = received;
        received = false;
        served = false;
        from.senders.remove(this);
        if (wasReceived) {
            to.streamEnded(this);
        }
    }
}
