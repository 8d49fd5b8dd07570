package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import java.util.ArrayList;
import java.util.List;

/** How a server dies by SIGKILL: at once, or, while its processes sleep where no signal reaches them, when they wake. */
final class Deathbed {

    /** An agent that has started meanwhile is told too. */
    private static final long TELL_EVERY_NS = 1_000 * MS;

    private final Server server;
    /** What the guard does when the last process is dead. */
    private final List<Runnable> awaited = new ArrayList<>();

    private boolean unkillable;
    /** Not even at the end, when everything else heals. */
    boolean forGood;

    Deathbed(Server server) {
        this.server = server;
    }

    void unkillable() {
        unkillable = true;
    }

    void killable() {
        unkillable = false;
        if (!awaited.isEmpty()) {
            server.die();
            List<Runnable> all = List.copyOf(awaited);
            awaited.clear();
            all.forEach(Runnable::run);
            server.world.node(server.host).serverFreed();
        }
    }

    /** SIGKILL is pending for all of it: what does not wake runs no code of its own, so that it serves nobody. */
    boolean isKilled() {
        return !awaited.isEmpty();
    }

    /** The host has no power: nothing lives, and no guard waits. */
    void cleared() {
        unkillable = false;
        forGood = false;
        awaited.clear();
    }

    void dieThen(Runnable then) {
        if (!unkillable || !server.isRunning()) {
            server.die();
            then.run();
            return;
        }
        server.orphaned = true;
        awaited.add(then);
        if (awaited.size() == 1) {
            tell(server.run);
        }
    }

    private void tell(int of) {
        server.world.time.after(server.host, TELL_EVERY_NS, () -> {
            if (server.run == of && !awaited.isEmpty()) {
                server.world.node(server.host).serverStuck();
                tell(of);
            }
        });
    }
}
