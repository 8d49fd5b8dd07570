package io.interrex.cluster.supervision;

import io.interrex.cluster.durability.LiveConfiguration;
import io.interrex.cluster.group.Decision;
import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.Evidence.NoAnswer;
import io.interrex.cluster.group.Evidence.VoterView;
import io.interrex.cluster.group.FencingDecisions;
import io.interrex.cluster.group.GroupCommand.AuthorizePromotion;
import io.interrex.cluster.group.GroupCommand.ClearSuspicion;
import io.interrex.cluster.group.GroupCommand.OrderPowerOff;
import io.interrex.cluster.group.GroupCommand.ReportSuspicion;
import io.interrex.cluster.group.GroupCommand.StartFailover;
import io.interrex.cluster.group.GroupDecider;
import io.interrex.cluster.group.GroupEvent.PromotionAuthorized;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.GroupState.Failover;
import io.interrex.cluster.group.Reason;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.supervision.Watch.Inquiry;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a supervisor does about its group: when it suspects, whom it asks, whom it asks to revoke, and when it
 * proposes. It only proposes: {@link GroupDecider} and the log decide. Rank decides who speaks first, the log decides who
 * is heard.
 */
public final class Supervision {

    private Supervision() {}

    /** What the supervisor knows after it, and what it does. */
    public record Step(Inquiry inquiry, List<Act> acts) {}

    public static Step tick(Watch w) {
        GroupState group = w.group();
        if (group == null) {
            return new Step(Inquiry.NONE, List.of());
        }
        return switch (group.phase()) {
            case CREATED -> watchFirst(w, group);
            case ESTABLISHED -> watchPrimary(w, group);
            case STARTED -> revoke(w, group);
            case AUTHORIZED -> watchCandidate(w, group);
        };
    }

    /** Nobody can take its place: its loss is told, and that it is back. */
    private static Step watchFirst(Watch w, GroupState group) {
        if (group.held() != RuleId.FIRST_MEMBER_LOST) {
            return candidateSilent(w, group)
                    ? ask(w, group, asking(w, group), "the first member is lost", Reason.EXPIRED)
                    : new Step(Inquiry.NONE, List.of());
        }
        Inquiry inquiry = asking(w, group);
        long everyMs = group.settings().timings().renewEvery().toMillis();
        if (!hearAgain(inquiry, group)) {
            var acts = new ArrayList<Act>();
            boolean due = inquiry.askedMs() < 0 || w.nowMs() - inquiry.askedMs() >= askAgainMs(w, inquiry, everyMs);
            return new Step(due ? askVoters(w, group, inquiry, "", Reason.EXPIRED, acts) : inquiry, acts);
        }
        boolean again = inquiry.submittedMs() < 0 || w.nowMs() - inquiry.submittedMs() >= everyMs;
        return again
                ? new Step(
                        inquiry.submitted(w.nowMs()),
                        List.of(new Act.Submit(new ClearSuspicion(
                                w.stamp(), group.epoch(), "a majority of voters hears " + group.firstMember()))))
                : new Step(inquiry, List.of());
    }

    /** As many as it takes to raise the alarm: one that hears it while the others do not would raise and end it without end. */
    private static boolean hearAgain(Inquiry inquiry, GroupState group) {
        long suspectMs = group.settings().timings().suspectAfter().toMillis();
        long hear = inquiry.views().stream()
                .filter(v -> !v.starting()
                        && v.silentMs() < suspectMs
                        && group.voters().contains(v.voter()))
                .count();
        return hear > group.voters().size() / 2;
    }

    private static Inquiry asking(Watch w, GroupState group) {
        return w.inquiry().condition() == group.epoch()
                ? w.inquiry()
                : w.inquiry().began(group.epoch(), w.nowMs());
    }

    private static Step watchPrimary(Watch w, GroupState group) {
        String why = suspicion(w, group);
        if (why == null) {
            boolean reported = group.suspectedBy().contains(w.node());
            return new Step(
                    Inquiry.NONE,
                    reported
                            ? List.of(new Act.Submit(new ClearSuspicion(
                                    w.stamp(), group.epoch(), group.primary() + " is heard of again")))
                            : List.of());
        }
        return ask(w, group, asking(w, group), why, released(w, group) ? releaseReason(group) : Reason.LEASE_SILENT);
    }

    private static Reason releaseReason(GroupState group) {
        return group.operation() == null ? Reason.RELEASED : Reason.SWITCHOVER;
    }

    /** Null: nothing to ask about. */
    private static @Nullable String suspicion(Watch w, GroupState group) {
        // that is what its holder says itself, no inference from a silence that may be older than this supervisor
        if (released(w, group)) {
            return group.primary() + " gave its lease back";
        }
        if (startedLately(w, group)) {
            return null;
        }
        long suspectMs = group.settings().timings().suspectAfter().toMillis();
        VoterView voter = w.voter();
        if (voter != null && !voter.starting() && voter.silentMs() >= suspectMs) {
            return "no renewal from " + group.primary() + " for " + voter.silentMs() + " ms";
        }
        return w.sight().suspicion(group.primary(), w.nowMs());
    }

    private static boolean startedLately(Watch w, GroupState group) {
        long suspectMs = group.settings().timings().suspectAfter().toMillis();
        return w.nowMs() - w.startedMs()
                < group.settings().timings().silentFor().toMillis() + 2 * suspectMs;
    }

    private static boolean released(Watch w, GroupState group) {
        VoterView voter = w.voter();
        return voter != null && voter.released() && voter.epoch() == group.epoch()
                || w.inquiry().released(group.epoch());
    }

    private static Step ask(Watch w, GroupState group, Inquiry inquiry, String why, Reason reason) {
        long everyMs = group.settings().timings().renewEvery().toMillis();
        long sinceSubmit = inquiry.submittedMs() < 0 ? Long.MAX_VALUE : w.nowMs() - inquiry.submittedMs();
        if (sinceSubmit < everyMs) {
            return new Step(inquiry, List.of());
        }
        var acts = new ArrayList<Act>();
        Inquiry asked = inquiry;
        if (inquiry.askedMs() < 0) {
            asked = askVoters(w, group, inquiry, why, reason, acts);
        }
        if (w.nowMs() - asked.sinceMs() < delayMs(w, group)) {
            return new Step(asked, acts);
        }
        var evidence = new ArrayList<Evidence>(asked.views());
        evidence.add(peerView(w, group));
        var proposal =
                new StartFailover(w.stamp(), group.epoch(), reason, List.copyOf(evidence), w.standbysInReach(group));
        Decision foreseen = GroupDecider.decide(group, proposal);
        boolean all = asked.answers().keySet().containsAll(group.voters());
        boolean patient = w.nowMs() - asked.askedMs() < everyMs / 2;
        if (!foreseen.accepted() && !all && patient) {
            return new Step(asked, acts);
        }
        if (foreseen.accepted() || !foreseen.events().isEmpty()) {
            acts.add(new Act.Submit(proposal));
            return new Step(asked.submitted(w.nowMs()), acts);
        }
        return w.nowMs() - asked.askedMs() < askAgainMs(w, asked, everyMs)
                ? new Step(asked, acts)
                : new Step(askVoters(w, group, asked, why, reason, acts), acts);
    }

    /** The answer changes with every moment in which the primary stays silent; a question that stays open is asked less often. */
    private static long askAgainMs(Watch w, Inquiry inquiry, long everyMs) {
        return Math.clamp((w.nowMs() - inquiry.sinceMs()) / 8, everyMs / 4, 5 * everyMs);
    }

    private static Inquiry askVoters(
            Watch w, GroupState group, Inquiry inquiry, String why, Reason reason, List<Act> acts) {
        boolean planned = reason != Reason.LEASE_SILENT;
        boolean abstains = w.nowMs() - inquiry.sinceMs() < w.sight().abstainMs(w.nowMs());
        if (!planned && !abstains && !group.suspectedBy().contains(w.node())) {
            var evidence = new ArrayList<Evidence>();
            evidence.add(peerView(w, group));
            if (w.voter() != null) {
                evidence.add(w.voter());
            }
            acts.add(new Act.Submit(new ReportSuspicion(w.stamp(), group.epoch(), why, List.copyOf(evidence))));
        }
        acts.add(new Act.AskVoters());
        return inquiry.askedAgain(w.nowMs(), w.voter());
    }

    private static Evidence peerView(Watch w, GroupState group) {
        String primary = group.designated();
        double phi = w.sight().phi(primary, w.nowMs());
        return new Evidence.PeerView(
                w.node(),
                phi < Sight.PHI_SUSPECT,
                Math.round(phi * 10) / 10.0,
                w.receivesFrom(primary),
                w.sight().failedProbes(primary));
    }

    /** The higher the rank, the later; a node that stood still lately speaks last. */
    private static long delayMs(Watch w, GroupState group) {
        long stepMs = group.settings().timings().continueAfter().toMillis() / 2;
        return w.rank() * stepMs + w.sight().abstainMs(w.nowMs());
    }

    private static Step revoke(Watch w, GroupState group) {
        Failover failover = group.failover();
        if (failover == null) {
            throw new IllegalStateException("epoch " + group.epoch() + " was started without a failover");
        }
        if (GroupDecider.isExpired(group, w.stamp())) {
            return expire(w, group);
        }
        long quietMs = w.nowMs() - w.lastEventMs();
        long continueMs = group.settings().timings().continueAfter().toMillis();
        boolean owner = failover.owner().equals(w.node());
        if (!owner && quietMs < continueMs * (1 + w.rank())) {
            return new Step(w.inquiry(), List.of());
        }
        var acts = new ArrayList<Act>();
        Inquiry inquiry = w.inquiry();
        long everyMs = Math.min(100, group.settings().timings().renewEvery().toMillis());
        if (inquiry.revokeEpoch() != group.epoch() || w.nowMs() - inquiry.revokeSentMs() >= everyMs) {
            inquiry = inquiry.revoking(group.epoch(), w.nowMs());
            acts.add(new Act.Revoke(group.epoch(), unanswered(group, inquiry)));
            powerOff(w, group, inquiry, acts);
        }
        long waitedMs = w.nowMs() - inquiry.revokeSinceMs();
        boolean waited = waitedMs >= 2 * everyMs + 100;
        boolean all = inquiry.revocations().keySet().containsAll(w.inReach(group));
        boolean again = inquiry.submittedMs() < 0 || w.nowMs() - inquiry.submittedMs() >= everyMs;
        if ((all || waited) && again && !inquiry.revocations().isEmpty()) {
            AuthorizePromotion proposal = new AuthorizePromotion(
                    w.stamp(), group.epoch(), evidence(group, inquiry), w.freshId(), w.lastLsnOf(group.primary()));
            Decision foreseen = GroupDecider.decide(group, proposal);
            boolean settled = all
                    || isWhole(group, failover, foreseen)
                    || waitedMs >= group.settings().timings().suspectAfter().toMillis();
            if (foreseen.accepted() ? settled : !foreseen.events().isEmpty()) {
                acts.add(new Act.Submit(proposal));
                inquiry = inquiry.submitted(w.nowMs());
            }
        }
        return new Step(inquiry, acts);
    }

    /** Where nothing but the proof is missing that the old primary is dead: the voters are asked until a majority has promised. */
    private static void powerOff(Watch w, GroupState group, Inquiry inquiry, List<Act> acts) {
        String old = FencingDecisions.awaited(group);
        if (old == null) {
            return;
        }
        acts.add(new Act.AskVoters());
        var all = new ArrayList<Evidence>(inquiry.views());
        all.addAll(evidence(group, inquiry));
        int attempt = FencingDecisions.nextAttempt(group);
        var order = new OrderPowerOff(w.stamp(), group.epoch(), old, attempt, List.copyOf(all));
        if (w.nowMs() - inquiry.revokeSinceMs() >= delayMs(w, group)
                && GroupDecider.decide(group, order).accepted()) {
            acts.add(new Act.PowerOff(order));
        }
    }

    /** The member that a person named, and as many copies as configured: worth waiting for somewhat longer. */
    private static boolean isWhole(GroupState group, Failover failover, Decision foreseen) {
        return foreseen.events().stream()
                .anyMatch(event -> event instanceof PromotionAuthorized p
                        && p.syncSet().k() >= group.settings().k()
                        && (failover.target() == null || failover.target().equals(p.candidate())));
    }

    private static SortedSet<String> unanswered(GroupState group, Inquiry inquiry) {
        var rest = new TreeSet<>(group.members().keySet());
        inquiry.revocations().forEach((member, evidence) -> {
            if (!(evidence instanceof NoAnswer)) {
                rest.remove(member);
            }
        });
        return rest;
    }

    private static List<Evidence> evidence(GroupState group, Inquiry inquiry) {
        var all = new ArrayList<Evidence>();
        for (String member : group.members().keySet()) {
            Evidence answer = inquiry.revocations().get(member);
            all.add(answer == null ? new NoAnswer(member, "did not answer") : answer);
        }
        return List.copyOf(all);
    }

    private static Step watchCandidate(Watch w, GroupState group) {
        VoterView voter = w.voter();
        boolean gaveUp = voter != null && voter.released() && voter.epoch() == group.epoch();
        if (!gaveUp && GroupDecider.isExpired(group, w.stamp())) {
            return expire(w, group);
        }
        if (!gaveUp && !candidateSilent(w, group)) {
            return new Step(Inquiry.NONE, List.of());
        }
        Inquiry inquiry = asking(w, group);
        return gaveUp
                ? ask(w, group, inquiry, "the candidate gave up", Reason.RELEASED)
                : ask(w, group, inquiry, "the candidate is lost", Reason.EXPIRED);
    }

    /**
     * For {@code suspect} since the candidate was authorized neither its host nor a renewal was heard here. One that is heard may be
     * starting its server, or not know of the epoch yet: the next election would choose it again.
     */
    private static boolean candidateSilent(Watch w, GroupState group) {
        long suspectMs = group.settings().timings().suspectAfter().toMillis();
        VoterView voter = w.voter();
        boolean renews = voter != null && !voter.starting() && voter.silentMs() < suspectMs;
        String candidate = group.designated();
        return candidate != null
                && !renews
                && !startedLately(w, group)
                && w.nowMs() - w.lastEventMs() >= suspectMs
                && !w.inReach(group).contains(candidate);
    }

    private static Step expire(Watch w, GroupState group) {
        Inquiry inquiry = w.inquiry().condition() == -group.epoch()
                ? w.inquiry()
                : w.inquiry().began(-group.epoch(), w.nowMs());
        long everyMs = group.settings().timings().renewEvery().toMillis();
        boolean again = inquiry.submittedMs() < 0 || w.nowMs() - inquiry.submittedMs() >= everyMs;
        if (!again || w.nowMs() - inquiry.sinceMs() < delayMs(w, group)) {
            return new Step(inquiry, List.of());
        }
        return new Step(
                inquiry.submitted(w.nowMs()),
                List.of(new Act.Submit(new StartFailover(
                        w.stamp(), group.epoch(), Reason.EXPIRED, List.of(), w.standbysInReach(group)))));
    }

    /** Whether a failover would find enough standbys now; for dry runs and status. */
    public static boolean couldFailOver(Watch w, GroupState group) {
        SortedSet<String> reach = w.standbysInReach(group);
        for (LiveConfiguration live : group.liveConfigurations()) {
            if (!live.syncSet().isRevokedBy(reach)) {
                return false;
            }
        }
        return true;
    }
}
