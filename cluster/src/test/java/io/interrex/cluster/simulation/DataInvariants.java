package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.Invariants.require;

import io.interrex.cluster.durability.LiveConfiguration;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.Evidence.Revoked;
import io.interrex.cluster.group.GroupEvent.Durability;
import io.interrex.cluster.group.GroupEvent.PrimaryEstablished;
import io.interrex.cluster.group.GroupEvent.PromotionAuthorized;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.RuleId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Judges what is in the databases: I4, I5, I6, I8, I19, I21, I24, I25. */
final class DataInvariants {

    /** What a promotion was built on: nothing of an older epoch may be acknowledged beyond it. */
    private record Frozen(long epoch, String candidate, Wal wal) {}

    private final World world;
    private @Nullable Frozen frozen;
    private final Losses losses;
    /** What the candidate of each authorized epoch held when it was authorized. */
    private final Map<Long, Wal> floors = new HashMap<>();

    DataInvariants(World world) {
        this.world = world;
        this.losses = new Losses(world);
    }

    /** Promise A holds, or none of its commits may be lost by a failover. */
    private boolean isPromised() {
        GroupState truth = world.log.truth();
        return truth == null || truth.durability() != Durability.ASYNC;
    }

    /** From here on commits are promised otherwise than before: a group that becomes asynchronous may lose what it has. */
    void durabilityChanged(GroupState before, Durability now) {
        require(
                now != Durability.ASYNC
                        || before.liveConfigurations().stream()
                                .allMatch(live -> live.syncSet().equals(SyncSet.NONE)),
                "I7 QuorumsIntersect",
                () -> "commits are promised no copy while %s bind".formatted(before.liveConfigurations()));
        if (before.durability() == Durability.ASYNC != (now == Durability.ASYNC)) {
            world.clients.acknowledged.clear();
            losses.forget();
        }
    }

    Losses losses() {
        return losses;
    }

    void died(Server server) {
        require(
                !world.agentBackInTime,
                "I24 LostAgentHarmless",
                () -> "the server of %s ends though nothing but an agent was away, and is back within T"
                        .formatted(server.name));
        require(
                !world.onlyTheLog,
                "I21 LogLossHarmless",
                () -> "the server of " + server.name + " ends though nothing but the log was away");
    }

    void streams(Server standby, Server source) {
        require(
                source.wal.continuesFrom(standby.wal) && !standby.torn,
                "I6 AckedWritesSurvive",
                () -> "%s streams from %s although their data differ at %s"
                        .formatted(standby.name, source.name, standby.wal.lsn()));
        losses.joins(standby, source, "streams from");
    }

    /** Whether it is promised: a forced promotion may have said before that it is lost. */
    boolean acknowledged(Server by, Clients.Acknowledged promise) {
        Wal.Entry entry = promise.entry();
        long position = promise.position();
        if (!isPromised()) {
            return true;
        }
        byALoggedRule(by, entry, position);
        Frozen f = frozen;
        if (f == null || entry.markerEpoch >= f.epoch()) {
            return true;
        }
        if (!f.wal().holds(entry, position) && losses.excuse(promise)) {
            return false;
        }
        require(
                f.wal().holds(entry, position),
                "I4 NoOldEpochAck",
                () -> "%s acknowledges a commit of epoch %d that %s, authorized for epoch %d, does not hold"
                        .formatted(by.name, entry.markerEpoch, f.candidate(), f.epoch()));
        return true;
    }

    /** Who has it on disk is enough for a configuration that the log knows, and so for every revocation that it accepts. */
    private void byALoggedRule(Server by, Wal.Entry entry, long position) {
        GroupState truth = world.log.truth();
        if (truth == null) {
            return;
        }
        boolean current = false;
        for (LiveConfiguration live : truth.liveConfigurations()) {
            if (!live.primary().equals(by.name) || live.epoch() != entry.markerEpoch) {
                continue;
            }
            current = true;
            int copies = 0;
            for (String standby : live.syncSet().standbys()) {
                if (world.postgres(standby).keeps(entry, position)) {
                    copies++;
                }
            }
            if (copies >= live.syncSet().k()) {
                return;
            }
        }
        require(
                !current,
                "I7 QuorumsIntersect",
                () -> "%s acknowledges a commit at %d that too few of %s have on disk"
                        .formatted(by.name, position, truth.liveConfigurations()));
    }

    /** What clients see now survives the loss of this server: k of a live configuration have it. */
    void seenByClients(Server server) {
        GroupState truth = world.log.truth();
        if (truth == null || !server.isPrimary()) {
            return;
        }
        long position = Math.min(truth.barrierLsn().value(), server.wal.end());
        if (position == 0) {
            return;
        }
        Wal.Entry last = server.wal.entries.get((int) position - 1);
        boolean held = truth.liveConfigurations().stream()
                .noneMatch(live -> live.primary().equals(server.name));
        for (LiveConfiguration live : truth.liveConfigurations()) {
            long copies = live.syncSet().standbys().stream()
                    .filter(s -> world.postgres(s).keeps(last, position))
                    .count();
            held |= live.primary().equals(server.name)
                    && copies >= live.syncSet().k();
        }
        require(
                held,
                "I5 BarrierBeforeGate",
                () -> "%s opens its gate though too few of %s hold its barrier"
                        .formatted(server.name, truth.liveConfigurations()));
    }

    void authorized(GroupState before, PromotionAuthorized event) {
        String old = before.primary();
        require(
                !world.settings.powerOff()
                        || event.rule() == RuleId.PROMOTION_FORCED
                        || old == null
                        || old.equals(event.candidate())
                        || !world.postgres(old).isPrimary(),
                "I25 ProvenDead",
                () -> event.candidate() + " is to be promoted while " + old + " is not dead");
        Wal wal = world.postgres(event.candidate()).wal;
        frozen = new Frozen(event.epoch(), event.candidate(), wal.copy());
        floors.put(event.epoch(), frozen.wal());
        require(
                world.postgres(event.candidate()).data == Server.Data.WHOLE && !world.postgres(event.candidate()).torn,
                "I8 PromotedIsMaximal",
                () -> event.candidate() + " is to be promoted, and its data is not whole");
        Map<UUID, Integer> places = places(before);
        int own = place(places, wal);
        boolean onlyOne = mayHaveAcknowledgedAlone(before, event);
        for (Evidence item : event.evidence()) {
            if (item instanceof Revoked r && !r.member().equals(event.candidate())) {
                Wal other = world.postgres(r.member()).wal;
                int place = place(places, other);
                boolean better = place > own || place == own && place >= 0 && other.end() > wal.end();
                require(
                        !better
                                || onlyOne
                                || r.member().equals(before.primary())
                                || isPassedBy(before, event, r.member()),
                        "I8 PromotedIsMaximal",
                        () -> "%s is to be promoted at %s, %s has %s"
                                .formatted(event.candidate(), wal.lsn(), r.member(), other.lsn()));
            }
        }
        if (before.durability() == Durability.ASYNC) {
            return;
        }
        world.clients.acknowledged.removeIf(a -> !wal.holds(a.entry(), a.position()) && losses.excuse(a));
        for (Clients.Acknowledged a : world.clients.acknowledged) {
            require(
                    wal.holds(a.entry(), a.position()),
                    "I4 NoOldEpochAck",
                    () -> "%s is authorized for epoch %d without the commit at %d that %s acknowledged in epoch %d"
                            .formatted(event.candidate(), event.epoch(), a.position(), a.by(), a.entry().markerEpoch));
        }
    }

    /** A promotion after {@code epoch} fixed what was acknowledged until then, and the candidate holds that. */
    boolean holdsFloorAfter(long epoch, GroupState before, String candidate) {
        Wal wal = world.postgres(candidate).wal;
        return before.unestablished().stream().anyMatch(p -> p.epoch() > epoch && holds(wal, floors.get(p.epoch()), p));
    }

    private static boolean holds(Wal wal, @Nullable Wal fixed, GroupState.Promotion p) {
        long end = p.floorLsn().value();
        return fixed != null && fixed.end() >= end && (end == 0 || wal.holds(fixed.entries.get((int) end - 1), end));
    }

    /** That primary is at its end, and the candidate holds all that it had, its shutdown checkpoint included. */
    boolean holdsAllOf(String primary, String candidate) {
        Wal left = world.postgres(primary).wal;
        return !world.postgres(primary).isRunning()
                && world.postgres(candidate).wal.continuesFrom(left);
    }

    /** Of a live configuration too few were revoked: only its own primary is sure to hold what it acknowledged (clause 2). */
    private static boolean mayHaveAcknowledgedAlone(GroupState before, PromotionAuthorized event) {
        var revoked = new TreeSet<String>();
        for (Evidence item : event.evidence()) {
            if (item instanceof Revoked r) {
                revoked.add(r.member());
            }
        }
        return before.unestablished().stream()
                .anyMatch(p ->
                        p.candidate().equals(event.candidate()) && !p.syncSet().isRevokedBy(revoked));
    }

    /** In maintenance, and nobody was promised what it has. */
    static boolean isPassedBy(GroupState before, PromotionAuthorized event, String member) {
        return event.rule() != RuleId.PROMOTION_FORCED
                && before.upkeep().isInMaintenance(member)
                && before.liveConfigurations().stream()
                        .noneMatch(live -> live.syncSet().standbys().contains(member));
    }

    private static Map<UUID, Integer> places(GroupState state) {
        Map<UUID, Integer> places = new HashMap<>();
        for (int i = 0; i < state.possibleReigns().size(); i++) {
            places.put(state.possibleReigns().get(i).uuid(), i);
        }
        return places;
    }

    /** Its data is of an earlier reign than the other's. */
    boolean isOlder(GroupState state, String member, String than) {
        Map<UUID, Integer> places = places(state);
        return place(places, world.postgres(member).wal) < place(places, world.postgres(than).wal);
    }

    private static int place(Map<UUID, Integer> places, Wal wal) {
        Wal.Entry last = wal.last();
        UUID uuid = last == null ? null : last.markerUuid;
        return uuid == null ? -1 : places.getOrDefault(uuid, -1);
    }

    void established(PrimaryEstablished event, GroupState after) {
        losses.established(after);
        survived(world.postgres(event.member()), "is established for epoch " + event.epoch());
    }

    /** What was acknowledged is on this primary; in asynchronous mode nobody promised that. */
    void survived(Postgres primary, String when) {
        if (!isPromised()) {
            return;
        }
        for (Clients.Acknowledged a : world.clients.acknowledged) {
            require(
                    primary.wal.holds(a.entry(), a.position()),
                    "I6 AckedWritesSurvive",
                    () -> "%s %s without the commit at %d that %s acknowledged in epoch %d"
                            .formatted(primary.name, when, a.position(), a.by(), a.entry().markerEpoch));
        }
    }

    /** One at a time: who was stopped before is started by now. */
    void stoppedByOrder(Server server) {
        server.stoppedByOrder = true;
        for (Postgres other : world.servers()) {
            require(
                    other == server || !other.stoppedByOrder,
                    "I19 KeepCopies",
                    () -> "%s is stopped by order while %s is".formatted(server.name, other.name));
        }
    }

    /** A directory is given up for a copy: never two at once, never the last but k that hold what was acknowledged. */
    void cloning(Server server) {
        for (Postgres other : world.servers()) {
            require(
                    other == server || !other.copying,
                    "I19 KeepCopies",
                    () -> server.name + " is cloned while " + other.name + " is");
        }
        List<Clients.Acknowledged> all = world.clients.acknowledged;
        if (all.isEmpty() || !isPromised()) {
            return;
        }
        Clients.Acknowledged last = all.getLast();
        if (!server.keeps(last.entry(), last.position())) {
            return;
        }
        int copies = 0;
        for (Postgres other : world.servers()) {
            if (other != server && other.keeps(last.entry(), last.position())) {
                copies++;
            }
        }
        int left = copies;
        require(
                left >= Math.min(world.settings.k() + 1, world.servers().length - 1),
                "I19 KeepCopies",
                () -> "%s gives up a whole copy while only %d others hold it".formatted(server.name, left));
    }
}
