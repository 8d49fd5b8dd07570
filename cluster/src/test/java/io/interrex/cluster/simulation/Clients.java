package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import java.util.ArrayList;
import java.util.List;

/** Write to every member whose gate lets them in, all the time, and remember what was acknowledged. */
final class Clients {

    /** @param by the server that said so */
    record Acknowledged(Wal.Entry entry, long position, String by, long startedNs) {}

    private final World world;
    final List<Acknowledged> acknowledged = new ArrayList<>();
    /** Some give up waiting for standbys: their commit stays where it is, and is not promised to anybody. */
    boolean cancelWaits;

    Clients(World world) {
        this.world = world;
    }

    void start() {
        world.time.after(world.random.nextLong(20, 80) * MS, () -> {
            for (Postgres server : world.servers()) {
                if (world.gates(server.host).isOpen()
                        && world.net.isUp(server.host)
                        && !world.time.isSuspended(server.host)) {
                    server.commit(world.time.nowNs());
                }
            }
            start();
        });
    }

    void acknowledged(Server by, Wal.Entry entry, long position, long startedNs) {
        var promise = new Acknowledged(entry, position, by.name, startedNs);
        if (world.invariants.data.acknowledged(by, promise)) {
            acknowledged.add(promise);
        }
    }

    boolean wroteSince(long ns) {
        return !acknowledged.isEmpty() && acknowledged.getLast().startedNs() >= ns;
    }
}
