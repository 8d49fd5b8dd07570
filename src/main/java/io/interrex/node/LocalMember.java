package io.interrex.node;

import io.interrex.actors.agent.AgentPorts;
import io.interrex.actors.log.GroupLog;
import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.port.Drift;
import io.interrex.cluster.port.Gate;
import io.interrex.cluster.port.HardStore;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.Space;
import io.interrex.cluster.port.Vitals;
import io.interrex.config.ClusterConfig;
import io.interrex.config.ClusterConfig.Group;
import io.interrex.config.ClusterConfig.KernelGate;
import io.interrex.config.ClusterConfig.Member;
import io.interrex.config.ConfigProblems;
import io.interrex.config.NodeConfig;
import io.interrex.gate.GuardOnlyGate;
import io.interrex.guard.ClosingDelay;
import io.interrex.guard.GuardClient;
import io.interrex.guard.GuardLauncher;
import io.interrex.guard.OwnCgroup;
import io.interrex.host.Spaces;
import io.interrex.postgresql.KeptWalLimits;
import io.interrex.postgresql.ParameterCheck;
import io.interrex.postgresql.PostgresDatabase;
import io.interrex.postgresql.PostgresSettings;
import io.interrex.postgresql.ProcessLauncher;
import io.interrex.postgresql.ReplicationPath;
import io.interrex.postgresql.Secrets;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The member of one group on this host: its guard, its gate, its database, and the directory that all of that is in.
 *
 * @param closesInMs g, as measured; −1: it was not
 * @param passing null: its gate lets everybody pass
 */
record LocalMember(
        GuardClient guard,
        Gate gate,
        PostgresDatabase database,
        Path home,
        long closesInMs,
        @Nullable GatePeers passing) {

    private static final Logger LOG = LoggerFactory.getLogger(LocalMember.class);
    private static final Duration GUARD_LIMIT = Duration.ofSeconds(10);
    private static final Duration GATE_LIMIT = Duration.ofSeconds(10);
    private static final Duration NAMES_AGAIN_AFTER = Duration.ofSeconds(5);

    /**
     * Adopts the guard and the gate that are there, or makes them.
     *
     * @param guardBinary the packaged guard
     */
    static LocalMember open(NodeConfig node, Group group, Member member, Path binaries, Path guardBinary)
            throws IOException, InterruptedException, ConfigProblems {
        // the guard makes its own directory, readable by nobody else
        Path run = Files.createDirectories(node.directories().run()).resolve(group.name());
        Files.createDirectories(member.data());
        Path logs = Files.createDirectories(node.directories().log());
        Opened opened = gate(node, group, member);
        Gate gate = opened.gate();
        long closesInMs = -1;
        if (!gate.isKernel() || node.cluster().watchdog() != null) {
            closesInMs = measured(node, guardBinary).require().toMillis();
        }
        GuardClient guard = GuardClient.open(
                GuardLauncher.of(guardBinary, run, OwnCgroup.of(group.name(), run))
                        .with(watchdog(node)),
                logs.resolve("postgres-" + group.name() + ".out"),
                GUARD_LIMIT);
        PostgresSettings settings = settings(node, group, member, binaries);
        SortedMap<String, String> refused = ParameterCheck.refusedAtStart(settings);
        if (!refused.isEmpty()) {
            throw node.refusedParameters(group, refused);
        }
        new Secrets(settings.secrets()).createMissing(settings.roles());
        return new LocalMember(
                guard,
                gate,
                new PostgresDatabase(settings, guard, ProcessLauncher.DIRECT),
                member.data(),
                closesInMs,
                opened.passing());
    }

    private static Optional<GuardLauncher.Watchdog> watchdog(NodeConfig node) {
        return Optional.ofNullable(node.cluster().watchdog())
                .map(dog -> new GuardLauncher.Watchdog(
                        dog.device(), dog.timeout(), node.cluster().timings().closingAllowed()));
    }

    /** What the member's agent acts through. */
    AgentPorts ports(
            NodeConfig node,
            HardStore store,
            ActorRef<GroupLog.Message> log,
            Wires wires,
            Supplier<List<Drift>> ofTheFile) {
        return new AgentPorts(
                database,
                guard,
                gate,
                store,
                log,
                wires::send,
                wires::tellAll,
                () -> vitals(node.directories().state(), ofTheFile),
                database);
    }

    /** A look at a disk may hang as the disk does, and keeps no thread that the agent needs. */
    private CompletionStage<Vitals> vitals(Path state, Supplier<List<Drift>> ofTheFile) {
        var places = List.of(
                new Spaces.Place(Space.DATA, home),
                new Spaces.Place(Space.WAL, home.resolve("data").resolve("pg_wal")),
                new Spaces.Place(Space.STATE, state));
        return database.slots()
                .thenCombineAsync(
                        database.drift(),
                        (slots, drift) -> new Vitals(
                                Spaces.of(places),
                                slots.used(),
                                slots.max(),
                                closesInMs,
                                slots.pending(),
                                Stream.concat(ofTheFile.get().stream(), drift.stream())
                                        .toList(),
                                slots.slots()));
    }

    static PostgresSettings settings(NodeConfig node, Group group, Member member, Path binaries) {
        var peers = new TreeMap<String, io.interrex.cluster.port.Database.Upstream>();
        group.members().values().stream()
                .filter(other -> !other.name().equals(member.name()))
                .forEach(other -> peers.put(
                        other.name(),
                        new io.interrex.cluster.port.Database.Upstream(
                                other.name(), other.info().host(), other.port())));
        ClusterConfig.Postgres postgres = group.postgres();
        PostgresSettings settings = PostgresSettings.of(
                        group.name(),
                        member.name(),
                        member.data(),
                        binaries,
                        member.info().host(),
                        member.port(),
                        node.directories().secrets(),
                        peers)
                .withApplication(new PostgresSettings.Application(postgres.user(), postgres.database()))
                .withCloneRateKiB(group.rebuild().cloneRateKiB())
                .withKeptWal(new KeptWalLimits(
                        group.rebuild().keptBytesMax(),
                        group.rebuild().keptCountMax(),
                        group.rebuild().keptRequired()))
                .withParameters(postgres.parameters())
                .withReplication(replication(group, member))
                .withLogical(!group.settings().logicalSlots().isEmpty());
        return postgres.clientRules().isEmpty() ? settings : settings.withClientRules(postgres.clientRules());
    }

    private static ReplicationPath replication(Group group, Member own) {
        var peers = new TreeMap<String, String>();
        for (Member member : group.members().values()) {
            String address = member.replicationAddress();
            if (address != null && !member.name().equals(own.name())) {
                peers.put(member.name(), address);
            }
        }
        return new ReplicationPath(own.replicationAddress(), peers);
    }

    private record Opened(Gate gate, @Nullable GatePeers passing) {}

    private static Opened gate(NodeConfig node, Group group, Member member)
            throws IOException, InterruptedException, ConfigProblems {
        KernelGate wanted = node.cluster().kernelGate();
        if (wanted == KernelGate.OFF) {
            return new Opened(new GuardOnlyGate(), null);
        }
        var kernel = new AtomicReference<io.interrex.gate.KernelGate>();
        var passing = new GatePeers(
                InetAddress::getByName,
                addresses -> Objects.requireNonNull(kernel.get(), "the gate is not open")
                        .pass(addresses),
                NAMES_AGAIN_AFTER);
        Outcome<io.interrex.gate.KernelGate> opened = io.interrex.gate.KernelGate.open(
                member.name(),
                member.port(),
                passing.first(node.passing(group.memberInfos())),
                member.replicationInet());
        return switch (opened) {
            case Outcome.Done<io.interrex.gate.KernelGate>(var gate) -> {
                kernel.set(gate);
                yield new Opened(installed(gate), passing);
            }
            case Outcome.Refused<io.interrex.gate.KernelGate>(var reason) -> withoutKernel(node, reason);
            case Outcome.Unknown<io.interrex.gate.KernelGate>(var reason) -> withoutKernel(node, reason);
        };
    }

    /** No group has the name of the guard that is measured. */
    private static ClosingCheck measured(NodeConfig node, Path guardBinary) {
        List<String> command = List.of(guardBinary.toAbsolutePath().toString());
        Path run = node.directories().run().resolve("-");
        return new ClosingCheck(node, limit -> ClosingDelay.measure(command, run, limit));
    }

    private static Gate installed(Gate gate) throws IOException, InterruptedException {
        try {
            Outcome<Gate.State> state =
                    gate.install().toCompletableFuture().get(GATE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            if (state instanceof Outcome.Done<Gate.State>(var found)) {
                LOG.info("the kernel's gate is {}", found);
                return gate;
            }
            throw new IOException("the kernel's gate cannot be set up: " + state);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the kernel's gate cannot be set up: " + e, e);
        }
    }

    private static Opened withoutKernel(NodeConfig node, String reason) throws ConfigProblems {
        if (node.cluster().kernelGate() == KernelGate.REQUIRED) {
            throw node.refusal(
                    "gate.kernel",
                    "required",
                    "the kernel's gate cannot be had: " + reason,
                    "Give the node CAP_NET_ADMIN and nftables, or write gate.kernel = auto");
        }
        LOG.warn("no kernel gate, the guard alone protects: {}", reason);
        return new Opened(new GuardOnlyGate(), null);
    }

    /** These are the members of its group from now on: each has its slot, and passes the gate. */
    void use(NodeConfig node, List<MemberInfo> members) {
        database.useMembers(members.stream().map(MemberInfo::name).toList());
        GatePeers peers = passing;
        if (peers != null) {
            peers.use(node.passing(members));
        }
    }
}
