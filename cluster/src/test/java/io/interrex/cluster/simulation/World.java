package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.settings.GroupSettings;
import io.interrex.cluster.simulation.Fault.Point;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;

/** Hosts, each with a node and most with a PostgreSQL server, the network, the log and the clients, all from one seed. */
final class World {

    static final String GROUP = "main";
    /** Of hosts, and of the nodes and members on them. */
    static final List<String> NAMES = List.of("a", "b", "c", "d", "e");

    /** Told when something happened that a fault may wait for. */
    interface Watcher {
        void reached(Point point, int host);
    }

    final SplittableRandom random;
    final EdgePooler pooler;
    final PowerSwitch power = new PowerSwitch(this);
    final VirtualTime time;
    final boolean verbose;
    final long tickNs = 50 * MS;
    final GroupSettings settings;
    final List<MemberInfo> members;
    final Net net;
    final EventStore log;
    final Invariants invariants;
    final Clients clients;
    final Operator operator;
    /** A host was suspended: promise B is not claimed, promise A is. */
    boolean stunned;
    /** Nothing goes wrong but the log: no lease may be lost and no server may die for that (I21). */
    final boolean onlyTheLog;
    /** Nothing goes wrong but that the primary's agent is away (I24). */
    final boolean onlyAnAgent;
    /** For less than T. */
    final boolean agentBackInTime;
    /** The kernel keeps clients out; without it pg_hba.conf and the guard do. */
    final boolean kernelGate;

    Watcher watcher = (point, host) -> {};
    private final List<String> hosts;
    private final List<String> memberNames;
    private final SortedSet<String> voters;
    private final Set<Mutant> mutants;
    private final SimNode[] nodes;
    private final Postgres[] servers;
    private final Gates[] gates;
    private final Clock[] clocks;
    private final List<String> history = new ArrayList<>();

    World(Schedule schedule, boolean verbose, Mutant... mutants) {
        this.random = new SplittableRandom(schedule.seed() ^ 0x5DEECE66DL);
        this.pooler = new EdgePooler(this, schedule.seed());
        this.verbose = verbose;
        this.mutants = EnumSet.noneOf(Mutant.class);
        Collections.addAll(this.mutants, mutants);
        this.onlyTheLog = !schedule.fromNothing() && schedule.breaksOnlyTheLog();
        this.onlyAnAgent = schedule.stopsOnlyAnAgent();
        this.agentBackInTime = onlyAnAgent && schedule.stopsAnAgentBriefly();
        this.kernelGate = schedule.layout().kernelGate();
        int count = schedule.layout().hosts();
        settings = schedule.layout().settings();
        members = schedule.layout().members();
        hosts = List.copyOf(NAMES.subList(0, count));
        memberNames = List.copyOf(NAMES.subList(0, members.size()));
        voters = Collections.unmodifiableSortedSet(new TreeSet<>(hosts));
        time = new VirtualTime(count);
        net = new Net(time, random.split(), count);
        log = new EventStore(this);
        invariants = new Invariants(this);
        clients = new Clients(this);
        operator = new Operator(this, schedule.seed());
        nodes = new SimNode[count];
        servers = new Postgres[members.size()];
        gates = new Gates[count];
        clocks = new Clock[count];
        for (int i = 0; i < count; i++) {
            clocks[i] = new Clock(
                    random.nextLong(1_000_000 * MS),
                    1 + random.nextDouble(-0.0099, 0.0099),
                    random.nextLong(-100, 100));
            gates[i] = new Gates(this, i);
            nodes[i] = new SimNode(this, i);
        }
        for (int i = 0; i < servers.length; i++) {
            servers[i] = new Postgres(this, i);
        }
        if (schedule.fromNothing()) {
            for (SimNode node : nodes) {
                time.after(random.nextLong(500 * MS), () -> node.start(false));
            }
        } else {
            Beginning.established(this);
        }
        clients.start();
    }

    /** The names of all hosts; each has a voter. */
    List<String> hosts() {
        return hosts;
    }

    List<String> memberNames() {
        return memberNames;
    }

    SortedSet<String> voters() {
        return voters;
    }

    boolean has(Mutant mutant) {
        return mutants.contains(mutant);
    }

    boolean isMutated() {
        return !mutants.isEmpty();
    }

    UUID uuid() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    static int index(String host) {
        return host.charAt(0) - 'a';
    }

    SimNode node(String host) {
        return nodes[index(host)];
    }

    SimNode node(int host) {
        return nodes[host];
    }

    SimNode[] nodes() {
        return nodes;
    }

    Postgres postgres(String host) {
        return servers[index(host)];
    }

    boolean hasMember(int host) {
        return host < servers.length;
    }

    Postgres postgres(int host) {
        return servers[host];
    }

    Postgres[] servers() {
        return servers;
    }

    Gates gates(String host) {
        return gates[index(host)];
    }

    Gates gates(int host) {
        return gates[host];
    }

    Clock clock(int host) {
        return clocks[host];
    }

    Clock clock(String host) {
        return clocks[index(host)];
    }

    // ---- faults that strike a whole host

    void crashHost(int host) {
        if (!net.isUp(host)) {
            return;
        }
        trace(host, "the host dies");
        net.host(host, false);
        nodes[host].stop();
        if (hasMember(host)) {
            servers[host].powerLost();
        }
        gates[host].boot();
    }

    void bootHost(int host) {
        if (net.isUp(host)) {
            return;
        }
        trace(host, "the host boots");
        net.host(host, true);
        time.after(random.nextLong(50, 300) * MS, () -> nodes[host].start(false));
    }

    void stun(int host, long forNs) {
        if (!net.isUp(host) || time.isSuspended(host)) {
            return;
        }
        trace(host, "the host is suspended");
        stunned = true;
        time.suspend(host, forNs);
        clocks[host].suspend(time.nowNs(), forNs);
        gates[host].suspended(forNs);
        time.after(host, forNs + random.nextLong(30 * MS), () -> {
            trace(host, "the guard tells that the machine was suspended");
            nodes[host].slept();
        });
    }

    void reached(Point point, int host) {
        watcher.reached(point, host);
    }

    // ---- history

    void trace(int host, String what) {
        if (verbose) {
            history.add(line(NAMES.get(host), what));
        }
    }

    void trace(String who, Supplier<String> what) {
        if (verbose) {
            history.add(line(who, what.get()));
        }
    }

    void trace(int host, Supplier<String> what) {
        if (verbose) {
            history.add(line(NAMES.get(host), what.get()));
        }
    }

    private String line(String who, String what) {
        return "%9.3f s  %-4s %s".formatted(time.nowNs() / 1e9, who, what);
    }

    List<String> history() {
        return history;
    }
}
