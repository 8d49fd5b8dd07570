package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import java.util.List;

/** One walsender and its receiver. Bytes arrive in order, late while the network is cut; each end gives up by itself. */
final class Stream {

    private static final long TIMEOUT_NS = 700 * MS;

    private final World world;
    private final Server from;
    private final Server to;
    private boolean received = true;
    private boolean served = true;
    private boolean pumping;
    private long sent;
    private long flushed;
    private long cutSinceNs = -1;

    private record Batch(long start, List<Wal.Entry> entries, int timeline, List<Wal.Ended> history) {}

    Stream(World world, Server from, Server to) {
        this.world = world;
        this.from = from;
        this.to = to;
        this.sent = to.wal.end();
        this.flushed = to.wal.end();
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

    void pump() {
        if (pumping || !served || !received) {
            return;
        }
        if (!world.net.connected(from.host, to.host)) {
            retry();
            return;
        }
        cutSinceNs = -1;
        if (sent >= from.wal.end()) {
            return;
        }
        pumping = true;
        long start = sent;
        sent = from.wal.end();
        var batch = new Batch(
                start,
                List.copyOf(from.wal.entries.subList((int) start, (int) sent)),
                from.wal.timeline,
                List.copyOf(from.wal.history));
        world.time.after(world.net.delayNs(from.host, to.host), () -> {
            pumping = false;
            if (received && served) {
                arrive(batch);
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

    private void arrive(Batch batch) {
        if (!world.net.passes(from.host, to.host)) {
            sent = batch.start();
            pump();
            return;
        }
        to.wal.entries.addAll(batch.entries());
        to.wal.timeline = batch.timeline();
        to.wal.history.clear();
        to.wal.history.addAll(batch.history());
        to.received();
        reply(to.wal.end());
        pump();
    }

    private void reply(long position) {
        world.time.after(world.net.delayNs(to.host, from.host), () -> {
            if (!served) {
                return;
            }
            if (!world.net.passes(to.host, from.host)) {
                world.time.after(50 * MS, () -> reply(position));
                return;
            }
            flushed = Math.max(flushed, position);
            from.flushedMoved();
        });
    }

    /** The receiver stops at once; its sender hears of it later, and replies under way still count. */
    void leave() {
        received = false;
        world.time.after(world.net.delayNs(to.host, from.host) * 3, this::close);
    }

    void close() {
        boolean wasReceived = received;
        received = false;
        served = false;
        from.senderEnded(this);
        if (wasReceived) {
            to.streamEnded(this);
        }
    }
}
