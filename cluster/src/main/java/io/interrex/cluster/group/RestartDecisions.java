package io.interrex.cluster.group;

import io.interrex.cluster.durability.LiveConfiguration;
import io.interrex.cluster.group.GroupCommand.EndRestart;
import io.interrex.cluster.group.GroupCommand.OrderRestart;
import io.interrex.cluster.group.GroupCommand.ReportServerRestarted;
import io.interrex.cluster.group.GroupCommand.RestartHandOver;
import io.interrex.cluster.group.GroupCommand.Run;
import io.interrex.cluster.group.GroupEvent.Durability;
import io.interrex.cluster.group.GroupEvent.OperationFinished;
import io.interrex.cluster.group.GroupEvent.RestartOrdered;
import io.interrex.cluster.group.GroupEvent.ServerRestarted;
import io.interrex.cluster.group.GroupEvent.SwitchoverOrdered;
import io.interrex.cluster.group.GroupState.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decides which servers are restarted by a person's order, and that it goes one member at a time: each is followed by the next
 * when it is back. When a member's server may be stopped is {@link io.interrex.cluster.member.Restarting}'s to say.
 */
final class RestartDecisions {

    private RestartDecisions() {}

    static Decision order(GroupState state, OrderRestart c) {
        Decision ended = OrderDecisions.ended(state, c.operation());
        if (ended != null) {
            return ended;
        }
        Restart running = state.upkeep().restart();
        if (running != null && running.operation().equals(c.operation())) {
            return Decision.accept(RuleId.ORDER_ACCEPTED, "this order is being carried out already");
        }
        String named = c.member();
        if (named != null && !state.members().containsKey(named)) {
            return refuse(
                    state,
                    RuleId.ORDER_UNKNOWN_MEMBER,
                    c,
                    "there is no member %s; the members are %s"
                            .formatted(named, state.members().keySet()));
        }
        String busy = busyWith(state);
        if (busy != null) {
            return refuse(state, RuleId.ORDER_BUSY, c, busy);
        }
        if (state.mode() == Mode.PAUSED) {
            return refuse(state, RuleId.RESTART_PAUSED, c, "the group is paused: resume first");
        }
        return named != null && state.upkeep().isInMaintenance(named)
                ? refuse(state, RuleId.IN_MAINTENANCE, c, Maintenance.remedy(named))
                : ofThose(state, c, wanted(state, c));
    }

    private static List<Run> wanted(GroupState state, OrderRestart c) {
        return c.runs().stream()
                .filter(run -> state.members().containsKey(run.member()))
                .filter(run -> !state.upkeep().isInMaintenance(run.member()))
                .filter(run -> c.member() == null || run.member().equals(c.member()))
                .toList();
    }

    private static Decision ofThose(GroupState state, OrderRestart c, List<Run> running) {
        String primary = state.primary();
        boolean primaryRuns = c.runs().stream().anyMatch(run -> run.member().equals(primary));
        if (running.isEmpty() || primary == null || c.member() == null && !primaryRuns) {
            String who = c.member() == null ? primary + ", the primary," : c.member();
            return refuse(state, RuleId.RESTART_NOT_RUNNING, c, "no server of %s is known to run".formatted(who));
        }
        List<Run> wanted =
                c.pendingOnly() ? running.stream().filter(Run::pending).toList() : running;
        if (wanted.isEmpty()) {
            return refuse(state, RuleId.ORDER_ALREADY, c, "no setting waits for a restart");
        }
        for (Run run : wanted) {
            String tooFew = tooFewCopies(state, run.member());
            if (tooFew != null) {
                return refuse(state, RuleId.ORDER_KEEPS_COPIES, c, tooFew);
            }
        }
        boolean ofPrimary = isOf(primary, wanted);
        boolean lowers =
                c.runs().stream().anyMatch(run -> run.lowers() && run.member().equals(primary));
        boolean switchover = ofPrimary && !c.inPlace() && state.members().size() > 1;
        if (lowers && (!ofPrimary && wanted.stream().anyMatch(Run::lowers) || switchover)) {
            return refuse(
                    state,
                    RuleId.RESTART_LOWERS,
                    c,
                    "a setting becomes less than the primary runs with, and no standby starts with less: restart %s first, in place (--in-place)"
                            .formatted(primary));
        }
        String slots = switchover ? SlotDecisions.atStake(state, c.loseSlots()) : null;
        if (slots != null) {
            return refuse(state, RuleId.SLOTS_AT_STAKE, c, slots + "; with --in-place the primary keeps them");
        }
        String nobody = switchover ? whyNobody(state) : null;
        return nobody != null
                ? refuse(state, RuleId.ORDER_LAGGING, c, nobody)
                : accept(state, c, wanted, ofPrimary && lowers, switchover);
    }

    /** One operation at a time, and none while the group is not whole for another reason. */
    private static @Nullable String busyWith(GroupState state) {
        if (state.phase() != Phase.ESTABLISHED) {
            return "epoch %d is %s".formatted(state.epoch(), state.phase());
        }
        RuleId held = state.held();
        if (held != null) {
            return "a failover is held by R%d".formatted(held.code());
        }
        if (state.operation() != null) {
            return "a switchover runs";
        }
        if (state.forcing().order() != null) {
            return "a forced promotion is ordered";
        }
        if (!state.reinits().isEmpty()) {
            return "%s are to be copied anew".formatted(state.reinits().keySet());
        }
        return byRestart(state);
    }

    /** What keeps other orders off; null: nothing. */
    static @Nullable String byRestart(GroupState state) {
        Restart restart = state.upkeep().restart();
        return restart == null
                ? null
                : "servers are being restarted (left: %s); a pause ends that"
                        .formatted(String.join(", ", restart.members()));
    }

    private static @Nullable String whyNobody(GroupState state) {
        String primary = state.primary();
        boolean nobody = state.members().values().stream()
                .allMatch(member -> member.name().equals(primary) || !state.mayTakeOver(member.name()));
        if (nobody) {
            return "no other member may take over; with --in-place %s goes down while it is restarted"
                    .formatted(primary);
        }
        return state.durability() == Durability.DEGRADED
                ? "no standby holds every commit, so none may take over from %s; get one to follow first"
                        .formatted(primary)
                : null;
    }

    private static Decision accept(
            GroupState state, OrderRestart c, List<Run> wanted, boolean primaryFirst, boolean switchover) {
        List<Run> ordered = Restart.inOrder(state, wanted);
        List<String> members = ordered.stream().map(Run::member).toList();
        return Decision.accept(
                RuleId.ORDER_ACCEPTED,
                "%s %s restarted".formatted(String.join(", ", members), members.size() == 1 ? "is" : "are"),
                new RestartOrdered(
                        state.epoch(),
                        RuleId.ORDER_ACCEPTED,
                        c.operation(),
                        c.actor(),
                        ordered,
                        counted(state, members, switchover),
                        primaryFirst,
                        switchover,
                        c.stamp().wallMs()));
    }

    /** Who hands over comes back as a standby, and commits can wait for it then. */
    private static SortedSet<String> counted(GroupState state, List<String> members, boolean switchover) {
        var counted = new TreeSet<String>();
        for (String member : members) {
            boolean comesToCount = switchover
                    && state.durability() == Durability.SYNC
                    && member.equals(state.primary())
                    && state.member(member).filter(info -> !info.nosync()).isPresent();
            if (comesToCount || state.syncSet().standbys().contains(member)) {
                counted.add(member);
            }
        }
        return counted;
    }

    private static boolean isOf(String member, List<Run> runs) {
        return runs.stream().anyMatch(run -> run.member().equals(member));
    }

    /** A group of so few members that commits never have another copy waits for the restart instead. */
    private static @Nullable String tooFewCopies(GroupState state, String member) {
        if (member.equals(state.primary()) || !state.settings().synchronous()) {
            return null;
        }
        int needed = Math.min(state.settings().k(), state.members().size() - 2);
        for (LiveConfiguration live : state.liveConfigurations()) {
            var standbys = live.syncSet().standbys();
            if (standbys.contains(member)
                    && state.stayingWithout(live.syncSet(), member)
                            < Math.min(needed, live.syncSet().k())) {
                return "commits wait for %s, and for nobody else while %s is restarted; get another standby to follow first"
                        .formatted(live.syncSet(), member);
            }
        }
        return null;
    }

    /** The member runs again as it should, in another run of its server. */
    static Decision restarted(GroupState state, ReportServerRestarted c) {
        Restart restart = state.upkeep().restart();
        boolean current = c.epoch() == state.epoch() && state.phase() == Phase.ESTABLISHED;
        if (!current || restart == null || !restart.isNews(c.member(), c.startedAtMs())) {
            return Decision.refuse(RuleId.ORDER_ALREADY, c.member() + " is not waited for");
        }
        var events = new ArrayList<GroupEvent>();
        long nowMs = c.stamp().wallMs();
        events.add(new ServerRestarted(
                state.epoch(), RuleId.RESTART_STEP, restart.operation(), c.member(), c.startedAtMs(), nowMs));
        if (restart.without(c.member(), nowMs).isDone(state)) {
            events.add(ended(state, restart, RuleId.ORDER_FINISHED, true, c.member() + " was the last"));
        }
        return Decision.accept(RuleId.RESTART_STEP, c.member() + " was restarted", List.copyOf(events));
    }

    private static OperationFinished ended(
            GroupState state, Restart restart, RuleId rule, boolean succeeded, String why) {
        return new OperationFinished(state.epoch(), rule, restart.operation(), succeeded, why);
    }

    static Decision end(GroupState state, EndRestart c) {
        Restart restart = state.upkeep().restart();
        if (restart == null) {
            return Decision.refuse(RuleId.RESTART_EXPIRED, "no server is restarted by order");
        }
        if (restart.isDone(state)) {
            String why = "all were restarted, and commits wait for whom they waited before";
            return Decision.accept(RuleId.ORDER_FINISHED, why, ended(state, restart, RuleId.ORDER_FINISHED, true, why));
        }
        String failed = handOverFailed(state, restart);
        if (failed != null) {
            String why = "the hand-over failed: %s; not restarted in its turn: %s"
                    .formatted(failed, String.join(", ", restart.members()));
            return Decision.accept(
                    RuleId.RESTART_HAND_OVER, why, ended(state, restart, RuleId.RESTART_HAND_OVER, false, why));
        }
        if (c.stamp().wallMs() - restart.sinceMs() < Restart.PATIENCE_MS) {
            return Decision.refuse(RuleId.RESTART_EXPIRED, "the restart has not come to its time");
        }
        String why = "for %d s nothing moved: %s".formatted(Restart.PATIENCE_MS / 1000, waitsFor(state, restart));
        return Decision.accept(RuleId.RESTART_EXPIRED, why, ended(state, restart, RuleId.RESTART_EXPIRED, false, why));
    }

    private static String waitsFor(GroupState state, Restart restart) {
        var missing = restart.missing(state);
        String what = missing.isEmpty()
                ? "%s was next and is not back".formatted(restart.next(state))
                : "commits do not wait for %s yet as before".formatted(String.join(", ", missing));
        return restart.left().isEmpty()
                ? what
                : "%s; not restarted: %s".formatted(what, String.join(", ", restart.members()));
    }

    private static @Nullable String handOverFailed(GroupState state, Restart restart) {
        return state.operation() != null || !restart.members().contains(state.primary())
                ? null
                : state.finished().stream()
                        .filter(over -> over.id().equals(restart.handOver()) && !over.succeeded())
                        .findFirst()
                        .map(GroupState.Finished::why)
                        .orElse(null);
    }

    /** A person who pauses the group wants nothing to be stopped any more. */
    static List<GroupEvent> paused(GroupState state, GroupCommand.OrderMode c) {
        Restart restart = state.upkeep().restart();
        return restart == null || c.mode() != Mode.PAUSED
                ? List.of()
                : List.of(ended(
                        state,
                        restart,
                        RuleId.RESTART_PAUSED,
                        false,
                        "%s paused the group; not restarted: %s"
                                .formatted(c.actor(), String.join(", ", restart.members()))));
    }

    /** All standbys were restarted, and another member is to take over before the primary is. */
    static Decision handOver(GroupState state, RestartHandOver c) {
        Restart restart = state.upkeep().restart();
        String primary = state.primary();
        boolean due = c.epoch() == state.epoch()
                && state.phase() == Phase.ESTABLISHED
                && state.operation() == null
                && restart != null
                && restart.switchover()
                && restart.handOver() == null
                && primary != null
                && primary.equals(restart.next(state));
        if (!due || restart == null || primary == null || state.durability() == Durability.DEGRADED) {
            return Decision.refuse(RuleId.ORDER_ALREADY, "there is nothing to hand over for");
        }
        String target = OrderDecisions.best(state, c.lagBytes());
        return target == null
                ? Decision.refuse(
                        RuleId.ORDER_LAGGING,
                        "no standby that may take over streams within the lag limit: see the tags, maintenance and alarms of status")
                : Decision.accept(
                        RuleId.RESTART_HAND_OVER,
                        "%s takes over before %s is restarted".formatted(target, primary),
                        new SwitchoverOrdered(
                                state.epoch(),
                                RuleId.RESTART_HAND_OVER,
                                c.operation(),
                                restart.actor(),
                                primary,
                                target));
    }

    private static Decision refuse(GroupState state, RuleId rule, OrderRestart c, String why) {
        String named = c.member();
        return OrderDecisions.refuse(state, rule, "restart " + (named == null ? "all" : named), c.actor(), why);
    }
}
