package io.interrex.cluster.group;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.GroupEvent.Durability;
import io.interrex.cluster.group.GroupEvent.RebuildMethod;
import io.interrex.cluster.settings.GroupSettings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A copy of a {@link GroupState} that one event may change; never leaves {@link GroupEvolution}. */
final class GroupStateBuilder {

    private static final int FINISHED_MAX = 64;

    private final GroupState from;
    long epoch;
    GroupState.Phase phase;

    @Nullable
    String primary;

    long establishedEpoch;
    SortedMap<String, MemberInfo> members;
    int voterConfig;
    List<String> voters;
    GroupSettings settings;
    Mode mode;
    long pausedUntilMs;
    Durability durability;
    SyncSet syncSet;

    @Nullable
    SyncSet intent;

    GroupState.@Nullable Failover failover;
    GroupState.@Nullable Promotion promotion;
    final List<GroupState.Promotion> unestablished;
    List<Reign> lineage;
    String systemId;
    Lsn barrierLsn;
    int barrierCount;
    final SortedMap<String, Fencing> fenced;
    final SortedSet<String> suspectedBy;
    final SortedSet<String> unhealthy;
    final SortedMap<String, RebuildMethod> rebuilding;

    @Nullable
    String cloning;

    final SortedMap<String, UUID> reinits;
    final SortedMap<String, String> stuck;
    GroupState.@Nullable Operation operation;
    private final List<GroupState.Finished> finished;

    Forcing forcing;

    @Nullable
    RuleId held;

    final List<Long> failoversAtMs;
    Troubles troubles;
    Upkeep upkeep;

    GroupStateBuilder(GroupState s) {
        from = s;
        epoch = s.epoch();
        phase = s.phase();
        primary = s.primary();
        establishedEpoch = s.establishedEpoch();
        members = s.members();
        voterConfig = s.voterConfig();
        voters = s.voters();
        settings = s.settings();
        mode = s.mode();
        pausedUntilMs = s.pausedUntilMs();
        durability = s.durability();
        syncSet = s.syncSet();
        intent = s.intent();
        failover = s.failover();
        promotion = s.promotion();
        unestablished = new ArrayList<>(s.unestablished());
        lineage = s.lineage();
        systemId = s.systemId();
        barrierLsn = s.barrierLsn();
        barrierCount = s.barrierCount();
        fenced = new TreeMap<>(s.fenced());
        suspectedBy = new TreeSet<>(s.suspectedBy());
        unhealthy = new TreeSet<>(s.unhealthy());
        rebuilding = new TreeMap<>(s.rebuilding());
        cloning = s.cloning();
        reinits = new TreeMap<>(s.reinits());
        stuck = new TreeMap<>(s.stuck());
        operation = s.operation();
        finished = new ArrayList<>(s.finished());
        forcing = s.forcing();
        held = s.held();
        failoversAtMs = new ArrayList<>(s.failoversAtMs());
        troubles = s.troubles();
        upkeep = s.upkeep();
    }

    void rebuild(String member, RebuildMethod method) {
        rebuilt(member);
        rebuilding.put(member, method);
        stuck.remove(member);
    }

    void restarted(Lsn end) {
        barrierLsn = end;
        barrierCount++;
    }

    /** Whatever was done to make the member whole has come to its end. */
    void rebuilt(String member) {
        troubles = troubles.copyEnded(member);
        rebuilding.remove(member);
        cloning = member.equals(cloning) ? null : cloning;
    }

    /** Who is no member any more is not rebuilt, and keeps nobody from it: that is the way out where its host is lost for good. */
    void forgetStrangers() {
        unhealthy.retainAll(members.keySet());
        rebuilding.keySet().retainAll(members.keySet());
        stuck.keySet().retainAll(members.keySet());
        troubles = troubles.of(members.keySet());
        upkeep = upkeep.of(new TreeSet<>(members.keySet()));
        cloning = cloning == null || members.containsKey(cloning) ? cloning : null;
    }

    /** A failover ends every rebuild but a copy that is under way: nobody else is cloned before that is known to be over (I19). */
    void rebuildsGoOnLater() {
        for (var entry : rebuilding.entrySet()) {
            troubles = troubles.copyEnded(entry.getKey());
            if (entry.getValue() == RebuildMethod.CLONE) {
                cloning = entry.getKey();
            }
        }
        rebuilding.clear();
    }

    /** The event is a fact of the record only. */
    void noChange() {}

    /** The order is at its end. */
    void finish(UUID id, boolean succeeded, String why) {
        operation = operation != null && operation.id().equals(id) ? null : operation;
        Forcing.Order forced = forcing.order();
        forcing = forced != null && forced.operation().equals(id) ? forcing.with(null) : forcing;
        reinits.values().remove(id);
        upkeep = upkeep.finished(id);
        ended(id, succeeded, why);
    }

    /** An order that is sent again from here on is told this. */
    void ended(UUID id, boolean succeeded, String why) {
        finished.add(new GroupState.Finished(id, succeeded, why));
        if (finished.size() > FINISHED_MAX) {
            finished.removeFirst();
        }
    }

    GroupState build() {
        return new GroupState(
                from.group(),
                epoch,
                phase,
                primary,
                establishedEpoch,
                from.firstMember(),
                from.firstUuid(),
                Collections.unmodifiableSortedMap(members),
                voterConfig,
                List.copyOf(voters),
                settings,
                mode,
                pausedUntilMs,
                durability,
                syncSet,
                intent,
                failover,
                promotion,
                List.copyOf(unestablished),
                List.copyOf(lineage),
                systemId,
                barrierLsn,
                barrierCount,
                Collections.unmodifiableSortedMap(fenced),
                Collections.unmodifiableSortedSet(suspectedBy),
                Collections.unmodifiableSortedSet(unhealthy),
                Collections.unmodifiableSortedMap(rebuilding),
                cloning,
                Collections.unmodifiableSortedMap(reinits),
                Collections.unmodifiableSortedMap(stuck),
                operation,
                List.copyOf(finished),
                forcing,
                held,
                List.copyOf(failoversAtMs),
                troubles,
                upkeep);
    }
}
