package io.interrex.cluster.group;

import io.interrex.cluster.durability.LiveConfiguration;
import io.interrex.cluster.group.Evidence.Dead;
import io.interrex.cluster.group.Evidence.PeerView;
import io.interrex.cluster.group.Evidence.VoterView;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupCommand.StartFailover;
import io.interrex.cluster.group.GroupEvent.FailoverHeld;
import io.interrex.cluster.group.GroupEvent.FailoverStarted;
import io.interrex.cluster.group.GroupState.Operation;
import io.interrex.cluster.group.GroupState.Phase;
import io.interrex.cluster.group.GroupState.Promotion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Decides whether a failover begins (protocol.md, "Failover", steps 0 and 1). */
final class FailoverDecisions {

    /** With an expiry of 15 s a held epoch is renewed every five minutes, in case a member has promised more than the log knows. */
    private static final int HELD_EXPIRES_FACTOR = 20;

    private FailoverDecisions() {}

    static Decision start(GroupState state, StartFailover c) {
        if (c.epoch() != state.epoch()) {
            return Decision.refuse(
                    RuleId.FAILOVER_STALE,
                    "epoch %d was asked about, epoch %d is current".formatted(c.epoch(), state.epoch()));
        }
        if (state.phase() == Phase.CREATED) {
            return beforeTheFirst(state, c);
        }
        boolean expired = isExpired(state, c.stamp());
        boolean unfinished = state.phase() != Phase.ESTABLISHED;
        boolean over = expired || candidateReleased(state, c.evidence());
        if (unfinished && !over && !candidateLost(state, c)) {
            return Decision.refuse(RuleId.FAILOVER_RUNNING, "epoch " + state.epoch() + " is " + state.phase());
        }
        Decision noMajority = unfinished ? null : majority(state, c);
        if (noMajority != null) {
            return noMajority;
        }
        boolean forced = state.forcing().orderFor(state.epoch() + 1) != null;
        boolean asked = forced || c.reason() == Reason.SWITCHOVER || c.reason() == Reason.ORDERED;
        if (state.mode() == Mode.PAUSED && !asked) {
            return held(state, c, RuleId.FAILOVER_PAUSED, "the group is paused", List.of());
        }
        if (!asked && !unfinished && tooMany(state, c.stamp().wallMs())) {
            return held(
                    state,
                    c,
                    RuleId.FAILOVER_TOO_MANY,
                    "%d failovers were completed within %s"
                            .formatted(
                                    state.failoversAtMs().size(),
                                    state.settings().failoverWindow()),
                    List.of());
        }
        RuleId rule = unfinished && over ? RuleId.FAILOVER_EXPIRED : RuleId.FAILOVER_BY_MAJORITY;
        return inReach(state, c, unfinished ? Reason.EXPIRED : c.reason(), rule);
    }

    /** Nobody else may begin epoch 1, so the loss of its member is an alarm and no failover; it ends when a majority hears it again. */
    private static Decision beforeTheFirst(GroupState state, StartFailover c) {
        List<String> silent = silent(state, c);
        String first = state.firstMember();
        if (silent.size() <= state.voters().size() / 2 || c.standbysInReach().contains(first)) {
            return Decision.refuse(RuleId.FAILOVER_RUNNING, "epoch 1 is " + state.phase());
        }
        return held(
                state,
                c,
                RuleId.FIRST_MEMBER_LOST,
                ("%s was lost before it had made the database, which is nobody else's to make (voters %s heard no renewal):"
                                + " start its host again, or, where it is lost for good, stop all nodes, remove the directory"
                                + " 'log' below directories.state on each, and begin anew without %s")
                        .formatted(first, silent, first),
                List.of(first));
    }

    /** Null where a majority agrees. */
    private static @Nullable Decision majority(GroupState state, StartFailover c) {
        int needed = state.voters().size() / 2 + 1;
        long suspectMs = state.settings().timings().suspectAfter().toMillis();
        boolean released = views(c.evidence()).stream().anyMatch(v -> v.released() && v.epoch() == state.epoch());
        boolean dead = isDead(c.evidence(), state.primary(), state.epoch());
        if (released || dead || c.reason() == Reason.ORDERED) {
            return null;
        }
        List<String> silent = silent(state, c);
        if (silent.size() >= needed) {
            return stillServes(state, c, needed)
                    ? Decision.refuse(
                            RuleId.FAILOVER_LEASE_ALIVE,
                            "a standby gets WAL from %s, whose lease may hold yet".formatted(state.primary()))
                    : null;
        }
        List<String> alive = views(c.evidence()).stream()
                .filter(v -> !v.starting() && v.silentMs() < suspectMs)
                .map(VoterView::voter)
                .filter(state.voters()::contains)
                .distinct()
                .toList();
        if (alive.size() >= needed
                || alive.size() + silent.size() == state.voters().size()) {
            return Decision.refuse(
                    RuleId.FAILOVER_LEASE_ALIVE,
                    "%s heard from %s within %d ms".formatted(alive, state.primary(), suspectMs));
        }
        String why = "%d of %d voters agree (%s), %d are needed"
                .formatted(silent.size(), state.voters().size(), silent, needed);
        if (longestSilenceMs(state, c.evidence())
                < suspectMs + state.settings().timings().graceBeforeHold().toMillis()) {
            return Decision.refuse(RuleId.FAILOVER_NO_MAJORITY, why);
        }
        var missing = new TreeSet<>(state.voters());
        missing.removeAll(silent);
        return held(state, c, RuleId.FAILOVER_NO_MAJORITY, why, List.copyOf(missing));
    }

    private static List<String> silent(GroupState state, StartFailover c) {
        long suspectMs = state.settings().timings().suspectAfter().toMillis();
        return views(c.evidence()).stream()
                .filter(v -> !v.starting() && v.silentMs() >= suspectMs)
                .map(VoterView::voter)
                .filter(state.voters()::contains)
                .distinct()
                .toList();
    }

    /**
     * A standby that gets WAL says that the database lives, and only its agent is silent: one that is started again within T
     * takes the database over, and nobody notices. After T the gate is closed by itself, and nothing speaks against a failover.
     */
    private static boolean stillServes(GroupState state, StartFailover c, int needed) {
        long leaseMs = state.settings().timings().leaseFor().toMillis();
        long mayHold = views(c.evidence()).stream()
                .filter(v -> !v.starting()
                        && v.silentMs() < leaseMs
                        && state.voters().contains(v.voter()))
                .map(VoterView::voter)
                .distinct()
                .count();
        return mayHold >= needed && c.evidence().stream().anyMatch(e -> e instanceof PeerView p && p.receivesWal());
    }

    /** Of the voters that can say something; nobody's silence is no evidence that anything is lost. */
    private static long longestSilenceMs(GroupState state, Collection<Evidence> evidence) {
        return views(evidence).stream()
                .filter(v -> !v.starting() && state.voters().contains(v.voter()))
                .mapToLong(VoterView::silentMs)
                .max()
                .orElse(0);
    }

    /** Whoever a person names may take over, else who may without being named. */
    private static boolean mayBeReplaced(GroupState state, StartFailover c) {
        return c.reason() == Reason.ORDERED
                ? !c.standbysInReach().isEmpty()
                : c.standbysInReach().stream().anyMatch(state::mayTakeOver);
    }

    private static Decision inReach(GroupState state, StartFailover c, Reason reason, RuleId rule) {
        SortedSet<String> reach = c.standbysInReach();
        var missing = new TreeSet<String>();
        var words = new ArrayList<String>();
        for (LiveConfiguration live : state.liveConfigurations()) {
            boolean covered = live.syncSet().isRevokedBy(reach)
                    || isDead(c.evidence(), live.primary(), state.epoch())
                    || c.reason() != Reason.ORDERED && reach.contains(live.primary())
                    || state.durability() == GroupEvent.Durability.ASYNC && mayBeReplaced(state, c);
            if (!covered) {
                live.syncSet().standbys().stream()
                        .filter(s -> !reach.contains(s))
                        .forEach(missing::add);
                words.add("%s of epoch %d: %d of %d in reach, %d needed"
                        .formatted(
                                live.syncSet(),
                                live.epoch(),
                                live.syncSet().countOf(reach),
                                live.syncSet().size(),
                                live.syncSet().revocationQuorum()));
            }
        }
        if (!words.isEmpty() && missing.isEmpty() && state.primary() != null) {
            missing.add(state.primary());
        }
        Forcing.Order forced = state.forcing().orderFor(state.epoch() + 1);
        if (!words.isEmpty() && forced == null) {
            return held(state, c, RuleId.FAILOVER_NO_QUORUM, String.join("; ", words), List.copyOf(missing));
        }
        Operation operation = state.operation();
        UUID id = forced != null ? forced.operation() : operation == null ? null : operation.id();
        String target = forced != null ? forced.target() : operation == null ? null : operation.target();
        var events = new ArrayList<GroupEvent>();
        if (forced == null) {
            events.addAll(ForceDecisions.withdrawn(state, "epoch " + state.epoch() + " came to nothing"));
        }
        events.add(new FailoverStarted(
                state.epoch() + 1,
                rule,
                state.primary(),
                reason,
                c.evidence(),
                c.stamp().node(),
                c.stamp().wallMs() + state.settings().failoverExpires().toMillis(),
                target,
                id));
        return Decision.accept(
                RuleId.FAILOVER_BY_MAJORITY, "epoch %d begins: %s".formatted(state.epoch() + 1, reason), events);
    }

    /** Whether a failover began so long ago that an answer which is missing now is really missing. */
    static boolean isPastGrace(GroupState state, Stamp stamp) {
        if (state.failover() == null) {
            return false;
        }
        long expiresMs = state.settings().failoverExpires().toMillis();
        long graceMs = Math.min(state.settings().timings().graceBeforeHold().toMillis(), expiresMs / 2);
        return stamp.epochForMs() >= graceMs;
    }

    /**
     * By the clock of the node that asks, since it saw the epoch begin: another node's wall clock neither ends nor prolongs it.
     * One that is held goes on asking who has not answered, and is decided as soon as one does; the next epoch would ask the
     * same members the same, and so is the exception.
     */
    static boolean isExpired(GroupState state, Stamp stamp) {
        boolean held = state.phase() == Phase.STARTED && state.held() != null;
        long expiresMs = state.settings().failoverExpires().toMillis();
        return state.failover() != null && stamp.epochForMs() >= (held ? HELD_EXPIRES_FACTOR * expiresMs : expiresMs);
    }

    private static boolean candidateReleased(GroupState state, Collection<Evidence> evidence) {
        return state.phase() == Phase.AUTHORIZED
                && views(evidence).stream().anyMatch(v -> v.released() && v.epoch() == state.epoch());
    }

    /**
     * Whoever proposes does not hear the candidate, and a majority of voters had no renewal of it: neither it nor anybody who
     * waits for it can finish the epoch. That the silence began after the authorization is for the proposer to see to; safety does
     * not rest on it, for the next epoch begins with a revocation of this one.
     */
    private static boolean candidateLost(GroupState state, StartFailover c) {
        Promotion promotion = state.promotion();
        return state.phase() == Phase.AUTHORIZED
                && promotion != null
                && !c.standbysInReach().contains(promotion.candidate())
                && c.stamp().epochForMs()
                        >= state.settings().timings().suspectAfter().toMillis()
                && silent(state, c).size() >= state.voters().size() / 2 + 1;
    }

    static boolean tooMany(GroupState state, long wallMs) {
        long since = wallMs - state.settings().failoverWindow().toMillis();
        return state.failoversAtMs().stream().filter(at -> at >= since).count()
                >= state.settings().failoversMax();
    }

    private static List<VoterView> views(Collection<Evidence> evidence) {
        var views = new ArrayList<VoterView>();
        for (Evidence item : evidence) {
            if (item instanceof VoterView view) {
                views.add(view);
            }
        }
        return views;
    }

    private static boolean isDead(Collection<Evidence> evidence, @Nullable String member, long epoch) {
        return evidence.stream().anyMatch(e -> e instanceof Dead d && d.member().equals(member) && d.epoch() >= epoch);
    }

    private static Decision held(GroupState state, StartFailover c, RuleId rule, String why, List<String> missing) {
        return held(state, c.evidence(), rule, why, missing);
    }

    /** Recorded the first time for its reason; after that a refusal without an event. */
    static Decision held(GroupState state, List<Evidence> evidence, RuleId rule, String why, List<String> missing) {
        if (state.held() == rule) {
            return Decision.refuse(rule, why);
        }
        return Decision.refuse(rule, why, new FailoverHeld(state.epoch(), rule, why, missing, evidence));
    }
}
