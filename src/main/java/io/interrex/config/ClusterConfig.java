package io.interrex.config;

import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.port.Notifier;
import io.interrex.cluster.settings.GroupSettings;
import io.interrex.cluster.settings.Profile;
import io.interrex.cluster.settings.Timings;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The whole configuration file as values: sound in itself, and the same on all nodes.
 *
 * @param file as it was named on the command line
 * @param name of the installation
 * @param generation of the voters
 * @param watchdog of each host that has a member, null: none
 * @param warnings what is allowed, but should be known
 * @param effective every value that holds, in the order of reference.conf
 */
public record ClusterConfig(
        Path file,
        String name,
        int generation,
        Profile profile,
        Timings timings,
        SortedMap<String, Node> nodes,
        SortedMap<String, Group> groups,
        SortedMap<String, RouterConfig> routers,
        List<NotifyCommand> notifiers,
        Directories directories,
        KernelGate kernelGate,
        boolean insecure,
        @Nullable Watchdog watchdog,
        List<Problem> warnings,
        List<Effective> effective) {

    /** Names of the voters' seats, sorted: by them majorities are counted. */
    public List<String> voters() {
        return List.copyOf(seats().keySet());
    }

    /** The nodes that have the voters' seats, by seat. */
    public SortedMap<String, String> seats() {
        var seats = new TreeMap<String, String>();
        nodes.values().stream().filter(Node::voter).forEach(node -> seats.put(node.seat(), node.name()));
        return seats;
    }

    /** The node that has a voter's seat; the seat's name where none has it. */
    public String nodeOf(String seat) {
        return seats().getOrDefault(seat, seat);
    }

    /** @throws IllegalArgumentException where there is none */
    public Node node(String name) {
        Node node = nodes.get(name);
        if (node == null) {
            throw new IllegalArgumentException("no node '" + name + "'; there are " + nodes.keySet());
        }
        return node;
    }

    public Group group(String name) {
        Group group = groups.get(name);
        if (group == null) {
            throw new IllegalArgumentException("no group '" + name + "'; there are " + groups.keySet());
        }
        return group;
    }

    /**
     * @param host address that peers and clients use, and that the node listens on
     * @param seat of its voter: the node's own name, or that of the node whose place it took
     */
    public record Node(String name, String host, String zone, boolean voter, String seat, boolean edge, Ports ports) {

        /** By which the other nodes' hands ask for it. */
        public String handsName() {
            return voter ? seat : name;
        }
    }

    /** TCP ports of one node. */
    public record Ports(int hands, int log, int brain, int http) {}

    /**
     * @param readMaxLagBytes a standby further behind takes no reads
     * @param fencing powers hosts off, null: nothing does
     * @param adopt the member with whose existing database the group begins, null: with a new one
     * @param rebuild how members are made whole
     */
    public record Group(
            String name,
            GroupSettings settings,
            long readMaxLagBytes,
            SortedMap<String, Member> members,
            Postgres postgres,
            @Nullable FencingHook fencing,
            @Nullable String adopt,
            Rebuild rebuild) {

        public Member member(String name) {
            Member member = members.get(name);
            if (member == null) {
                throw new IllegalArgumentException("no member '" + name + "'; there are " + members.keySet());
            }
            return member;
        }

        /** Members of which a copy is made rather than of others. */
        public SortedSet<String> cloneFrom() {
            var tagged = new TreeSet<>(members.keySet());
            tagged.removeIf(name -> !member(name).cloneFrom());
            return Collections.unmodifiableSortedSet(tagged);
        }

        /** The members as the core knows them. */
        public List<MemberInfo> memberInfos() {
            return members.values().stream().map(Member::info).toList();
        }
    }

    /**
     * How members are made whole.
     *
     * @param cloneRateKiB of a copy in a second, 0: no limit
     * @param keptBytesMax of the WAL that is kept before a rewind or a clone
     * @param keptRequired neither is done before all of that WAL is kept
     */
    public record Rebuild(int cloneRateKiB, long keptBytesMax, int keptCountMax, boolean keptRequired) {}

    /** @param timeout without being fed for so long it resets its host */
    public record Watchdog(Path device, Duration timeout) {}

    /** @param run program and arguments */
    public record FencingHook(List<String> run, Duration timeout) {}

    /**
     * @param data data directory
     * @param cloneFrom copies are made of this one rather than of others
     * @param replicationAddress of its host, for the other members alone; null: they use its host's
     */
    public record Member(
            MemberInfo info,
            Path data,
            boolean cloneFrom,
            @Nullable String replicationAddress) {

        /** It is a literal, so that nobody is asked for it. */
        public @Nullable InetAddress replicationInet() {
            return replicationAddress == null ? null : InetAddress.ofLiteral(replicationAddress);
        }

        public String name() {
            return info.name();
        }

        public int port() {
            return info.port();
        }
    }

    /**
     * @param bin directory of the programs, or {@code auto}
     * @param clientRules lines of pg_hba.conf for clients; empty: the usual one
     */
    public record Postgres(
            String bin, String database, String user, List<String> clientRules, SortedMap<String, String> parameters) {}

    /**
     * @param bin the program, or {@code auto}
     * @param databases of PgBouncer; empty: the group's own
     * @param poolSize server connections of one user to one of PgBouncer's databases
     * @param authFile PgBouncer's users; null: the group's own
     */
    public record RouterConfig(
            String name,
            RouterKind kind,
            String group,
            List<String> nodes,
            String bind,
            int writePort,
            int readPort,
            String bin,
            List<String> databases,
            int poolSize,
            @Nullable Path authFile) {}

    /** The program that a router is. */
    public enum RouterKind {
        /** Two ports; sessions are cut when the primary changes. */
        HAPROXY,
        /** One port, transaction pooling; transactions wait while a switchover runs. */
        PGBOUNCER
    }

    /**
     * @param run program and arguments
     * @param from least severity that it is told
     */
    public record NotifyCommand(String name, List<String> run, Notifier.Severity from, Duration timeout) {}

    /** Where a node keeps things, as in {@code directories}, {@code {node}} replaced. */
    public record Directories(Path state, Path run, Path secrets, Path log) {}

    /** Whether the kernel's gate is used. */
    public enum KernelGate {
        AUTO,
        REQUIRED,
        OFF
    }
}
