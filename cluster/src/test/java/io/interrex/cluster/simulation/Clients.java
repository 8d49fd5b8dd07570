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

    Clients(World world) {
        this.world = world;
    }

    void start() {
        world.time.after(world.random.nextLong(20, 80) * MS, () -> {
            for (String host : world.hosts()) {
                if (world.gates(host).isOpen() && world.net.isUp(host)) {
                    world.postgres(host).commit(world.time.nowNs());
                }
            }
            start();
        });
    }

    void acknowledged(Server by, Wal.Entry entry, long position, long startedNs) {
        world.invariants.acknowledged(by, entry, position);
        acknowledged.add(new Acknowledged(entry, position, by.host, startedNs));
    }

    boolean wroteSince(long ns) {
        return !acknowledged.isEmpty() && acknowledged.getLast().startedNs() >= ns;
    }
}
