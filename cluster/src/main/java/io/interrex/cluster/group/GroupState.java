package io.interrex.cluster.group;

import io.interrex.cluster.durability.LiveConfiguration;
import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.GroupEvent.Durability;
import io.interrex.cluster.group.GroupEvent.RebuildMethod;
import io.interrex.cluster.settings.GroupSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A group as its log tells it: the hard state, made by {@link GroupEvolution} from events alone.
 *
 * @param epoch the highest that was started
 * @param phase how far that epoch is
 * @param primary the established primary of the last established epoch, null before the first
 * @param establishedEpoch its epoch, 0 before the first
 * @param firstMember the member that epoch 1 belongs to
 * @param firstUuid of the reign of epoch 1
 * @param members by name
 * @param pausedUntilMs when a pause ends by itself, in ms since 1970; 0: when a person ends it, or there is none
 * @param syncSet C, of the last established epoch
 * @param intent C', logged and not yet proven, null for none
 * @param failover the one that runs in this epoch, null for none
 * @param promotion what was authorized in this epoch and is not established yet, null for none
 * @param unestablished earlier promotions that were never established: their configurations bind until one is
 * @param lineage chain of reigns, oldest first
 * @param systemId of the group's data, empty before the first establishment
 * @param barrierLsn of the last establishment or restart
 * @param barrierCount how many barriers the current epoch has seen: each opening needs one of its own
 * @param fenced members that may not serve, with the way in which that is known
 * @param suspectedBy nodes that suspect the primary
 * @param unhealthy members
 * @param rebuilding members that are being made whole
 * @param cloning the member that was being cloned when a failover began, and was not seen whole since; null for none
 * @param reinits members that are to be copied anew by order, each with its order
 * @param stuck members in a named alarm, with its words
 * @param operation an order that is being carried out, null for none
 * @param finished the last orders that came to their end, oldest first: one that is sent again is not decided anew
 * @param forcing what persons have forced
 * @param held the last reason for which a failover was held in this epoch, null for none
 * @param failoversAtMs completion times of automatic failovers, oldest first
 * @param troubles grey failures, and what was done about them
 * @param upkeep planned work
 */
public record GroupState(
        String group,
        long epoch,
        Phase phase,
        @Nullable String primary,
        long establishedEpoch,
        String firstMember,
        @Nullable UUID firstUuid,
        SortedMap<String, MemberInfo> members,
        int voterConfig,
        List<String> voters,
        GroupSettings settings,
        Mode mode,
        long pausedUntilMs,
        Durability durability,
        SyncSet syncSet,
        @Nullable SyncSet intent,
        @Nullable Failover failover,
        @Nullable Promotion promotion,
        List<Promotion> unestablished,
        List<Reign> lineage,
        String systemId,
        Lsn barrierLsn,
        int barrierCount,
        SortedMap<String, Fencing> fenced,
        SortedSet<String> suspectedBy,
        SortedSet<String> unhealthy,
        SortedMap<String, RebuildMethod> rebuilding,
        @Nullable String cloning,
        SortedMap<String, UUID> reinits,
        SortedMap<String, String> stuck,
        @Nullable Operation operation,
        List<Finished> finished,
        Forcing forcing,
        @Nullable RuleId held,
        List<Long> failoversAtMs,
        Troubles troubles,
        Upkeep upkeep) {

    /** How far the current epoch is. */
    public enum Phase {
        /** Epoch 1 was given to the first member, which is making its database. */
        CREATED,
        /** A failover was begun: revoking. */
        STARTED,
        /** A candidate may take the lease and promote. */
        AUTHORIZED,
        /** The epoch has a primary with a barrier behind it. */
        ESTABLISHED
    }

    /** The failover that runs: who began it, why, until when it is its own, and for which order. */
    public record Failover(
            Reason reason,
            String owner,
            long expiresAtMs,
            @Nullable String previous,
            @Nullable String target,
            @Nullable UUID operation,
            @Nullable PowerOff powerOff) {

        Failover with(PowerOff attempt) {
            return new Failover(reason, owner, expiresAtMs, previous, target, operation, attempt);
        }
    }

    /**
     * The last attempt of this epoch to power the old primary's host off.
     *
     * @param attempt from 1
     * @param by the node whose hook it is
     * @param atMs when it began, by that node's wall clock
     */
    public record PowerOff(int attempt, String by, StepResult result, long atMs) {}

    /**
     * @param baseEpoch the reign that the candidate's data belonged to, with {@code baseUuid}
     * @param notReached who did not answer before it was forced; null: it was not, and its floor proves what was acknowledged
     */
    public record Promotion(
            long epoch,
            String candidate,
            Lsn floorLsn,
            SyncSet syncSet,
            UUID uuid,
            long baseEpoch,
            @Nullable UUID baseUuid,
            @Nullable SortedSet<String> notReached) {

        public boolean isForced() {
            return notReached != null;
        }
    }

    /** A switchover that a person ordered, or that lets another member take over before a disk is full, or before a restart. */
    public record Operation(UUID id, String actor, String from, String target) {}

    /** An order that came to its end. */
    public record Finished(UUID id, boolean succeeded, String why) {}

    /** Whether the order that runs was given by the control plane itself, because of a disk. */
    public boolean handsOver() {
        return operation != null
                && operation.actor().equals(TroubleDecisions.ACTOR)
                && new Troubles.HandOver(epoch, RuleId.HAND_OVER).equals(troubles.handOver());
    }

    /** Who is, or is to become, the primary of the current epoch; null while none is named. */
    public @Nullable String designated() {
        return switch (phase) {
            case CREATED -> firstMember;
            case STARTED -> null;
            case AUTHORIZED -> promotion == null ? null : promotion.candidate();
            case ESTABLISHED -> primary;
        };
    }

    /** The uuid of the current epoch's reign once one is named. */
    public @Nullable UUID designatedUuid() {
        return switch (phase) {
            case CREATED -> firstUuid;
            case STARTED -> null;
            case AUTHORIZED -> promotion == null ? null : promotion.uuid();
            case ESTABLISHED -> lineage.isEmpty() ? null : lineage.getLast().uuid();
        };
    }

    /**
     * Every configuration under which a commit may have been acknowledged and that no established later epoch has
     * superseded: C, C', and those of authorized but unestablished epochs.
     */
    public List<LiveConfiguration> liveConfigurations() {
        var live = new java.util.ArrayList<LiveConfiguration>();
        if (primary != null) {
            live.add(new LiveConfiguration(establishedEpoch, primary, syncSet, barrierLsn));
            SyncSet next = intent;
            if (next != null) {
                live.add(new LiveConfiguration(establishedEpoch, primary, next, barrierLsn));
            }
        } else if (phase == Phase.CREATED || epoch > 1) {
            live.add(new LiveConfiguration(1, firstMember, SyncSet.NONE, Lsn.ZERO));
        }
        for (Promotion p : unestablished) {
            live.add(new LiveConfiguration(p.epoch(), p.candidate(), p.syncSet(), p.floorLsn()));
        }
        return List.copyOf(live);
    }

    /** The standbys that a commit may have waited for which no established later epoch has superseded. */
    SortedSet<String> counted() {
        var counted = new java.util.TreeSet<String>();
        liveConfigurations().forEach(live -> counted.addAll(live.syncSet().standbys()));
        return counted;
    }

    /** What a member in maintenance holds proves nothing, because it is not promoted, unless commits waited for it. */
    boolean mayProve(String member) {
        return !upkeep.isInMaintenance(member) || counted().contains(member);
    }

    /** Every reign whose marker may legitimately be found in a member: the established ones and the authorized ones. */
    public List<Reign> possibleReigns() {
        var chain = new java.util.ArrayList<>(lineage);
        for (Promotion p : unestablished) {
            chain.add(new Reign(p.epoch(), p.uuid(), 0, p.floorLsn()));
        }
        Promotion now = promotion;
        if (now != null) {
            chain.add(new Reign(now.epoch(), now.uuid(), 0, now.floorLsn()));
        }
        return List.copyOf(chain);
    }

    /** Its data may be given up at any moment, until it is seen to follow the primary. */
    public boolean isBeingRebuilt(String member) {
        return rebuilding.containsKey(member)
                || member.equals(cloning)
                || forcing.cloneAnew().containsKey(member);
    }

    /** Clients of this reign only read. */
    public boolean isReadOnly() {
        return phase == Phase.ESTABLISHED && troubles.readOnlyEpoch() == epoch;
    }

    /** By order it is copied anew or restarted, and commits have enough other copies: nothing new may depend on it. */
    public boolean isLeaving(String member) {
        return isToGo(member) && copiesWithout(member) >= settings.k();
    }

    /** By order it will be away. */
    boolean isToGo(String member) {
        return reinits.containsKey(member)
                || upkeep.isInMaintenance(member)
                || member.equals(nextRestart()) && !member.equals(primary);
    }

    /** The one member whose server may be restarted by order now; null: none. */
    public @Nullable String nextRestart() {
        Restart restart = upkeep.restart();
        return restart == null || operation != null || phase != Phase.ESTABLISHED ? null : restart.next(this);
    }

    /** How many of those would be left without that member, and without who is to go by another order. */
    long stayingWithout(SyncSet set, String member) {
        return set.standbys().stream()
                .filter(standby -> !standby.equals(member) && !isToGo(standby))
                .count();
    }

    /** Whether it may take over without being named: as persons have it, whatever its server is like. */
    public boolean mayTakeOver(String member) {
        return member(member).filter(info -> !info.nofailover()).isPresent() && !upkeep.isInMaintenance(member);
    }

    /** How many standbys commits can wait for if it is not that member. */
    public long copiesWithout(String member) {
        return syncSet.standbys().stream().filter(m -> !m.equals(member)).count();
    }

    public Optional<MemberInfo> member(String name) {
        return Optional.ofNullable(members.get(name));
    }

    /** Whether a copy is being made for it, as far as is known. */
    public boolean isCloning(String member) {
        return rebuilding.get(member) == RebuildMethod.CLONE || member.equals(cloning);
    }

    public Map<String, MemberInfo> others(String member) {
        var rest = new java.util.TreeMap<>(members);
        rest.remove(member);
        return rest;
    }
}
