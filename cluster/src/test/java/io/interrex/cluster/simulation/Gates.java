package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import java.util.HashMap;
import java.util.Map;

/**
 * The kernel's gate, where there is one, and the guard of one host. Both outlive the node; their timers run on while it stands
 * still. Without a kernel's gate clients come in as soon as pg_hba.conf admits them, until that or the guard ends it.
 */
final class Gates {

    private final World world;
    private final int host;
    private final Map<Long, Long> stagedGateNs = new HashMap<>();
    private final Map<Long, Long> stagedGuardNs = new HashMap<>();
    private long openUntilNs;
    private long killAtNs = -1;
    private long deadlineNs = -1;
    private long activated;
    private boolean mayStart = true;

    Gates(World world, int host) {
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
            until = Long.MAX_VALUE / 2;
        }
        stagedGateNs.clear();
        activated = round;
        if (!world.kernelGate) {
            return;
        }
        boolean opens = !isOpen();
        openUntilNs = until;
        world.invariants.leases.gateOpened(World.NAMES.get(host), epoch, round, opens);
    }

    void closeGate() {
        openUntilNs = 0;
        stagedGateNs.clear();
    }

    boolean isOpen() {
        if (world.kernelGate) {
            return openUntilNs > world.time.nowNs();
        }
        return world.hasMember(host)
                && world.postgres(host).isPrimary()
                && world.postgres(host).admitted
                && !world.postgres(host).deathbed.isKilled();
    }

    /** The last round that was to open it. */
    long activated() {
        return activated;
    }

    /** The last deadline that the guard was given. */
    long deadlineNs() {
        return deadlineNs;
    }

    long openUntilNs() {
        return openUntilNs;
    }

    void stageGuard(long round, long ttlNs) {
        stagedGuardNs.put(round, world.time.nowNs() + world.clock(host).trueNs(ttlNs));
    }

    boolean commitGuard(long round) {
        Long at = stagedGuardNs.get(round);
        if (at == null || at <= world.time.nowNs()) {
            return false;
        }
        stagedGuardNs.clear();
        killAtNs = at;
        deadlineNs = at;
        world.time.after(host, at - world.time.nowNs(), this::expire);
        return true;
    }

    void disarm() {
        killAtNs = -1;
        mayStart = true;
    }

    void killed() {
        killAtNs = -1;
        mayStart = false;
    }

    /** Before the simulation begins: a round of the agent before was granted just now. */
    void installArmed() {
        killAtNs = world.time.nowNs() + world.settings.timings().leaseFor().toNanos();
        deadlineNs = killAtNs;
        world.time.after(host, killAtNs - world.time.nowNs(), this::expire);
    }

    /** The timers stand still with the machine. */
    void suspended(long forNs) {
        stagedGateNs.replaceAll((round, at) -> at + forNs);
        stagedGuardNs.replaceAll((round, at) -> at + forNs);
        if (isOpen()) {
            openUntilNs += forNs;
        }
        if (killAtNs > world.time.nowNs()) {
            killAtNs += forNs;
            world.time.after(host, killAtNs - world.time.nowNs(), this::expire);
        }
    }

    /** Outside recovery nothing runs unguarded. */
    boolean mayStartPrimary() {
        return killAtNs > world.time.nowNs();
    }

    boolean mayStartStandby() {
        return mayStart || killAtNs > world.time.nowNs();
    }

    private void expire() {
        if (killAtNs < 0 || killAtNs > world.time.nowNs() || world.has(Mutant.GUARD_WITHOUT_DEADLINE)) {
            return;
        }
        killed();
        world.time.after(host, world.random.nextLong(1, 100) * MS, () -> {
            if (world.postgres(host).isRunning()) {
                world.trace(host, "the guard kills the server");
                world.postgres(host).deathbed.dieThen(() -> world.node(host).guardExpired());
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
