package io.interrex.cluster.member;

import io.interrex.cluster.durability.Lineage;
import io.interrex.cluster.group.GroupCommand.ReportJoined;
import io.interrex.cluster.group.GroupCommand.StartRebuild;
import io.interrex.cluster.group.GroupEvent.RebuildMethod;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.GroupState.Phase;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.member.MemberHard.Role;
import io.interrex.cluster.port.Database.Position;
import io.interrex.cluster.port.Database.Upstream;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.DatabaseStatus.Process;
import java.util.UUID;

/** Decides what a member does that is not the primary: stand still when revoked, follow, rewind, or be cloned. */
final class StandbyPlanner {

    private StandbyPlanner() {}

    static Plan plan(MemberView v, GroupState group) {
        String primary = group.designated();
        boolean current = group.epoch() == v.hard().maxEpoch();
        if (!current || primary == null || primary.equals(v.member())) {
            return revoked(v, group);
        }
        return switch (group.phase()) {
            case CREATED, STARTED -> revoked(v, group);
            case AUTHORIZED ->
                group.promotion() != null
                                && group.promotion().syncSet().standbys().contains(v.member())
                        ? following(v, group, primary)
                        : revoked(v, group);
            case ESTABLISHED -> following(v, group, primary);
        };
    }

    /** No epoch to follow: take no WAL, and know how far it is. A former primary stays dead. */
    private static Plan revoked(MemberView v, GroupState group) {
        long epoch = v.hard().maxEpoch();
        if (v.hard().servedAsPrimary()) {
            if (v.database().isRunning() || !v.progress().isEmptied()) {
                return Plan.step(new Step.Kill("epoch " + epoch + " is not this member's"), "fencing itself");
            }
            return neverEstablished(v, group)
                    ? Plan.saving(
                            v.hard().as(Role.STANDBY, epoch), "becoming a standby, its epoch was never established")
                    : Plan.idle("fenced");
        }
        return switch (v.database().process()) {
            case ABSENT, INCOMPLETE -> Plan.idle("has no data yet");
            case STOPPED ->
                epoch <= 1
                        ? Plan.idle("stopped")
                        : RestartBudget.standby(
                                v, group, Plan.step(new Step.StartStandby(null), "starting without an upstream"));
            case STARTING -> Plan.idle("the server is starting");
            case HUNG -> restartWhenHung(v);
            case PRIMARY -> Plan.step(new Step.Kill("it was never to be a primary"), "fencing itself");
            case STANDBY ->
                v.progress().detachedEpoch() == epoch
                        ? Plan.idle("revoked")
                        : Plan.step(new Step.Detach(epoch), "taking no WAL any more");
        };
    }

    /** A candidate that fell may hold what no other has; nobody was served by it, so it is a standby like any other. */
    private static boolean neverEstablished(MemberView v, GroupState group) {
        return group.epoch() == v.hard().maxEpoch()
                && v.settled()
                && group.primary() != null
                && !v.member().equals(group.primary())
                && group.unestablished().stream().anyMatch(p -> p.candidate().equals(v.member()));
    }

    private static Plan following(MemberView v, GroupState group, String primary) {
        Upstream upstream = MemberView.upstream(group, primary);
        DatabaseStatus db = v.database();
        if (isToBeCopied(v, group)) {
            return rebuild(v, group, RebuildMethod.CLONE, upstream, "a person ordered it");
        }
        return switch (db.process()) {
            case ABSENT, INCOMPLETE ->
                // a look during a rewind finds what the rewind has made whole since
                v.settled()
                        ? rebuild(v, group, RebuildMethod.CLONE, upstream, "has no complete data directory")
                        : Plan.idle("looking at the data directory");
            case STOPPED -> RestartBudget.standby(v, group, stopped(v, group, upstream));
            case STARTING -> starting(v, upstream);
            case HUNG -> restartWhenHung(v);
            case PRIMARY -> Plan.step(new Step.Kill(primary + " is the primary"), "fencing itself");
            case STANDBY ->
                primary.equals(db.upstream()) && !group.forcing().mustBeCloned(v.member(), db.epochInWal())
                        ? attached(v, group, upstream)
                        : attach(v, group, upstream);
        };
    }

    /** A person's order waits until nothing depends on what it has (I19); data that are not complete are copied anew anyhow. */
    private static boolean isToBeCopied(MemberView v, GroupState group) {
        UUID order = group.reinits().get(v.member());
        Process process = v.database().process();
        return order != null
                && group.phase() == Phase.ESTABLISHED
                && !order.equals(v.progress().rebuilds().order())
                && (process == Process.STANDBY || process == Process.STOPPED)
                && !mayHoldTheOnlyCopy(v, group)
                && (!group.settings().synchronous() || enoughOthers(v, group));
    }

    private static boolean enoughOthers(MemberView v, GroupState group) {
        long needed = Math.min(group.settings().k(), group.members().size() - 2);
        return group.copiesWithout(v.member()) >= needed;
    }

    private static Plan stopped(MemberView v, GroupState group, Upstream upstream) {
        RebuildMethod method = group.rebuilding().get(v.member());
        boolean rebuilt = upstream.member().equals(v.progress().rebuilds().from());
        if (rebuilt) {
            return Plan.step(new Step.StartStandby(upstream), "starting as a standby of " + upstream.member());
        }
        if (v.progress().rebuilds().unread()) {
            return Plan.step(
                    new Step.StartStandby(null), "starting without an upstream, to look at the copy's lineage");
        }
        if (method == RebuildMethod.REWIND && v.progress().rebuilds().failedRewinds() > 0) {
            return mayGiveUp(v, group, v.progress().looks().firstMs())
                    ? rebuild(v, group, RebuildMethod.CLONE, upstream, "rewinding failed" + CopyPlanner.because(v))
                    : CopyPlanner.told(
                            v,
                            group,
                            Plan.idle("its rewind failed; it keeps its data until enough others hold it"
                                    + CopyPlanner.because(v)));
        }
        if (method == RebuildMethod.CLONE && mayBeWholeAlready(v, group)) {
            return Plan.step(
                    new Step.StartStandby(null), "starting without an upstream, the copy may be whole already");
        }
        if (method == RebuildMethod.REWIND || method == RebuildMethod.CLONE) {
            return rebuild(v, group, method, upstream, "rebuilding goes on");
        }
        if (v.hard().servedAsPrimary()) {
            return Plan.saving(v.hard().as(Role.STANDBY, v.hard().maxEpoch()), "becoming a standby");
        }
        return Plan.step(new Step.StartStandby(null), "starting without an upstream, to look at its lineage");
    }

    /**
     * This agent did not stop it to be cloned: the one before may have died with the copy made and not told, or the copy has
     * crashed since. One that crashes again and again is given up where others are enough, or had the time to come back.
     */
    private static boolean mayBeWholeAlready(MemberView v, GroupState group) {
        long windowMs = RestartBudget.windowMs(group);
        Crashes crashes = v.progress().crashes();
        boolean tooOften = v.progress().rebuilds().deathsOfThese(crashes.within(windowMs))
                > group.settings().restartsMax();
        return !v.progress().isEmptied()
                && v.progress().rebuilds().failedRewinds() == 0
                && !(tooOften && mayGiveUp(v, group, crashes.firstWithin(windowMs)));
    }

    /**
     * k others, or as many as there are, hold a commit beside the primary (I19); who may come back whole is given the time to.
     *
     * @param sinceMs when this member might have been cloned first; −1: not yet
     */
    private static boolean mayGiveUp(MemberView v, GroupState group, long sinceMs) {
        long limitMs = 10 * v.timings().suspectAfter().toMillis();
        return enoughOthers(v, group) || sinceMs >= 0 && v.nowMs() - sinceMs > limitMs;
    }

    private static Plan starting(MemberView v, Upstream upstream) {
        long since = v.progress().unwellSinceMs();
        boolean tooLong = since >= 0
                && v.nowMs() - since > 20 * v.timings().suspectAfter().toMillis();
        return tooLong
                ? Plan.step(
                        new Step.Kill("the server does not get ready to follow " + upstream.member()), "starting again")
                : Plan.idle("the server is starting");
    }

    private static Plan restartWhenHung(MemberView v) {
        long since = v.progress().unwellSinceMs();
        boolean tooLong =
                since >= 0 && v.nowMs() - since > 5 * v.timings().suspectAfter().toMillis();
        return tooLong
                ? Plan.step(new Step.Kill("the server does not answer"), "killing a server that hangs")
                : Plan.idle("the server does not answer");
    }

    /** It is configured to follow the right one. */
    private static Plan attached(MemberView v, GroupState group, Upstream upstream) {
        DatabaseStatus db = v.database();
        boolean established = group.phase() == Phase.ESTABLISHED;
        if (db.receiving()) {
            boolean news = established
                    && (group.rebuilding().containsKey(v.member())
                            || v.member().equals(group.cloning())
                            || group.fenced().containsKey(v.member())
                            || group.forcing().cloneAnew().containsKey(v.member())
                            || group.stuck().containsKey(v.member()));
            Plan plan = news
                    ? Plan.step(
                            new Step.Submit(new ReportJoined(v.stamp(), group.epoch(), v.member(), db.lsn())),
                            "following " + upstream.member())
                    : Plan.idle("following " + upstream.member());
            Step admit = established ? PrimaryPlanner.admit(v, false) : null;
            Plan restart = established && plan.step() == null ? Restarting.standby(v, group) : null;
            if (restart != null) {
                return restart;
            }
            if (plan.step() == null && admit != null) {
                plan = Plan.step(admit, plan.doing());
            }
            return established ? plan.readable() : plan;
        }
        long since = v.progress().notReceivingSinceMs();
        boolean tooLong = since >= 0
                && v.nowMs() - since > 10 * v.timings().suspectAfter().toMillis();
        if (!established || !tooLong || !v.serving().contains(upstream.member())) {
            return Plan.idle("waiting for WAL from " + upstream.member());
        }
        return Plan.step(new Step.Detach(group.epoch()), "receives nothing, looking at its lineage again");
    }

    /**
     * It follows somebody else, or nobody: its marker decides how it gets to follow the right one. A look is not enough: what is
     * replayed, or received from the other, after it might be of a timeline that the right one has under the same number. So it
     * takes no WAL first, and where it stands then is compared.
     */
    private static Plan attach(MemberView v, GroupState group, Upstream upstream) {
        if (group.phase() == Phase.AUTHORIZED) {
            return follow(v, upstream);
        }
        Position still = v.progress().detached();
        if (still == null && !v.settled()) {
            // a look from before it was told to follow shows nobody: detached again and again, it would never receive
            return Plan.idle("looking whom it follows");
        }
        if (still == null) {
            return Plan.step(new Step.Detach(group.epoch()), "taking no WAL any more, before its lineage is compared");
        }
        Lineage.Fit fit =
                Lineage.of(group.lineage(), still.epochInWal(), still.uuid(), still.timeline(), still.flushLsn());
        if (group.forcing().mustBeCloned(v.member(), still.epochInWal())) {
            return anew(v, group, upstream, still);
        }
        boolean former = group.fenced().containsKey(v.member());
        boolean enough = mayGiveUp(v, group, v.progress().looks().firstMs());
        if (fit == Lineage.Fit.STREAMS
                && enough
                && !mayHoldTheOnlyCopy(v, group)
                && v.progress().rebuilds().dryFollows() > 2
                && v.serving().contains(upstream.member())) {
            return rebuild(v, group, RebuildMethod.CLONE, upstream, "it could not stream although its data fits");
        }
        return switch (fit) {
            case STREAMS ->
                former && !group.rebuilding().containsKey(v.member())
                        ? rebuild(v, group, RebuildMethod.STREAM, upstream, "its data is on the chain of reigns")
                        : follow(v, upstream);
            case DIVERGED ->
                rebuild(
                        v,
                        group,
                        RebuildMethod.REWIND,
                        upstream,
                        "it went on to %s after a later reign had begun".formatted(still.flushLsn()));
            case OFF_CHAIN -> {
                String why =
                        "its marker (epoch %d) is not on the chain of reigns, or it was promoted after it (timeline %d)"
                                .formatted(still.epochInWal(), still.timeline());
                yield enough
                        ? rebuild(v, group, RebuildMethod.CLONE, upstream, why)
                        : Plan.idle("it keeps its data until enough others hold it: " + why);
            }
        };
    }

    /** A forced promotion did not reach it: it may hold what was acknowledged and is not the group's any more (R450). */
    private static Plan anew(MemberView v, GroupState group, Upstream upstream, Position still) {
        String why = "a forced promotion did not reach it, and its data is of epoch %d (R%d)"
                .formatted(still.epochInWal(), RuleId.FORCED_NOT_REACHED.code());
        return mayGiveUp(v, group, v.progress().looks().firstMs())
                ? rebuild(v, group, RebuildMethod.CLONE, upstream, why)
                : Plan.idle("it keeps its data until enough others hold it: " + why);
    }

    /** It counts for commits that were acknowledged: it is not given up while its data fits (I19). */
    private static boolean mayHoldTheOnlyCopy(MemberView v, GroupState group) {
        return group.liveConfigurations().stream()
                .anyMatch(live -> live.syncSet().standbys().contains(v.member()));
    }

    private static Plan follow(MemberView v, Upstream upstream) {
        if (v.hard().role() != Role.STANDBY || v.hard().roleEpoch() != v.hard().maxEpoch()) {
            return Plan.saving(v.hard().as(Role.STANDBY, v.hard().maxEpoch()), "becoming a standby");
        }
        return Plan.step(new Step.Follow(upstream), "following " + upstream.member());
    }

    private static Plan rebuild(MemberView v, GroupState group, RebuildMethod method, Upstream upstream, String why) {
        if (group.phase() != Phase.ESTABLISHED) {
            return Plan.idle("waiting for an established primary");
        }
        if (group.rebuilding().get(v.member()) != method) {
            return Plan.step(
                    new Step.Submit(new StartRebuild(v.stamp(), group.epoch(), v.member(), method, why)),
                    "asking to be rebuilt: " + why);
        }
        if (v.hard().role() != Role.STANDBY || v.hard().roleEpoch() != v.hard().maxEpoch()) {
            return Plan.saving(v.hard().as(Role.STANDBY, v.hard().maxEpoch()), "becoming a standby");
        }
        return switch (method) {
            case STREAM -> Plan.step(new Step.Follow(upstream), "following " + upstream.member());
            case REWIND -> stopFirst(v, new Step.Rewind(upstream), "rewinding to " + upstream.member());
            case CLONE -> CopyPlanner.plan(v, group, upstream);
        };
    }

    static Plan stopFirst(MemberView v, Step step, String doing) {
        return v.database().isRunning()
                ? Plan.step(new Step.StopClean("to be rebuilt"), "stopping, to be rebuilt")
                : Plan.step(step, doing);
    }
}
