package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupCommand.StandbyLag;
import java.util.ArrayList;
import java.util.List;

/** What goes wrong, and when: drawn from the seed, with lengths biased to the boundaries of the lease's times. */
final class Faults {

    private final World world;

    Faults(World world) {
        this.world = world;
    }

    /** @param forNs no fault begins later */
    void begin(long forNs) {
        int count = world.random.nextInt(1, 8);
        for (int i = 0; i < count; i++) {
            world.time.after(world.random.nextLong(forNs), this::strike);
        }
        if (world.random.nextInt(4) == 0) {
            world.log.loseAnswers = 0.2;
        }
        if (world.random.nextInt(4) == 0) {
            world.net.loss = 0.15;
        }
        if (world.random.nextInt(6) == 0) {
            world.net.slowNs = 120 * MS;
        }
    }

    void heal() {
        world.trace("all", "everything heals");
        world.net.healAll();
        world.log.loseAnswers = 0;
        world.log.awayUntilNs = 0;
        for (String host : world.hosts()) {
            world.bootHost(host);
            world.postgres(host).unhang();
            world.time.after(
                    world.random.nextLong(500) * MS, () -> world.node(host).start());
        }
    }

    private String any() {
        return world.hosts().get(world.random.nextInt(3));
    }

    /** Half of the faults hit the primary. */
    private String victim() {
        var state = world.log.truth();
        String primary = state == null ? null : state.designated();
        return primary != null && world.random.nextBoolean() ? primary : any();
    }

    private long lengthNs() {
        var t = world.settings.timings();
        long[] edges = {
            t.leaseFor().toMillis(),
            t.promiseFor().toMillis(),
            t.silentFor().toMillis(),
            t.suspectAfter().toMillis(),
            t.pauseMax().toMillis(),
            5 * t.leaseFor().toMillis()
        };
        long edge = edges[world.random.nextInt(edges.length)];
        return world.random.nextBoolean()
                ? (edge + world.random.nextLong(-150, 150)) * MS
                : world.random.nextLong(50, 4000) * MS;
    }

    private void strike() {
        String host = victim();
        switch (world.random.nextInt(13)) {
            case 0, 1 -> world.crashServer(host);
            case 2 -> crashHost(host);
            case 3 -> crashNode(host);
            case 4 -> world.node(host).pauseFor(lengthNs());
            case 5 -> oneWay(host, any());
            case 6 -> isolate(host);
            case 7 -> between(host, any());
            case 8 -> world.log.awayUntilNs = world.time.nowNs() + lengthNs();
            case 9 -> switchover(host);
            case 10 -> hang(host);
            case 11 -> fromVotersOnly(host);
            case 12 -> all();
            default -> throw new IllegalStateException();
        }
    }

    private void crashHost(String host) {
        world.crashHost(host);
        world.time.after(lengthNs(), () -> world.bootHost(host));
    }

    private void crashNode(String host) {
        world.node(host).stop();
        world.time.after(lengthNs(), () -> world.node(host).start());
    }

    private void all() {
        world.hosts().forEach(this::crashHost);
    }

    private void hang(String host) {
        world.trace(host, "the server hangs");
        world.postgres(host).hang();
        world.time.after(lengthNs(), () -> world.postgres(host).unhang());
    }

    private void oneWay(String from, String to) {
        world.trace(from, "nothing reaches " + to);
        world.net.cut(from, to);
        healLater();
    }

    private void between(String one, String other) {
        world.trace(one, "is cut from " + other);
        world.net.cut(one, other);
        world.net.cut(other, one);
        healLater();
    }

    private void isolate(String host) {
        world.trace(host, "is cut from all");
        for (String other : world.hosts()) {
            world.net.cut(host, other);
            world.net.cut(other, host);
        }
        healLater();
    }

    /** The host hears nothing, and is heard. */
    private void fromVotersOnly(String host) {
        world.trace(host, "hears nobody");
        for (String other : world.hosts()) {
            world.net.cut(other, host);
        }
        healLater();
    }

    private void healLater() {
        world.time.after(lengthNs(), () -> {
            world.trace("net", "the cuts heal");
            double loss = world.net.loss;
            long slow = world.net.slowNs;
            world.net.healAll();
            world.net.loss = loss;
            world.net.slowNs = slow;
        });
    }

    private void switchover(String through) {
        List<StandbyLag> lags = new ArrayList<>();
        world.hosts().forEach(h -> lags.add(new StandbyLag(h, 0)));
        world.trace(through, "a switchover is ordered");
        world.node(through)
                .submit(new GroupCommand.OrderSwitchover(
                        new GroupCommand.Stamp(through, world.node(through).wallMs()),
                        world.uuid(),
                        "operator",
                        null,
                        List.copyOf(lags)));
    }
}
