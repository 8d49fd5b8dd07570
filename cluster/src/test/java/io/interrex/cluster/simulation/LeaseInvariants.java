package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.Invariants.require;

import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.Evidence.Revoked;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupEvent.PrimaryEstablished;
import io.interrex.cluster.hands.HandsMessage.Ack;
import io.interrex.cluster.member.MemberHard;
import io.interrex.cluster.member.Plan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Judges leases, gates and promises: I1, I2, I3, I5, I16, I17, I18, I24. */
final class LeaseInvariants {

    private record Lease(String member, long epoch, long untilTrueNs) {}

    private record Round(String host, long n) {}

    private record Granted(String member, long untilTrueNs) {}

    private final World world;
    private final Map<Long, String> holders = new HashMap<>();
    private final List<Lease> leases = new ArrayList<>();
    private final Map<String, Long> grantedEpoch = new HashMap<>();
    private final Map<String, Granted> granted = new HashMap<>();
    private final Map<String, Long> promisedEpoch = new HashMap<>();
    private final Map<String, Long> releasedEpoch = new HashMap<>();
    private final Map<Round, Long> sentNs = new HashMap<>();
    private final Map<String, Long> closedNs = new HashMap<>();

    LeaseInvariants(World world) {
        this.world = world;
    }

    // ---- gates

    /** Safety after every step: what changes with time alone is looked at too. */
    void afterStep() {
        if (world.stunned) {
            return;
        }
        Gates open = null;
        for (Postgres server : world.servers()) {
            Gates gates = world.gates(server.host);
            if (gates.isOpen()) {
                if (!world.kernelGate) {
                    byTheGuard(server.name, gates);
                }
                require(open == null, "I1 OneOpenGate", () -> "two gates are open, one of them that of " + server.name);
                open = gates;
            }
        }
    }

    /** A lost agent is no lost database: while that may serve and feeds a standby, nobody takes its place. */
    void supersedes(@Nullable String primary, GroupEvent event) {
        if (primary == null || !world.node(primary).isAway()) {
            return;
        }
        Gates gates = world.gates(primary);
        long surelyNs = world.settings.timings().leaseFor().toNanos() / 30;
        require(
                !gates.isOpen() || gates.deadlineNs() - world.time.nowNs() < surelyNs,
                "I24 LostAgentHarmless",
                () -> "nothing but the agent of %s is away, clients write to it, and yet: %s"
                        .formatted(primary, event));
    }

    /** Without a kernel's gate the guard ends what pg_hba.conf let in, in the time that a closing may take. */
    private void byTheGuard(String host, Gates gates) {
        long closingNs = world.settings.timings().closingMax().toNanos();
        require(
                world.time.nowNs() <= gates.deadlineNs() + closingNs,
                "I3 GateWithinSendPlusT",
                () -> host
                        + " lets clients in beyond the sending of its last granted round plus T, and the time of a closing");
    }

    void gateOpened(String host, long epoch, long round, boolean opens) {
        long sent = sentNs.getOrDefault(new Round(host, round), Long.MIN_VALUE / 2);
        long limit = sent
                + world.clock(host).trueNs(world.settings.timings().leaseFor().toNanos());
        require(
                world.stunned || world.gates(host).openUntilNs() <= limit,
                "I3 GateWithinSendPlusT",
                () -> host + " opens its gate beyond the sending of its round plus T");
        if (opens) {
            require(
                    hasBarrier(host, epoch, sent),
                    "I5 BarrierBeforeGate",
                    () -> "%s opens its gate by a round that was sent before a barrier of epoch %d was in the log"
                            .formatted(host, epoch));
            world.invariants.data.seenByClients(world.postgres(host));
        }
    }

    /** Nobody comes in to a primary before its barrier: some pass every gate of the kernel. */
    void admits(String host, long epoch) {
        Postgres server = world.postgres(host);
        require(
                !server.isPrimary() || hasBarrier(host, epoch, world.time.nowNs()),
                "I5 BarrierBeforeGate",
                () -> host + " admits clients without a barrier of epoch " + epoch);
        if (server.isPrimary()) {
            world.invariants.data.seenByClients(server);
            long closed = closedNs.getOrDefault(host, Long.MIN_VALUE / 2);
            long granted = sentNs.getOrDefault(new Round(host, world.gates(host).activated()), Long.MIN_VALUE / 2);
            require(
                    closed < server.runStartedNs || granted >= closed,
                    "I3 GateWithinSendPlusT",
                    () -> host + " lets clients in again by a round that was sent before they were sent away");
        }
    }

    /** Without a kernel's gate the server's clients are sent away, if there are any. */
    void closes(String host) {
        if (world.postgres(host).admitted && world.postgres(host).isPrimary()) {
            closedNs.put(host, world.time.nowNs());
        }
    }

    /** In the log at that time, for this run of the server. */
    private boolean hasBarrier(String host, long epoch, long atNs) {
        long runNs = world.postgres(host).runStartedNs;
        List<EventStore.Stored> events = world.log.events;
        for (int i = events.size() - 1; i >= 0; i--) {
            EventStore.Stored e = events.get(i);
            boolean ofRun = e.event().epoch() == epoch && (e.atNs() >= runNs || runNs == 0) && e.atNs() <= atNs;
            if (ofRun
                    && (e.event() instanceof PrimaryEstablished p && p.member().equals(host)
                            || e.event() instanceof GroupEvent.RestartBarrier r
                                    && r.member().equals(host))) {
                return true;
            }
        }
        return false;
    }

    // ---- leases

    void sent(String host, long round) {
        sentNs.put(new Round(host, round), world.time.nowNs());
    }

    void won(String member, long epoch, long localNowNs, long localUntilNs) {
        String holder = holders.putIfAbsent(epoch, member);
        require(
                holder == null || holder.equals(member),
                "I2 OneMajorityLease",
                () -> "epoch %d was held by %s and now by %s".formatted(epoch, holder, member));
        require(
                releasedEpoch.getOrDefault(member, 0L) < epoch,
                "I16 EpochMonotonic",
                () -> member + " holds epoch " + epoch + ", which it gave back");
        long now = world.time.nowNs();
        long untilNs = now + world.clock(member).trueNs(localUntilNs - localNowNs);
        backed(member, epoch, untilNs);
        leases.removeIf(l -> l.untilTrueNs() <= now || l.member().equals(member));
        for (Lease l : leases) {
            require(
                    world.stunned,
                    "I2 OneMajorityLease",
                    () -> "%s won epoch %d while %s holds epoch %d".formatted(member, epoch, l.member(), l.epoch()));
        }
        leases.add(new Lease(member, epoch, untilNs));
    }

    /** A majority promised to grant nobody else before it ends. */
    private void backed(String member, long epoch, long untilNs) {
        long by = granted.values().stream()
                .filter(g -> g.member().equals(member) && g.untilTrueNs() >= untilNs)
                .count();
        require(
                world.stunned || by > world.hosts().size() / 2,
                "I2 OneMajorityLease",
                () -> "%s holds epoch %d longer than all but %d voters promised".formatted(member, epoch, by));
    }

    /** Nothing leaves recovery but under a lease. */
    void leavesRecovery(String member) {
        require(
                world.stunned
                        || leases.stream()
                                .anyMatch(l -> l.member().equals(member) && l.untilTrueNs() > world.time.nowNs()),
                "I2 OneMajorityLease",
                () -> member + " holds no lease and leaves recovery");
    }

    void holdsNothing(String member) {
        leases.removeIf(l -> l.member().equals(member));
    }

    void lost(String member) {
        require(
                !world.onlyTheLog,
                "I21 LogLossHarmless",
                () -> member + " loses its lease though nothing but the log was away");
    }

    void released(String member, long epoch) {
        require(
                !world.postgres(member).isRunning() && !world.gates(member).isOpen(),
                "I18 DeadMeansEmpty",
                () -> member + " gives epoch " + epoch + " back while it may still serve");
        releasedEpoch.merge(member, epoch, Math::max);
    }

    /**
     * @param onDisk the highest epoch that this voter has written
     * @param knownEpoch the highest epoch that it knew of before
     * @param promiseNs for how long it promises, by its own clock
     */
    void granted(String voter, long startedNs, Ack ack, long onDisk, long knownEpoch, long promiseNs) {
        require(
                ack.epoch() >= knownEpoch,
                "I16 EpochMonotonic",
                () -> "voter %s grants epoch %d and knows of epoch %d".formatted(voter, ack.epoch(), knownEpoch));
        require(
                onDisk >= ack.epoch(),
                "I16 EpochMonotonic",
                () -> "voter %s grants epoch %d with epoch %d on its disk".formatted(voter, ack.epoch(), onDisk));
        long before = grantedEpoch.merge(voter, ack.epoch(), Math::max);
        require(
                ack.epoch() >= before,
                "I16 EpochMonotonic",
                () -> "voter %s granted epoch %d after epoch %d".formatted(voter, ack.epoch(), before));
        long silentNs = world.settings.timings().promiseFor().toNanos();
        granted.put(
                voter,
                new Granted(
                        ack.member(), world.time.nowNs() + world.clock(voter).trueNs(promiseNs)));
        require(
                world.stunned
                        || world.time.nowNs() - startedNs >= world.clock(voter).trueNs(silentNs),
                "I17 SilentForW",
                () -> "voter " + voter + " grants before the promises of its last run have ended");
    }

    // ---- members

    void promised(String member, MemberHard before, MemberHard after) {
        require(
                after.maxEpoch() >= before.maxEpoch(),
                "I16 EpochMonotonic",
                () -> "%s promises epoch %d after %d".formatted(member, after.maxEpoch(), before.maxEpoch()));
    }

    /** What it promised is on its disk when it starts. */
    void started(String member, MemberHard disk) {
        require(
                disk.maxEpoch() >= promisedEpoch.getOrDefault(member, 0L),
                "I16 EpochMonotonic",
                () -> member + " has forgotten what it promised");
        require(
                disk.released() >= releasedEpoch.getOrDefault(member, 0L),
                "I16 EpochMonotonic",
                () -> member + " has forgotten what it gave back");
    }

    /** It answered that it takes no WAL of older epochs, or is dead. */
    boolean hasPromised(String member, long epoch) {
        return promisedEpoch.getOrDefault(member, 0L) >= epoch;
    }

    void answered(String member, Evidence evidence) {
        long epoch = switch (evidence) {
            case Revoked r -> r.epoch();
            case Evidence.Dead d -> d.epoch();
            case Evidence.NoAnswer n -> 0;
            case Evidence.VoterView v -> 0;
            case Evidence.PeerView p -> 0;
        };
        promisedEpoch.merge(member, epoch, Math::max);
        if (evidence instanceof Evidence.Dead) {
            require(
                    !world.postgres(member).isRunning() && !world.gates(member).isOpen(),
                    "I18 DeadMeansEmpty",
                    () -> member + " says that it is dead, and is not");
        }
    }

    /** @param known the highest epoch that its host has promised, was asked to promise, or has read in the log */
    void planned(String member, Plan plan, long known) {
        long least = Math.max(known, promisedEpoch.getOrDefault(member, 0L));
        require(
                plan.leaseEpoch() == 0 || plan.leaseEpoch() >= least,
                "I16 EpochMonotonic",
                () -> "%s acts for epoch %d and knows of epoch %d".formatted(member, plan.leaseEpoch(), least));
    }
}
