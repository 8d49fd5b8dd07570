package io.interrex.cluster.port.view;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.Forcing;
import io.interrex.cluster.group.GroupEvent.Durability;
import io.interrex.cluster.group.GroupEvent.RebuildMethod;
import io.interrex.cluster.group.GroupEvent.RouteMoved;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Maintenance;
import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.group.Mode;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.group.ScheduledSwitchover;
import io.interrex.cluster.group.Troubles;
import io.interrex.cluster.hands.MemberStatus;
import io.interrex.cluster.hands.RouterStatus;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.Drift;
import io.interrex.cluster.port.Gate;
import io.interrex.cluster.port.Slot;
import io.interrex.cluster.port.view.GroupSight.Heard;
import io.interrex.cluster.port.view.GroupView.Member;
import io.interrex.cluster.port.view.GroupView.Role;
import io.interrex.cluster.port.view.GroupView.Route;
import io.interrex.cluster.port.view.GroupView.Voter;
import io.interrex.cluster.routing.RoutePlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes a {@link GroupView} of what a node knows. Nothing is guessed: what was not heard of lately is unknown. */
public final class GroupViews {

    private GroupViews() {}

    public static GroupView of(GroupSight sight) {
        GroupState state = sight.state();
        Optional<Lsn> primaryLsn = Optional.ofNullable(state.primary())
                .flatMap(primary -> fresh(sight, primary))
                .filter(status -> status.database().process() == DatabaseStatus.Process.PRIMARY)
                .map(status -> status.database().lsn());
        List<Member> members = state.members().values().stream()
                .map(info -> member(sight, info, primaryLsn))
                .toList();
        GroupState.Operation operation = state.operation();
        RuleId held = state.held();
        Forcing.Order forced = state.forcing().order();
        return new GroupView(
                state.group(),
                sight.version(),
                state.epoch(),
                state.phase(),
                state.primary(),
                state.designated(),
                members.stream().anyMatch(member -> serves(state, member)),
                state.syncSet(),
                state.intent(),
                state.durability(),
                state.mode(),
                state.designatedUuid(),
                state.suspectedBy(),
                held == null ? null : held.label() + ": " + held.sentence(),
                operation != null ? operation.id() : forced == null ? null : forced.operation(),
                scheduled(state.upkeep().scheduled()),
                sight.readMaxLagBytes(),
                state.settings().id(),
                members,
                state.voters().stream()
                        .map(name -> new Voter(
                                name,
                                state.upkeep().seats().node(name),
                                sight.inReach().contains(name)))
                        .toList(),
                routes(sight),
                SlotView.of(state, slots(sight)),
                sight.log().leader(),
                sight.log().writable(),
                state.upkeep().format(),
                alarms(sight, members));
    }

    private static SortedMap<String, List<Slot>> slots(GroupSight sight) {
        var slots = new TreeMap<String, List<Slot>>();
        for (String member : sight.state().members().keySet()) {
            fresh(sight, member)
                    .ifPresent(status -> slots.put(member, status.vitals().slots()));
        }
        return slots;
    }

    private static GroupView.@Nullable Scheduled scheduled(@Nullable ScheduledSwitchover s) {
        return s == null
                ? null
                : new GroupView.Scheduled(s.operation(), s.actor(), s.target(), s.atMs(), s.untilMs(), s.held());
    }

    /** What a router has is its own to say; one that is silent is shown as the log knows it. */
    private static List<Route> routes(GroupSight sight) {
        var routes = new TreeMap<String, Route>();
        sight.moves().forEach((router, move) -> {
            RouteMoved event = move.event();
            routes.put(
                    router,
                    new Route(router, -1, event.epoch(), event.writer(), event.readers(), move.wallMs(), -1, -1));
        });
        sight.routers().forEach((router, heard) -> {
            if (heard.ageMs() <= sight.staleAfterMs()) {
                RouterStatus status = heard.status();
                RoutePlan plan = status.plan();
                routes.put(
                        router,
                        new Route(
                                router,
                                heard.ageMs(),
                                plan.epoch(),
                                plan.writer(),
                                plan.readers(),
                                status.sinceMs(),
                                status.sessions().writing(),
                                status.sessions().reading()));
            }
        });
        return List.copyOf(routes.values());
    }

    private static boolean serves(GroupState state, Member member) {
        return member.name().equals(state.primary())
                && state.phase() == GroupState.Phase.ESTABLISHED
                && member.role() == Role.PRIMARY
                && member.gate() == Gate.Position.OPEN
                && member.leaseLeftMs() > 0;
    }

    private static Optional<MemberStatus> fresh(GroupSight sight, String member) {
        return Optional.ofNullable(sight.members().get(member))
                .filter(heard -> heard.ageMs() <= sight.staleAfterMs())
                .map(Heard::status);
    }

    private static Member member(GroupSight sight, MemberInfo info, Optional<Lsn> primaryLsn) {
        GroupState state = sight.state();
        String name = info.name();
        Heard heard = sight.members().get(name);
        Optional<MemberStatus> status = fresh(sight, name);
        Optional<DatabaseStatus> database = status.map(MemberStatus::database);
        RebuildMethod rebuilding = state.rebuilding().get(name);
        String stuck = state.stuck().get(name);
        return new Member(
                name,
                info.host(),
                info.port(),
                info.zone(),
                info.priority(),
                info.nofailover(),
                info.nosync(),
                info.noloadbalance(),
                database.map(GroupViews::role).orElse(Role.UNKNOWN),
                !state.unhealthy().contains(name),
                state.syncSet().standbys().contains(name),
                heard == null ? -1 : heard.ageMs(),
                status.map(MemberStatus::maxEpoch).orElse(0L),
                database.map(DatabaseStatus::epochInWal).orElse(0L),
                database.map(DatabaseStatus::timeline).orElse(0),
                database.map(DatabaseStatus::lsn).orElse(Lsn.ZERO).toString(),
                lag(database, primaryLsn, database.map(DatabaseStatus::lsn)),
                lag(database, primaryLsn, database.map(GroupViews::applied)),
                database.map(DatabaseStatus::upstream).orElse(null),
                database.map(DatabaseStatus::receiving).orElse(false),
                status.map(MemberStatus::gate).orElse(Gate.Position.CLOSED),
                status.map(MemberStatus::leaseLeftMs).orElse(0L),
                status.map(heardOf -> heardOf.vitals().closesInMs()).orElse(-1L),
                status.map(MemberStatus::writeProbeAgeMs).orElse(-1L),
                database.map(DatabaseStatus::diskFree).orElse(-1L),
                status.map(heardOf -> heardOf.vitals().pending()).orElse(List.of()),
                status.map(heardOf -> heardOf.vitals().drift()).orElse(List.of()),
                maintenance(sight, name),
                rebuilding == null ? null : rebuilding.name().toLowerCase(Locale.ROOT),
                status.map(MemberStatus::doing).orElse(""),
                stuck != null ? stuck : status.map(MemberStatus::alarm).orElse(null));
    }

    private static GroupView.@Nullable Maintenance maintenance(GroupSight sight, String member) {
        Maintenance alone = sight.state().upkeep().maintenance().get(member);
        return alone == null
                ? null
                : new GroupView.Maintenance(
                        alone.actor(), alone.reason(), alone.untilMs(), Math.max(0, alone.untilMs() - sight.wallMs()));
    }

    private static Role role(DatabaseStatus database) {
        return switch (database.process()) {
            case PRIMARY -> Role.PRIMARY;
            case STANDBY -> Role.STANDBY;
            case STARTING -> Role.STARTING;
            case STOPPED -> Role.STOPPED;
            case HUNG -> Role.HUNG;
            case ABSENT, INCOMPLETE -> Role.EMPTY;
        };
    }

    private static Lsn applied(DatabaseStatus database) {
        return database.process() == DatabaseStatus.Process.PRIMARY ? database.lsn() : database.replayed();
    }

    private static long lag(Optional<DatabaseStatus> database, Optional<Lsn> primary, Optional<Lsn> own) {
        boolean comparable = database.filter(DatabaseStatus::isRunning).isPresent();
        return comparable && primary.isPresent() && own.isPresent()
                ? primary.get().bytesSince(own.get())
                : -1;
    }

    /** Who is never to come back keeps a failover held for ever: then a person may accept the loss. */
    private static String wayOut(GroupState state, RuleId held) {
        return state.forcing().order() == null && Forcing.standsInFor(held)
                ? "; if who is missing is lost for good, accept the loss: interrex force-promote --to MEMBER --group %s --epoch %d --reason TEXT (with --dry-run first)"
                        .formatted(state.group(), state.epoch())
                : "";
    }

    private static void otherFiles(List<Member> members, List<String> alarms) {
        for (Member member : members) {
            List<String> other = member.drift().stream()
                    .filter(drift -> drift.kind() == Drift.Kind.RECORDED)
                    .map(Drift::setting)
                    .toList();
            if (!other.isEmpty()) {
                alarms.add(
                        "%s: the file of node %s says otherwise than what is recorded and holds (%s): correct the file, or record it with 'interrex reload' (--overwrite where the other change is to be undone)"
                                .formatted(
                                        RuleId.SETTINGS_OTHER_FILE.label(), member.name(), String.join(", ", other)));
            }
        }
    }

    private static void troubles(GroupState state, List<String> alarms) {
        Troubles troubles = state.troubles();
        troubles.disks()
                .forEach((member, level) -> alarms.add("%s: the disks of %s are %s"
                        .formatted(
                                RuleId.DISK_HEADROOM.label(),
                                member,
                                switch (level) {
                                    case EXHAUSTED -> "all but full";
                                    case CRITICAL -> "nearly full";
                                    case LOW, OK -> "low";
                                })));
        troubles.present().forEach((failure, members) -> {
            RuleId rule = switch (failure) {
                case REPLAY_STALLED -> RuleId.REPLAY_STALLED;
                case CONNECTIONS_SHORT -> RuleId.CONNECTIONS_SHORT;
                case UNKILLABLE -> RuleId.UNKILLABLE;
                case RESTARTS_SPENT -> RuleId.RESTARTS_SPENT;
                case FLUSH_STALLED -> RuleId.FLUSH_STALLED;
                case SLOT_LOST -> RuleId.SLOT_LOST;
                case SLOT_BEHIND -> RuleId.SLOT_BEHIND;
            };
            String remedy = switch (failure) {
                case RESTARTS_SPENT ->
                    "; see the server's log and mend the cause: it is tried again by itself, and 'interrex reinit' gives a standby its restarts back";
                case FLUSH_STALLED ->
                    members.stream().anyMatch(state.syncSet().standbys()::contains)
                            ? "; commits may wait for it where nobody else is left (on-last-standby-loss): see its disk and its WAL receiver"
                            : "; no commit waits for it: see its disk and its WAL receiver";
                case SLOT_LOST -> "; see its slots below: its consumer begins anew with a slot of another name";
                case SLOT_BEHIND -> "; see its slots below: let the consumer catch up, or give the slot up";
                case REPLAY_STALLED, CONNECTIONS_SHORT, UNKILLABLE -> "";
            };
            alarms.add("%s: %s%s".formatted(rule.label(), String.join(", ", members), remedy));
        });
        troubles.copies()
                .held()
                .forEach((member, why) -> alarms.add(
                        "%s: member %s is not made whole: %s".formatted(RuleId.REBUILD_HELD.label(), member, why)));
    }

    private static void readOnly(GroupState state, List<String> alarms) {
        if (state.isReadOnly()) {
            alarms.add(
                    "%s: clients of %s only read, its disk is all but full and nobody is fit to take over: make room (begin read write; drop or truncate …), or give another member room; they write again by themselves when there is a quarter more"
                            .formatted(RuleId.READ_ONLY.label(), state.primary()));
        }
    }

    private static List<String> alarms(GroupSight sight, List<Member> members) {
        GroupState state = sight.state();
        var alarms = new ArrayList<String>();
        List<String> silent = state.voters().stream()
                .filter(voter -> !sight.inReach().contains(voter))
                .toList();
        if (2 * silent.size() > state.voters().size()) {
            alarms.add("%s: no majority of voters, %s do not answer; no gate is open until they do"
                    .formatted(RuleId.VOTERS_LOST.label(), String.join(" and ", silent)));
        } else if (!sight.log().writable()) {
            alarms.add("the event log cannot be written: decisions are frozen, members go on serving");
        }
        readOnly(state, alarms);
        if (state.settings().synchronous() && state.durability() == Durability.DEGRADED) {
            alarms.add("degraded: writes go on without a copy on a standby");
        }
        if (state.settings().synchronous() && state.durability() == Durability.ASYNC) {
            alarms.add("asynchronous until a standby has caught up: a failover may lose up to max-lag");
        }
        if (state.mode() == Mode.PAUSED) {
            alarms.add(
                    "paused%s: only a person starts a failover; leases, gates, the restart of a crashed primary, the synchronous set, routes and rebuilds go on"
                            .formatted(
                                    state.pausedUntilMs() == 0
                                            ? ""
                                            : " until " + Instant.ofEpochMilli(state.pausedUntilMs())));
        }
        RuleId held = state.held();
        if (held == RuleId.FIRST_MEMBER_LOST) {
            alarms.add(
                    "%s: %s was lost before it had made the database; start its host again, the events say what else can be done"
                            .formatted(held.label(), state.firstMember()));
        } else if (held != null) {
            alarms.add("a failover is held by " + held.label() + wayOut(state, held));
        }
        Forcing.Order forced = state.forcing().order();
        if (forced != null) {
            alarms.add("%s overrides the hold: %s shall be promoted in epoch %d whatever is lost"
                    .formatted(forced.actor(), forced.target(), forced.epoch()));
        }
        ScheduledSwitchover scheduled = state.upkeep().scheduled();
        if (scheduled != null && scheduled.held() != null) {
            alarms.add("a scheduled switchover cannot begin yet, and is tried until %s: %s"
                    .formatted(Instant.ofEpochMilli(scheduled.untilMs()), scheduled.held()));
        }
        troubles(state, alarms);
        SlotWords.alarms(state, alarms);
        otherFiles(members, alarms);
        Map<String, String> stuck = new TreeMap<>(state.stuck());
        for (Member member : members) {
            String alarm = member.alarm();
            if (stuck.containsKey(member.name())) {
                alarms.add("member " + member.name() + " is stuck: " + stuck.get(member.name()));
            } else if (alarm != null && member.maintenance() == null) {
                alarms.add("member " + member.name() + ": " + alarm);
            }
        }
        return List.copyOf(alarms);
    }
}
