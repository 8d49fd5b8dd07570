package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import java.util.HashMap;
import java.util.Map;

/** The kernel's gate and the guard of one host. Both outlive the node; their timers run on while it stands still. */
final class Gates {

    private final World world;
    private final String host;
    private final Map<Long, Long> stagedGateNs = new HashMap<>();
    private final Map<Long, Long> stagedGuardNs = new HashMap<>();
    private long openUntilNs;
    private long killAtNs = -1;
    private boolean mayStart = true;

    Gates(World world, String host) {
        this.world = world;
        this.host = host;
    }

    /** @param ttlNs by the host's own clock */
    void stageGate(long round, long ttlNs) {
        stagedGateNs.put(round, world.time.nowNs() + world.clock(host).trueNs(ttlNs));
    }

    void activateGate(long round, long epoch, long ttlNs) {
        Long until = stagedGateNs.get(round);
        if (world.has(Mutant.LEASE_FROM_RECEIPT)) {
            until = world.time.nowNs() + world.clock(host).trueNs(ttlNs);
        }
        if (until == null || until <= world.time.nowNs()) {
            return;
        }
        if (world.has(Mutant.GATE_WITHOUT_TIMER)) {
            until = Long.MAX_VALUE;
        }
        stagedGateNs.clear();
        openUntilNs = until;
        world.invariants.gateOpened(host, epoch);
    }

    void closeGate() {
        openUntilNs = 0;
        stagedGateNs.clear();
    }

    boolean isOpen() {
        return openUntilNs > world.time.nowNs();
    }

    long openUntilNs() {
        return openUntilNs;
    }

    void stageGuard(long round, long ttlNs) {
        stagedGuardNs.put(round, world.time.nowNs() + world.clock(host).trueNs(ttlNs));
    }

    void commitGuard(long round) {
        Long at = stagedGuardNs.get(round);
        if (at == null || at <= world.time.nowNs()) {
            return;
        }
        stagedGuardNs.clear();
        killAtNs = at;
        world.time.after(at - world.time.nowNs(), this::expire);
    }

    void disarm() {
        killAtNs = -1;
        mayStart = true;
    }

    void killed() {
        killAtNs = -1;
        mayStart = false;
    }

    /** Outside recovery nothing runs unguarded. */
    boolean mayStartPrimary() {
        return killAtNs > world.time.nowNs();
    }

    boolean mayStartStandby() {
        return mayStart || killAtNs > world.time.nowNs();
    }

    private void expire() {
        if (killAtNs < 0 || killAtNs > world.time.nowNs()) {
            return;
        }
        killed();
        world.time.after(world.random.nextLong(1, 100) * MS, () -> {
            if (world.postgres(host).isRunning()) {
                world.trace(host, "the guard kills the server");
                world.postgres(host).die();
                world.node(host).guardExpired();
            }
        });
    }

    void boot() {
        closeGate();
        stagedGuardNs.clear();
        killAtNs = -1;
        mayStart = true;
    }
}
