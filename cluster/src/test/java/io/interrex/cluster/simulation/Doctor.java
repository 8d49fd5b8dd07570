package io.interrex.cluster.simulation;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.Evidence.Dead;
import io.interrex.cluster.group.Evidence.NoAnswer;
import io.interrex.cluster.group.Evidence.Revoked;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupCommand.AuthorizePromotion;
import io.interrex.cluster.group.GroupCommand.ReviseSyncSet;
import io.interrex.cluster.group.GroupCommand.StartFailover;
import io.interrex.cluster.group.GroupCommand.StartRebuild;
import io.interrex.cluster.group.GroupEvent.MemberJoined;
import io.interrex.cluster.group.GroupEvent.RebuildMethod;
import io.interrex.cluster.group.GroupEvent.SettingsRecorded;
import io.interrex.cluster.group.GroupEvent.SyncSetApplied;
import io.interrex.cluster.group.GroupEvolution;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.member.MemberHard;
import io.interrex.cluster.member.MemberView;
import io.interrex.cluster.member.Plan;
import io.interrex.cluster.member.Progress;
import io.interrex.cluster.member.Step;
import io.interrex.cluster.port.Database.Position;
import io.interrex.cluster.port.DatabaseStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Falsifies what goes into the production deciders, or what comes out, as a {@link Mutant} asks; otherwise changes nothing. */
final class Doctor {

    private Doctor() {}

    // ---- what a decision is made on

    static GroupCommand command(World world, @Nullable GroupState state, GroupCommand command) {
        if (state == null || !world.isMutated()) {
            return command;
        }
        if (command instanceof StartFailover c
                && (world.has(Mutant.NO_REVOCATION_QUORUM) || world.has(Mutant.SILENCE_IS_DEATH))) {
            return new StartFailover(
                    c.stamp(), c.epoch(), c.reason(), c.evidence(), new TreeSet<>(world.memberNames()));
        }
        return command instanceof AuthorizePromotion c ? authorize(world, state, c) : command;
    }

    private static AuthorizePromotion authorize(World world, GroupState state, AuthorizePromotion c) {
        var evidence = new ArrayList<Evidence>();
        int counted = 0;
        for (Evidence item : c.evidence()) {
            Evidence doctored = item;
            if (item instanceof NoAnswer n && n.who().equals(state.primary())) {
                doctored = world.has(Mutant.SILENCE_IS_DEATH) ? new Dead(n.who(), c.epoch(), Lsn.ZERO, true, 0) : item;
            } else if (item instanceof NoAnswer n) {
                boolean counts = world.has(Mutant.NO_REVOCATION_QUORUM)
                        || world.has(Mutant.SMALL_REVOCATION_QUORUM) && counted++ == 0;
                doctored = counts ? promiseOfNothing(state, n.who(), c.epoch()) : item;
            } else if (item instanceof Dead d && world.has(Mutant.CRASH_IS_A_CLEAN_STOP)) {
                doctored = new Dead(d.member(), d.epoch(), d.cleanStop() ? d.lsn() : Lsn.ZERO, true, d.tookMs());
            } else if (item instanceof Revoked r && world.has(Mutant.LSN_BEFORE_LINEAGE)) {
                doctored = ofTheNewestReign(state, r);
            }
            evidence.add(doctored);
        }
        return new AuthorizePromotion(c.stamp(), c.epoch(), List.copyOf(evidence), c.uuid(), c.lastPrimaryLsn());
    }

    /** A promise that nobody gave: on the chain, as one that says nothing about its data would not count, and behind everybody. */
    private static Revoked promiseOfNothing(GroupState state, String member, long epoch) {
        Reign first = state.possibleReigns().getFirst();
        return new Revoked(member, epoch, Lsn.ZERO, first.timeline(), first.epoch(), first.uuid(), state.systemId());
    }

    /** Everybody on the chain is said to be of the same reign, so that positions alone decide. */
    private static Revoked ofTheNewestReign(GroupState state, Revoked r) {
        List<Reign> reigns = state.possibleReigns();
        boolean known = reigns.stream().anyMatch(reign -> reign.uuid().equals(r.uuid()));
        if (!known) {
            return r;
        }
        Reign newest = reigns.getLast();
        return new Revoked(
                r.member(), r.epoch(), r.flushLsn(), r.timeline(), newest.epoch(), newest.uuid(), r.systemId());
    }

    static @Nullable GroupState state(World world, @Nullable GroupState state, GroupCommand command) {
        if (state != null
                && world.has(Mutant.TWO_CLONES)
                && command instanceof StartRebuild c
                && c.method() == RebuildMethod.CLONE) {
            GroupState without = state;
            for (String member : state.rebuilding().keySet()) {
                without = GroupEvolution.evolve(
                        without, new MemberJoined(state.epoch(), RuleId.REBUILD_DONE, member, Lsn.ZERO));
            }
            return without;
        }
        if (state != null
                && world.has(Mutant.POWER_NOT_AWAITED)
                && state.settings().powerOff()) {
            return GroupEvolution.evolve(
                    state,
                    new SettingsRecorded(
                            state.epoch(),
                            RuleId.SETTINGS_RECORDED,
                            world.settings.withPowerOff(false),
                            List.copyOf(state.members().values())));
        }
        return state == null ? null : ForcedDoctor.state(world, state, command);
    }

    // ---- what a member plans on, says and does

    /** A copy under way says of itself what its source could. */
    static @Nullable Evidence answer(World world, @Nullable Evidence answer, Postgres postgres, long epoch) {
        String source = postgres.copiedFrom;
        if (!world.has(Mutant.COPY_UNDER_WAY_COUNTS) || !(answer instanceof NoAnswer) || source == null) {
            return answer;
        }
        Position p = world.postgres(source).position();
        return new Revoked(postgres.name, epoch, p.flushLsn(), p.timeline(), p.epochInWal(), p.uuid(), p.systemId());
    }

    static MemberView view(World world, MemberView v) {
        if (!world.isMutated()) {
            return v;
        }
        GroupState group = v.group();
        if (world.has(Mutant.BARRIER_OF_AN_OLDER_RUN)
                && v.database().process() == DatabaseStatus.Process.PRIMARY
                && v.hard().openedStartMs() != 0) {
            return with(v, v.hard().opened(v.database().startedAtMs()), v.database(), v.leaseEpoch(), v.guardArmed());
        }
        boolean byForce = world.has(Mutant.FORCED_WITHOUT_LEASE)
                && group != null
                && group.promotion() != null
                && group.promotion().isForced();
        if ((world.has(Mutant.PROMOTED_WITHOUT_LEASE) || byForce) && group != null) {
            return with(v, v.hard(), v.database(), group.epoch(), true);
        }
        if (world.has(Mutant.LINEAGE_BY_TIMELINE)
                && group != null
                && !group.lineage().isEmpty()) {
            return with(v, v.hard(), marked(v.database(), group.lineage().getLast()), v.leaseEpoch(), v.guardArmed());
        }
        return v;
    }

    /** @param answered nobody waits for this member's answer to a revocation */
    static MemberView planned(World world, MemberView v, boolean answered, @Nullable GroupState lastAuthorized) {
        GroupState group = v.group();
        if (!world.isMutated() || group == null) {
            return v;
        }
        if (world.has(Mutant.FOLLOW_BELOW_PROMISE) && answered && v.hard().role() == MemberHard.Role.STANDBY) {
            return in(v, group);
        }
        if (world.has(Mutant.EXPIRED_EPOCH_CONTINUED)
                && group.phase() == GroupState.Phase.STARTED
                && lastAuthorized != null
                && lastAuthorized.phase() == GroupState.Phase.AUTHORIZED
                && v.member().equals(lastAuthorized.designated())) {
            return in(v, lastAuthorized);
        }
        if (world.has(Mutant.COPIED_WHILE_COUNTED) && group.reinits().containsKey(v.member())) {
            return seeing(v, withoutCount(group, v.member()), v.hard(), v.revokeEpoch());
        }
        if (world.has(Mutant.RESTARTED_AT_ONCE)) {
            return in(v, OrderDoctor.onlyOneLeft(group, v.member()));
        }
        if (world.has(Mutant.NOT_REACHED_STREAMS)) {
            return in(v, ForcedDoctor.everybodyReached(group, v.member()));
        }
        Position stands = v.progress().detached();
        if (world.has(Mutant.LINEAGE_BY_TIMELINE)
                && stands != null
                && !group.lineage().isEmpty()) {
            return with(
                    v,
                    v.progress()
                            .detachedAt(
                                    v.progress().detachedEpoch(),
                                    marked(stands, group.lineage().getLast())));
        }
        return v;
    }

    /** As if commits waited for others only, however many are left. */
    private static GroupState withoutCount(GroupState group, String member) {
        var rest = new TreeSet<>(group.syncSet().standbys());
        rest.remove(member);
        SyncSet rule = SyncSet.of(Math.min(group.settings().k(), rest.size()), rest);
        return GroupEvolution.evolve(
                group, new SyncSetApplied(group.epoch(), RuleId.SYNC_SET_APPLIED, rule, Lsn.ZERO, new TreeSet<>()));
    }

    /** In the epoch of that state, whatever its host has promised since. */
    private static MemberView in(MemberView v, GroupState group) {
        MemberHard h = v.hard();
        var below = new MemberHard(
                Math.min(h.maxEpoch(), group.epoch()),
                h.released(),
                h.incarnation(),
                h.role(),
                h.roleEpoch(),
                h.openedStartMs());
        return seeing(v, group, below, Math.min(v.revokeEpoch(), group.epoch()));
    }

    private static MemberView seeing(MemberView v, GroupState group, MemberHard hard, long revokeEpoch) {
        return new MemberView(
                v.member(),
                group,
                hard,
                v.database(),
                v.settled(),
                v.progress(),
                v.leaseEpoch(),
                v.leaseLeftMs(),
                v.guardArmed(),
                v.writeProbeAgeMs(),
                revokeEpoch,
                v.peerLsn(),
                v.serving(),
                v.poolers(),
                v.copySources(),
                v.timings(),
                v.stamp(),
                v.nowMs());
    }

    private static DatabaseStatus marked(DatabaseStatus d, Reign last) {
        return new DatabaseStatus(
                d.process(),
                d.startedAtMs(),
                d.systemId(),
                d.timeline(),
                d.lsn(),
                d.replayed(),
                d.receiving(),
                d.upstream(),
                last.epoch(),
                last.uuid(),
                d.syncNames(),
                d.senders(),
                d.cleanlyStopped(),
                d.diskFree(),
                d.serverVersion(),
                d.answeredIn(),
                d.problem());
    }

    private static Position marked(Position p, Reign last) {
        return new Position(p.flushLsn(), p.timeline(), last.epoch(), last.uuid(), p.systemId());
    }

    private static MemberView with(MemberView v, Progress progress) {
        return new MemberView(
                v.member(),
                v.group(),
                v.hard(),
                v.database(),
                v.settled(),
                progress,
                v.leaseEpoch(),
                v.leaseLeftMs(),
                v.guardArmed(),
                v.writeProbeAgeMs(),
                v.revokeEpoch(),
                v.peerLsn(),
                v.serving(),
                v.poolers(),
                v.copySources(),
                v.timings(),
                v.stamp(),
                v.nowMs());
    }

    private static MemberView with(
            MemberView v, MemberHard hard, DatabaseStatus database, long leaseEpoch, boolean armed) {
        return new MemberView(
                v.member(),
                v.group(),
                hard,
                database,
                v.settled(),
                v.progress(),
                leaseEpoch,
                leaseEpoch == v.leaseEpoch() ? v.leaseLeftMs() : 1_000,
                armed,
                v.writeProbeAgeMs(),
                v.revokeEpoch(),
                v.peerLsn(),
                v.serving(),
                v.poolers(),
                v.copySources(),
                v.timings(),
                v.stamp(),
                v.nowMs());
    }

    static Plan plan(World world, Plan p, Postgres postgres, LogShell log) {
        if (!world.isMutated()) {
            return p;
        }
        if (log.raceLost() && postgres.isPrimary()) {
            var kill = new Step.Kill("another is the primary", false);
            return new Plan(p.save(), 0, false, false, false, kill, "stepping down");
        }
        if (world.has(Mutant.BARRIER_SKIPPED) && p.leaseEpoch() != 0 && postgres.isPrimary()) {
            return new Plan(p.save(), p.leaseEpoch(), p.armGuard(), true, p.allowRead(), p.step(), p.doing());
        }
        if (world.has(Mutant.RELEASE_BEFORE_DEATH)
                && p.step() instanceof Step.StopClean
                && p.doing().startsWith("switchover: stopping")) {
            long epoch = world.node(postgres.host).memberDisk().roleEpoch();
            return new Plan(p.save(), 0, false, false, false, new Step.Release(epoch), p.doing());
        }
        return p;
    }

    /** The rule is changed before the log knows of the change. */
    static void submitting(World world, @Nullable GroupState state, GroupCommand command, Postgres postgres) {
        if (state == null || !world.has(Mutant.SYNC_SET_BEFORE_INTENT) || !(command instanceof ReviseSyncSet c)) {
            return;
        }
        var next = new TreeSet<>(state.syncSet().standbys());
        next.removeAll(c.silent());
        next.addAll(c.caughtUp());
        SyncSet rule = SyncSet.of(Math.min(state.settings().k(), next.size()), next);
        postgres.applySyncSet(rule, outcome -> {});
    }
}
