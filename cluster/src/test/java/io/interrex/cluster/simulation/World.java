package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.settings.GroupSettings;
import io.interrex.cluster.settings.Profile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.UUID;

/** Three hosts, each with a node and a PostgreSQL server, the network, the log and the clients, all from one seed. */
final class World {

    static final String GROUP = "main";
    private static final List<String> HOSTS = List.of("a", "b", "c");

    final SplittableRandom random;
    final VirtualTime time = new VirtualTime();
    final boolean verbose;
    final long tickNs = 50 * MS;
    final GroupSettings settings = GroupSettings.defaults(Profile.FAST.timings());
    final List<MemberInfo> members = HOSTS.stream()
            .map(h -> new MemberInfo(h, h, 5432, "zone-" + h, 0, false, false))
            .toList();
    final Net net;
    final EventStore log;
    final Invariants invariants = new Invariants(this);
    final Clients clients = new Clients(this);
    private final Set<Mutant> mutants;
    private final Map<String, SimNode> nodes = new HashMap<>();
    private final Map<String, Postgres> servers = new HashMap<>();
    private final Map<String, Gates> gates = new HashMap<>();
    private final Map<String, Clock> clocks = new HashMap<>();
    private final List<String> history = new ArrayList<>();

    World(long seed, boolean verbose, Mutant... mutants) {
        this.random = new SplittableRandom(seed);
        this.verbose = verbose;
        this.mutants = EnumSet.noneOf(Mutant.class);
        Collections.addAll(this.mutants, mutants);
        net = new Net(time, random.split());
        log = new EventStore(this);
        for (String host : HOSTS) {
            clocks.put(
                    host,
                    new Clock(
                            random.nextLong(1_000_000 * MS),
                            1 + random.nextDouble(-0.0099, 0.0099),
                            random.nextLong(-100, 100)));
            gates.put(host, new Gates(this, host));
            servers.put(host, new Postgres(this, host));
            nodes.put(host, new SimNode(this, host));
        }
        for (String host : HOSTS) {
            time.after(random.nextLong(500 * MS), () -> node(host).start());
        }
        clients.start();
    }

    List<String> hosts() {
        return HOSTS;
    }

    SortedSet<String> voters() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(HOSTS));
    }

    boolean has(Mutant mutant) {
        return mutants.contains(mutant);
    }

    UUID uuid() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    SimNode node(String host) {
        return of(nodes, host);
    }

    Postgres postgres(String host) {
        return of(servers, host);
    }

    Gates gates(String host) {
        return of(gates, host);
    }

    Clock clock(String host) {
        return of(clocks, host);
    }

    private static <T> T of(Map<String, T> map, String host) {
        T found = map.get(host);
        if (found == null) {
            throw new IllegalArgumentException("no host " + host);
        }
        return found;
    }

    // ---- faults

    void crashHost(String host) {
        trace(host, "the host dies");
        net.host(host, false);
        node(host).stop();
        postgres(host).die();
        gates(host).boot();
    }

    void bootHost(String host) {
        if (net.isUp(host)) {
            return;
        }
        trace(host, "the host boots");
        net.host(host, true);
        time.after(random.nextLong(50, 300) * MS, () -> node(host).start());
    }

    void crashServer(String host) {
        if (postgres(host).isRunning()) {
            trace(host, "the server is killed");
            postgres(host).die();
            gates(host).killed();
            node(host).serverCrashed();
        }
    }

    void trace(String who, String what) {
        if (verbose) {
            history.add("%9.3f s  %-4s %s".formatted(time.nowNs() / 1e9, who, what));
        }
    }

    List<String> history() {
        return history;
    }
}
