package io.interrex.cluster.member;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.GroupCommand.ReportStuck;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.GroupState.Phase;
import io.interrex.cluster.member.MemberHard.Role;
import io.interrex.cluster.port.Database.Position;
import io.interrex.cluster.port.DatabaseStatus.Process;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a member does next: the same look at the same facts always gives the same step, so an agent that was
 * killed at any point goes on where the facts stand. Nothing but this starts, promotes or kills a server.
 */
public final class MemberPlanner {

    private MemberPlanner() {}

    public static Plan plan(MemberView v) {
        return RestartBudget.told(v, Unkillable.toldOver(v, planned(v)));
    }

    private static Plan planned(MemberView v) {
        GroupState group = v.group();
        long known = Math.max(group == null ? 0 : group.epoch(), v.revokeEpoch());
        if (known > v.hard().maxEpoch()) {
            return Plan.saving(v.hard().promised(known), "promising epoch " + known);
        }
        if (group == null) {
            return withoutLog(v);
        }
        if (!group.members().containsKey(v.member())) {
            return noMember(v);
        }
        boolean current = group.epoch() == v.hard().maxEpoch() && v.hard().released() < group.epoch();
        boolean mine = current && v.member().equals(group.designated());
        if (!mine && isOutOfRecovery(v)) {
            return fence(v);
        }
        if (!mine && group.upkeep().isInMaintenance(v.member())) {
            return isForeign(v, group) ? LeftAlone.asItIs() : LeftAlone.plan(v, StandbyPlanner.plan(v, group));
        }
        if (isForeign(v, group)) {
            return foreign(v, group, mine);
        }
        boolean gaveBack = v.hard().released() == group.epoch() && v.member().equals(group.designated());
        if (gaveBack) {
            boolean empty = !v.database().isRunning() && v.progress().isEmptied();
            return !empty
                    ? Plan.step(new Step.Kill("epoch " + group.epoch() + " was given back"), "giving its lease back")
                    : v.settled()
                            ? Plan.step(new Step.Release(group.epoch()), "giving its lease back")
                            : Plan.idle("giving its lease back");
        }
        if (!mine) {
            return StandbyPlanner.plan(v, group);
        }
        Plan unkillable = Unkillable.plan(v);
        if (unkillable != null) {
            return unkillable;
        }
        return group.phase() == Phase.ESTABLISHED ? PrimaryPlanner.plan(v, group) : CandidatePlanner.plan(v, group);
    }

    /** Nobody waits for its copies, and its slot is dropped: a server that went on would be read by people as one of the group's. */
    private static Plan noMember(MemberView v) {
        if (isOutOfRecovery(v)) {
            return fence(v);
        }
        String why = "no member of the group";
        return v.database().isRunning()
                ? Plan.step(new Step.Kill(why), "ending the server of who is no member")
                : Plan.idle(why);
    }

    /** The data directory holds another database than the group's: somebody put it there. */
    private static boolean isForeign(MemberView v, GroupState group) {
        String own = v.database().systemId();
        return own != null && !group.systemId().isEmpty() && !own.equals(group.systemId());
    }

    /** Never started, joined or overwritten by us: a person says what it is. */
    private static Plan foreign(MemberView v, GroupState group, boolean mine) {
        String why =
                "its data directory holds another database (system identifier %s, the group's is %s): it is neither joined nor overwritten; move it away, and the member is cloned"
                        .formatted(v.database().systemId(), group.systemId());
        if (mine) {
            return PrimaryPlanner.release(v, group.epoch(), why);
        }
        if (v.database().isRunning()) {
            return Plan.step(new Step.Kill(why), "ending a server that is not the group's");
        }
        boolean gaveBack = v.hard().released() == group.epoch() && v.member().equals(group.designated());
        if (gaveBack) {
            return Plan.step(new Step.Release(group.epoch()), "giving its lease back: " + why);
        }
        return why.equals(group.stuck().get(v.member()))
                ? Plan.idle(why)
                : Plan.step(
                        new Step.Submit(new ReportStuck(v.stamp(), group.epoch(), v.member(), why)),
                        "telling that " + why);
    }

    /** Before the log is up a member stays what it was: a primary renews its lease, nobody starts anything. */
    private static Plan withoutLog(MemberView v) {
        MemberHard hard = v.hard();
        boolean mine =
                hard.role() == Role.PRIMARY && hard.roleEpoch() == hard.maxEpoch() && hard.released() < hard.maxEpoch();
        if (!mine) {
            return isOutOfRecovery(v) ? fence(v) : Plan.idle("waiting for the log");
        }
        Plan unkillable = Unkillable.plan(v);
        if (unkillable != null) {
            return unkillable;
        }
        if (mustDie(v)) {
            return Plan.step(new Step.Kill("its lease ran out"), "fencing itself");
        }
        boolean primary = v.database().process() == Process.PRIMARY;
        boolean opened = primary
                && hard.openedStartMs() != 0
                && hard.openedStartMs() == v.database().startedAtMs();
        return Plan.idle("keeping what it has, the log is not up yet")
                .holding(hard.roleEpoch(), v.database().isRunning(), opened);
    }

    /** Lost its lease while the server was out of recovery: the gate has closed by itself, the processes go now. */
    static boolean mustDie(MemberView v) {
        return v.progress().leaseLost() && isOutOfRecovery(v);
    }

    /** The server accepts writes, or may do so at any moment. */
    static boolean isOutOfRecovery(MemberView v) {
        return switch (v.database().process()) {
            case PRIMARY -> true;
            case STARTING, HUNG -> v.hard().servedAsPrimary();
            case ABSENT, INCOMPLETE, STOPPED, STANDBY -> false;
        };
    }

    private static Plan fence(MemberView v) {
        if (v.hard().role() != Role.FENCED) {
            return Plan.saving(v.hard().as(Role.FENCED, v.hard().roleEpoch()), "fencing itself");
        }
        return Plan.step(new Step.Kill("epoch " + v.hard().maxEpoch() + " is not this member's"), "fencing itself");
    }

    /**
     * What this member can say to somebody who asked it to revoke, null: not yet.
     *
     * @param tookMs since it was asked
     */
    public static @Nullable Evidence revokeAnswer(MemberView v, long tookMs) {
        long epoch = v.hard().maxEpoch();
        Position position = v.progress().detached();
        if (v.hard().servedAsPrimary()) {
            Lsn cleanStop = v.cleanStop();
            return v.database().isRunning() || !v.settled() || !v.progress().isEmptied()
                    ? null
                    : new Evidence.Dead(
                            v.member(),
                            epoch,
                            cleanStop == null ? v.database().lsn() : cleanStop,
                            cleanStop != null,
                            tookMs);
        }
        if (position == null || v.progress().detachedEpoch() < epoch) {
            return switch (v.database().process()) {
                case ABSENT, INCOMPLETE -> new Evidence.NoAnswer(v.member(), "has no complete data directory");
                case STOPPED ->
                    v.settled() && LeftAlone.is(v)
                            ? new Evidence.NoAnswer(v.member(), "is in maintenance, and stopped")
                            : null;
                case STARTING, STANDBY, PRIMARY, HUNG -> null;
            };
        }
        return new Evidence.Revoked(
                v.member(),
                epoch,
                position.flushLsn(),
                position.timeline(),
                position.epochInWal(),
                position.uuid(),
                position.systemId());
    }
}
