package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import java.util.Arrays;
import java.util.SplittableRandom;

/** The network between the hosts: delay, loss, repetition, cuts in one direction. Messages may overtake each other. */
final class Net {

    private final VirtualTime time;
    private final SplittableRandom random;
    private final int hosts;
    private final boolean[] cuts;
    private final boolean[] down;
    double loss;
    long slowNs;

    Net(VirtualTime time, SplittableRandom random, int hosts) {
        this.time = time;
        this.random = random;
        this.hosts = hosts;
        this.cuts = new boolean[hosts * hosts];
        this.down = new boolean[hosts];
    }

    void cut(int from, int to) {
        cuts[from * hosts + to] = true;
    }

    void heal(int from, int to) {
        cuts[from * hosts + to] = false;
    }

    void healAll() {
        Arrays.fill(cuts, false);
        loss = 0;
        slowNs = 0;
    }

    void host(int host, boolean up) {
        down[host] = !up;
    }

    boolean isUp(int host) {
        return !down[host];
    }

    boolean passes(int from, int to) {
        return !down[from] && !down[to] && (from == to || !cuts[from * hosts + to]);
    }

    boolean connected(int one, int other) {
        return passes(one, other) && passes(other, one);
    }

    boolean reachesMajority(int host) {
        int reached = 0;
        for (int other = 0; other < hosts; other++) {
            if (connected(host, other)) {
                reached++;
            }
        }
        return reached > hosts / 2;
    }

    long delayNs(int from, int to) {
        if (from == to) {
            return random.nextLong(20_000, 100_000);
        }
        long tail = random.nextInt(50) == 0 ? random.nextLong(30 * MS) : 0;
        return random.nextLong(200_000, 3 * MS) + tail + (slowNs == 0 ? 0 : random.nextLong(slowNs));
    }

    /** A datagram: it may be lost, late or come twice. */
    void send(int from, int to, Runnable deliver) {
        int copies = random.nextInt(100) == 0 ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            if (from != to && loss > 0 && random.nextDouble() < loss) {
                continue;
            }
            long delay = delayNs(from, to);
            boolean leaves = passes(from, to);
            time.after(to, delay, () -> {
                if (leaves && passes(from, to)) {
                    deliver.run();
                }
            });
        }
    }
}
