package io.interrex.cluster.simulation;

import io.interrex.cluster.group.Decision;
import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.Evidence.Revoked;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupDecider;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupEvent.FailoverStarted;
import io.interrex.cluster.group.GroupEvent.PrimaryEstablished;
import io.interrex.cluster.group.GroupEvent.PromotionAuthorized;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.hands.HandsMessage.Ack;
import io.interrex.cluster.member.MemberHard;
import io.interrex.cluster.member.MemberView;
import io.interrex.cluster.member.Plan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The promises of protocol.md, judged by one who sees everything. Each throws {@link Violation} under its own name. */
final class Invariants {

    private record Lease(String member, long epoch, long untilTrueNs) {}

    /** What a promotion was built on: nothing of an older epoch may be acknowledged beyond it. */
    private record Frozen(long epoch, String candidate, Wal wal) {}

    private final World world;
    private final Map<Long, String> holders = new HashMap<>();
    private final List<Lease> leases = new ArrayList<>();
    private final Map<String, Long> grantedEpoch = new HashMap<>();
    private final Map<String, Long> promisedEpoch = new HashMap<>();
    private final Map<String, Long> sentNs = new HashMap<>();
    private final Map<UUID, Integer> places = new HashMap<>();
    private @Nullable Frozen frozen;

    Invariants(World world) {
        this.world = world;
    }

    private static void require(boolean holds, String invariant, String what) {
        if (!holds) {
            throw new Violation(invariant, what);
        }
    }

    // ---- gates and leases

    void gateOpened(String host, long epoch) {
        for (String other : world.hosts()) {
            require(
                    other.equals(host) || !world.gates(other).isOpen(),
                    "I1 OneOpenGate",
                    "the gate of %s opens in epoch %d while that of %s is open".formatted(host, epoch, other));
        }
        Long sent = sentNs.get(host);
        long limit = sent == null
                ? 0
                : sent
                        + world.clock(host)
                                .trueNs(world.settings.timings().leaseFor().toNanos());
        require(
                world.gates(host).openUntilNs() <= limit,
                "I3 GateWithinSendPlusT",
                host + " opens its gate beyond the sending of its round plus T");
        boolean barrier = world.log.events.stream()
                .anyMatch(e -> e.event().epoch() == epoch
                        && (e.event() instanceof PrimaryEstablished p
                                        && p.member().equals(host)
                                || e.event() instanceof GroupEvent.RestartBarrier r
                                        && r.member().equals(host)
                                        && e.atNs() >= world.postgres(host).runStartedNs())
                        && e.atNs() >= world.postgres(host).runStartedNs());
        require(barrier, "I5 BarrierBeforeGate", host + " opens its gate without a barrier of epoch " + epoch);
    }

    void sent(String host, long round) {
        sentNs.put(host, world.time.nowNs());
    }

    void won(String member, long epoch, long localNowNs, long localUntilNs) {
        String holder = holders.putIfAbsent(epoch, member);
        require(
                holder == null || holder.equals(member),
                "I2 OneMajorityLease",
                "epoch %d was held by %s and now by %s".formatted(epoch, holder, member));
        long now = world.time.nowNs();
        leases.removeIf(l -> l.untilTrueNs() <= now);
        leases.stream().filter(l -> !l.member().equals(member)).findFirst().ifPresent(l -> {
            throw new Violation(
                    "I2 OneMajorityLease",
                    "%s won epoch %d while %s holds epoch %d".formatted(member, epoch, l.member(), l.epoch()));
        });
        leases.removeIf(l -> l.member().equals(member));
        leases.add(new Lease(member, epoch, now + world.clock(member).trueNs(localUntilNs - localNowNs)));
    }

    void holdsNothing(String member) {
        leases.removeIf(l -> l.member().equals(member));
    }

    /** @param onDisk the highest epoch that this voter has written */
    void granted(String voter, long startedNs, Ack ack, long onDisk) {
        require(
                onDisk >= ack.epoch(),
                "I16 EpochMonotonic",
                "voter %s grants epoch %d with epoch %d on its disk".formatted(voter, ack.epoch(), onDisk));
        long before = grantedEpoch.merge(voter, ack.epoch(), Math::max);
        require(
                ack.epoch() >= before,
                "I16 EpochMonotonic",
                "voter %s granted epoch %d after epoch %d".formatted(voter, ack.epoch(), before));
        long silentNs = world.settings.timings().promiseFor().toNanos();
        require(
                world.time.nowNs() - startedNs >= world.clock(voter).trueNs(silentNs),
                "I17 SilentForW",
                "voter " + voter + " grants before the promises of its last run have ended");
    }

    // ---- members

    void promised(String member, MemberHard before, MemberHard after) {
        require(
                after.maxEpoch() >= before.maxEpoch(),
                "I16 EpochMonotonic",
                "%s promises epoch %d after %d".formatted(member, after.maxEpoch(), before.maxEpoch()));
    }

    /** What it promised is on its disk when it starts. */
    void started(String member, MemberHard disk) {
        require(
                disk.maxEpoch() >= promisedEpoch.getOrDefault(member, 0L),
                "I16 EpochMonotonic",
                member + " has forgotten what it promised");
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
                    member + " says that it is dead, and is not");
        }
    }

    void planned(String member, MemberView view, Plan plan) {
        boolean leads = plan.leaseEpoch() != 0;
        require(
                !leads || plan.leaseEpoch() >= promisedEpoch.getOrDefault(member, 0L),
                "I16 EpochMonotonic",
                "%s acts for epoch %d after it promised epoch %d"
                        .formatted(member, plan.leaseEpoch(), promisedEpoch.getOrDefault(member, 0L)));
    }

    void streams(Server standby, Server source) {
        require(
                source.wal.continuesFrom(standby.wal),
                "I6 AckedWritesSurvive",
                "%s streams from %s although their data differ at %s"
                        .formatted(standby.host, source.host, standby.wal.lsn()));
    }

    void acknowledged(Server by, Wal.Entry entry, long position) {
        entry.acknowledged = true;
        Frozen f = frozen;
        require(
                f == null || entry.markerEpoch >= f.epoch() || f.wal().holds(entry, position),
                "I4 NoOldEpochAck",
                f == null
                        ? ""
                        : "%s acknowledges a commit of epoch %d that %s, authorized for epoch %d, does not hold"
                                .formatted(by.host, entry.markerEpoch, f.candidate(), f.epoch()));
    }

    // ---- the log

    Decision decide(@Nullable GroupState state, GroupCommand command) {
        Decision decision = GroupDecider.decide(state, command);
        require(
                decision.equals(GroupDecider.decide(state, command)),
                "I13 DecidePure",
                "two answers to one question: " + command);
        return decision;
    }

    void appended(@Nullable GroupState before, GroupEvent event, GroupState after) {
        long known = before == null ? 0 : before.epoch();
        boolean next = event instanceof FailoverStarted ? event.epoch() == known + 1 : event.epoch() <= after.epoch();
        require(next, "I11 LegalHistory", "%s after epoch %d".formatted(event, known));
        if (event instanceof PromotionAuthorized authorized && before != null) {
            authorized(before, authorized);
        }
        if (event instanceof PrimaryEstablished established) {
            survives(established);
        }
    }

    private void authorized(GroupState before, PromotionAuthorized event) {
        Wal wal = world.postgres(event.candidate()).wal;
        frozen = new Frozen(event.epoch(), event.candidate(), wal.copy());
        places.clear();
        for (int i = 0; i < before.possibleReigns().size(); i++) {
            places.put(before.possibleReigns().get(i).uuid(), i);
        }
        Wal.Entry last = wal.last();
        int own = last == null ? -1 : places.getOrDefault(last.markerUuid, -1);
        for (Evidence item : event.evidence()) {
            if (item instanceof Revoked r && !r.member().equals(event.candidate())) {
                Wal other = world.postgres(r.member()).wal;
                Wal.Entry end = other.last();
                int place = end == null ? -1 : places.getOrDefault(end.markerUuid, -1);
                boolean better = place > own || place == own && place >= 0 && other.end() > wal.end();
                require(
                        !better || r.member().equals(before.primary()),
                        "I8 PromotedIsMaximal",
                        "%s is to be promoted at %s, %s has %s"
                                .formatted(event.candidate(), wal.lsn(), r.member(), other.lsn()));
            }
        }
        for (Clients.Acknowledged a : world.clients.acknowledged) {
            require(
                    wal.holds(a.entry(), a.position()),
                    "I4 NoOldEpochAck",
                    "%s is authorized for epoch %d without the commit at %d that %s acknowledged in epoch %d"
                            .formatted(event.candidate(), event.epoch(), a.position(), a.by(), a.entry().markerEpoch));
        }
    }

    private void survives(PrimaryEstablished event) {
        Wal wal = world.postgres(event.member()).wal;
        for (Clients.Acknowledged a : world.clients.acknowledged) {
            require(
                    wal.holds(a.entry(), a.position()),
                    "I6 AckedWritesSurvive",
                    "%s is established for epoch %d without the commit at %d that %s acknowledged in epoch %d"
                            .formatted(event.member(), event.epoch(), a.position(), a.by(), a.entry().markerEpoch));
        }
    }

    /** At the end: what was acknowledged is on the primary. */
    void allSurvived(Postgres primary) {
        for (Clients.Acknowledged a : world.clients.acknowledged) {
            require(
                    primary.wal.holds(a.entry(), a.position()),
                    "I6 AckedWritesSurvive",
                    "%s has lost the commit at %d that %s acknowledged".formatted(primary.host, a.position(), a.by()));
        }
    }
}
