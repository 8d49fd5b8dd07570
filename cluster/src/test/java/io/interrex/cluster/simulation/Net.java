package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;

/** The network between the hosts: delay, loss, repetition, cuts in one direction. Messages may overtake each other. */
final class Net {

    private final VirtualTime time;
    private final SplittableRandom random;
    private final Set<String> cuts = new HashSet<>();
    private final Set<String> downHosts = new HashSet<>();
    double loss;
    long slowNs;

    Net(VirtualTime time, SplittableRandom random) {
        this.time = time;
        this.random = random;
    }

    void cut(String from, String to) {
        cuts.add(from + '>' + to);
    }

    void healAll() {
        cuts.clear();
        loss = 0;
        slowNs = 0;
    }

    void host(String name, boolean up) {
        if (up) {
            downHosts.remove(name);
        } else {
            downHosts.add(name);
        }
    }

    boolean isUp(String host) {
        return !downHosts.contains(host);
    }

    boolean passes(String from, String to) {
        return isUp(from) && isUp(to) && (from.equals(to) || !cuts.contains(from + '>' + to));
    }

    boolean connected(String one, String other) {
        return passes(one, other) && passes(other, one);
    }

    long delayNs(String from, String to) {
        if (from.equals(to)) {
            return random.nextLong(20_000, 100_000);
        }
        long tail = random.nextInt(50) == 0 ? random.nextLong(30 * MS) : 0;
        return random.nextLong(200_000, 3 * MS) + tail + (slowNs == 0 ? 0 : random.nextLong(slowNs));
    }

    /** A datagram: it may be lost, late or come twice. */
    void send(String from, String to, Runnable deliver) {
        int copies = random.nextInt(100) == 0 ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            if (!from.equals(to) && random.nextDouble() < loss) {
                continue;
            }
            long delay = delayNs(from, to);
            boolean leaves = passes(from, to);
            time.after(delay, () -> {
                if (leaves && passes(from, to)) {
                    deliver.run();
                }
            });
        }
    }
}
