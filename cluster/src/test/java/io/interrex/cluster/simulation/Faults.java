package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupCommand.StandbyLag;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.simulation.Fault.Point;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lets the faults of a {@link Schedule} strike, each at its moment, and heals them all in the end. */
final class Faults {

    /** A node that dies is away for this part of its fault's length. */
    static final int DOWN_PART = 4;

    private final World world;
    private final Schedule schedule;
    private final int[] reached = new int[Point.values().length];
    private final List<Fault> waiting = new ArrayList<>();
    private boolean open;

    Faults(World world, Schedule schedule) {
        this.world = world;
        this.schedule = schedule;
    }

    void begin() {
        open = true;
        world.net.loss = schedule.loss();
        world.net.slowNs = schedule.slowNs();
        world.watcher = this::reached;
        for (Fault fault : schedule.faults()) {
            if (fault.on() == Point.WINDOW) {
                world.time.after(fault.delayNs(), () -> strike(fault, 0));
            } else {
                waiting.add(fault);
            }
        }
    }

    private void reached(Point point, int host) {
        int times = ++reached[point.ordinal()];
        for (int i = waiting.size() - 1; i >= 0; i--) {
            Fault fault = waiting.get(i);
            if (fault.on() == point && fault.nth() == times) {
                waiting.remove(i);
                world.time.after(fault.delayNs(), () -> strike(fault, host));
            }
        }
    }

    void heal() {
        open = false;
        world.watcher = (point, host) -> {};
        world.trace("all", () -> "everything heals");
        world.net.healAll();
        world.log.healAll();
        world.clients.cancelWaits = false;
        for (int host = 0; host < world.hosts().size(); host++) {
            int at = host;
            world.bootHost(host);
            world.node(host).stateNotWritten = false;
            world.node(host).lagUntil(0);
            if (world.hasMember(host)) {
                healServer(world.postgres(host));
            }
            world.time.after(
                    host, world.random.nextLong(200) * MS, () -> world.node(at).start(false));
        }
    }

    private static void healServer(Postgres server) {
        if (!server.deathbed.forGood) {
            server.deathbed.killable();
        }
        server.unhang();
        server.diskFull = false;
        server.diskSlow = false;
        server.diskLow = false;
    }

    private void strike(Fault fault, int actor) {
        if (!open) {
            return;
        }
        int host = victim(fault, actor);
        Postgres server = world.hasMember(host) ? world.postgres(host) : world.postgres(0);
        long forNs = fault.lengthNs();
        world.trace(host, () -> "FAULT " + fault.kind().words);
        switch (fault.kind()) {
            case POSTMASTER_KILLED -> server.postmasterKilled(60);
            case HOST_DIES -> crashHost(host, forNs);
            case ALL_HOSTS_DIE -> all(forNs);
            case NODE_DIES -> {
                world.node(host).stop();
                world.time.after(forNs / DOWN_PART, () -> world.node(host).start(false));
            }
            case NODE_PAUSES -> world.node(host).pauseFor(forNs);
            case HOST_STUNNED -> world.stun(host, forNs);
            case CLOCK_STEPS -> world.clock(host).stepWall(fault.nth() % 2 == 0 ? forNs / MS : -forNs / MS);
            case ONE_WAY_CUT ->
                during(forNs, () -> world.net.cut(host, fault.other()), () -> world.net.heal(host, fault.other()));
            case PAIR_CUT -> during(forNs, () -> cut(host, fault.other()), () -> join(host, fault.other()));
            case ISOLATED -> isolate(host, forNs);
            case DEAF -> deafen(host, forNs);
            case MUTE -> mute(host, forNs);
            case SWIZZLE -> swizzle(forNs);
            case LOG_AWAY -> world.log.awayUntilNs = world.time.nowNs() + forNs;
            case LOG_SLOW -> world.log.slowUntilNs = world.time.nowNs() + forNs;
            case LOG_LEADER_LOST -> world.log.awayUntilNs = world.time.nowNs() + 300 * MS + forNs / 3;
            case LOG_ANSWERS_LOST -> world.log.loseAnswers = 0.3;
            case LOG_WRITES_LATE -> world.log.writeLate = 0.3;
            case SERVER_HANGS -> during(forNs, () -> server.hang(), server::unhang);
            case DISK_SLOW -> during(forNs, () -> server.diskSlow = true, () -> server.diskSlow = false);
            case DISK_LOW -> during(forNs, () -> server.diskLow = true, () -> server.diskLow = false);
            case DISK_FULL -> during(forNs, () -> server.diskFull = true, () -> server.diskFull = false);
            case FSYNC_FAILS -> fsyncFails(server);
            case STATE_NOT_WRITTEN ->
                during(
                        forNs,
                        () -> world.node(host).stateNotWritten = true,
                        () -> world.node(host).stateNotWritten = false);
            case WAIT_CANCELLED -> world.clients.cancelWaits = true;
            case SWITCHOVER -> switchover(host);
            case FAILOVER -> world.node(host).orderFailover(fault.other());
            case REINIT -> reinit(host);
            case UNKILLABLE -> {
                server.deathbed.unkillable();
                server.deathbed.forGood = forNs == Fault.FOR_GOOD_NS;
                server.postmasterKilled(60);
                after(forNs, server.deathbed::killable);
            }
            case SCHEDULE -> schedule(host, fault.nth() > 1 ? world.postgres(fault.other()).name : null, forNs / MS);
            case RESTART -> restart(host, fault.nth() > 1);
            case MAINTENANCE -> maintenance(host, forNs / MS);
            case ASYNCHRONOUS -> during(forNs, () -> otherMode(host), () -> otherMode(host));
            case LOG_LAGS -> world.node(host).lagUntil(world.time.nowNs() + forNs);
        }
    }

    private void during(long ns, Runnable begins, Runnable ends) {
        begins.run();
        after(ns, ends);
    }

    private void isolate(int host, long forNs) {
        others(host).forEach(o -> cut(host, o));
        after(forNs, () -> others(host).forEach(o -> join(host, o)));
    }

    private void deafen(int host, long forNs) {
        others(host).forEach(o -> world.net.cut(o, host));
        after(forNs, () -> others(host).forEach(o -> world.net.heal(o, host)));
    }

    private void mute(int host, long forNs) {
        others(host).forEach(o -> world.net.cut(host, o));
        after(forNs, () -> others(host).forEach(o -> world.net.heal(host, o)));
    }

    private int victim(Fault fault, int actor) {
        if (fault.target() == Fault.ACTOR) {
            return actor;
        }
        if (fault.target() != Fault.PRIMARY) {
            return fault.target();
        }
        GroupState state = world.log.truth();
        String primary = state == null ? null : state.designated() == null ? state.primary() : state.designated();
        return primary == null ? 0 : World.index(primary);
    }

    private void after(long ns, Runnable action) {
        world.time.after(ns, action);
    }

    private List<Integer> others(int host) {
        var others = new ArrayList<Integer>();
        for (int i = 0; i < world.hosts().size(); i++) {
            if (i != host) {
                others.add(i);
            }
        }
        return others;
    }

    private void cut(int one, int other) {
        world.net.cut(one, other);
        world.net.cut(other, one);
    }

    private void join(int one, int other) {
        world.net.heal(one, other);
        world.net.heal(other, one);
    }

    private void swizzle(long forNs) {
        for (int one = 0; one < world.hosts().size(); one++) {
            for (int other : others(one)) {
                if (world.random.nextBoolean()) {
                    int from = one;
                    long downNs = world.random.nextLong(forNs / 2 + 1);
                    after(downNs, () -> world.net.cut(from, other));
                    after(downNs + world.random.nextLong(forNs), () -> world.net.heal(from, other));
                }
            }
        }
    }

    private void crashHost(int host, long forNs) {
        world.crashHost(host);
        after(forNs, () -> world.bootHost(host));
    }

    private void all(long forNs) {
        for (int host = 0; host < world.hosts().size(); host++) {
            crashHost(host, world.random.nextLong(forNs + MS));
        }
    }

    /** PostgreSQL panics, and what it could not sync is gone. */
    private void fsyncFails(Postgres server) {
        if (server.isRunning() && !server.orphaned) {
            server.powerLost();
            world.gates(server.host).killed();
            world.node(server.host).serverCrashed();
        }
    }

    private void reinit(int host) {
        SimNode node = world.node(host);
        node.submit(new GroupCommand.OrderReinit(
                new GroupCommand.Stamp(node.name, node.wallMs()), world.uuid(), "operator", node.name));
    }

    private void otherMode(int through) {
        SimNode node = world.node(through);
        GroupState truth = world.log.truth();
        if (truth != null) {
            node.submit(new GroupCommand.RecordSettings(
                    new GroupCommand.Stamp(node.name, node.wallMs()),
                    "operator",
                    null,
                    Layout.otherwise(truth.settings()),
                    List.copyOf(truth.members().values()),
                    List.of("synchronous")));
        }
    }

    private void maintenance(int host, long forMs) {
        SimNode node = world.node(host);
        node.submit(new GroupCommand.OrderMaintenance(
                new GroupCommand.Stamp(node.name, node.wallMs()),
                world.uuid(),
                "operator",
                node.name,
                "new disks",
                node.wallMs() + forMs));
    }

    /** For a few seconds it may still begin. */
    private void schedule(int through, @Nullable String target, long inMs) {
        SimNode node = world.node(through);
        long atMs = node.wallMs() + inMs;
        node.submit(new GroupCommand.ScheduleSwitchover(
                new GroupCommand.Stamp(node.name, node.wallMs()),
                world.uuid(),
                "operator",
                target,
                atMs,
                atMs + 4_000,
                false));
    }

    private void restart(int through, boolean inPlace) {
        SimNode node = world.node(through);
        List<GroupCommand.Run> runs = new ArrayList<>();
        for (Postgres server : world.servers()) {
            if (server.isRunning()) {
                runs.add(new GroupCommand.Run(server.name, server.startedAtMs, false, false));
            }
        }
        node.submit(new GroupCommand.OrderRestart(
                new GroupCommand.Stamp(node.name, node.wallMs()),
                world.uuid(),
                "operator",
                null,
                false,
                inPlace,
                List.copyOf(runs),
                false));
    }

    private void switchover(int through) {
        List<StandbyLag> lags = new ArrayList<>();
        world.memberNames().forEach(m -> lags.add(new StandbyLag(m, 0)));
        SimNode node = world.node(through);
        node.submit(new GroupCommand.OrderSwitchover(
                new GroupCommand.Stamp(node.name, node.wallMs()),
                world.uuid(),
                "operator",
                null,
                List.copyOf(lags),
                false));
    }
}
