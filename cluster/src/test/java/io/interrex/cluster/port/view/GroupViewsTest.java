package io.interrex.cluster.port.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupEvolution;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.group.MembershipEvent;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.group.Troubles.GreyFailure;
import io.interrex.cluster.hands.MemberStatus;
import io.interrex.cluster.hands.RouterStatus;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.cluster.port.EventLog;
import io.interrex.cluster.port.Gate;
import io.interrex.cluster.port.Router;
import io.interrex.cluster.port.Vitals;
import io.interrex.cluster.port.view.GroupSight.Heard;
import io.interrex.cluster.port.view.GroupSight.HeardRouter;
import io.interrex.cluster.port.view.GroupView.Role;
import io.interrex.cluster.routing.RoutePlan;
import io.interrex.cluster.settings.GroupSettings;
import io.interrex.cluster.settings.Profile;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class GroupViewsTest {

    private static final UUID REIGN = new UUID(0, 1);
    private static final GroupEvent.RouteMoved MOVED =
            new GroupEvent.RouteMoved(1, RuleId.ROUTE_MOVED, "app/haproxy", "a", new TreeSet<>(List.of("a")), 3);

    private static GroupState established() {
        List<MemberInfo> members = List.of(
                new MemberInfo("a", "10.0.0.1", 5432, "z1", 0, false, false, false),
                new MemberInfo("b", "10.0.0.2", 5432, "z2", 0, false, false, false));
        GroupState created = GroupEvolution.evolve(
                null,
                new GroupEvent.GroupCreated(
                        1,
                        RuleId.GROUP_CREATED,
                        "main",
                        "a",
                        REIGN,
                        members,
                        1,
                        List.of("a", "b", "c"),
                        GroupSettings.defaults(Profile.FAST.timings())));
        return GroupEvolution.evolve(
                created,
                new GroupEvent.PrimaryEstablished(
                        1,
                        RuleId.ESTABLISHED,
                        "a",
                        new Reign(1, REIGN, 1, Lsn.ZERO),
                        new Lsn(100),
                        new TreeSet<>(),
                        "7"));
    }

    private static Heard heard(
            String member, Process process, long lsn, long replayed, Gate.Position gate, long leaseLeftMs, long ageMs) {
        var database = new DatabaseStatus(
                process,
                0,
                "7",
                1,
                new Lsn(lsn),
                new Lsn(replayed),
                process == Process.STANDBY,
                process == Process.STANDBY ? "a" : null,
                1,
                REIGN,
                "",
                List.of(),
                false,
                1,
                150000,
                null,
                null);
        return new Heard(
                new MemberStatus(
                        "main", member, 1, 1, 1, 1, 2, database, gate, leaseLeftMs, 0, Vitals.UNKNOWN, "steady", null),
                ageMs);
    }

    @Test
    @DisplayName("a voter is shown with the node that has its seat")
    void seats() {
        GroupView view = view(GroupEvolution.evolve(
                established(), new MembershipEvent.SeatMoved(1, RuleId.SEAT_MOVED, "c", "d", "eve")));
        assertEquals(
                List.of("a", "b", "d"),
                view.voters().stream().map(GroupView.Voter::node).toList());
        assertEquals("c", view.voters().getLast().name());
    }

    @Test
    @DisplayName(
            "a switchover is scheduled => it is shown; its time has come and something is in the way => an alarm, too")
    void scheduled() {
        UUID order = new UUID(0, 80);
        GroupState there = GroupEvolution.evolve(
                established(),
                new GroupEvent.SwitchoverScheduled(1, RuleId.ORDER_ACCEPTED, order, "eve", "b", 1000, 301_000, false));
        GroupView quiet = view(there);
        assertEquals(new GroupView.Scheduled(order, "eve", "b", 1000, 301_000, null), quiet.scheduled());
        GroupView held = view(GroupEvolution.evolve(
                there,
                new GroupEvent.SwitchoverScheduleHeld(1, RuleId.SCHEDULE_HELD, order, RuleId.ORDER_LAGGING, "b lags")));
        String alarm =
                "a scheduled switchover cannot begin yet, and is tried until 1970-01-01T00:05:01Z: R915 ORDER_LAGGING: b lags";
        assertTrue(held.alarms().contains(alarm), held.alarms().toString());
        assertEquals(quiet.alarms().size() + 1, held.alarms().size());
    }

    private static GroupView view(GroupState state) {
        return GroupViews.of(new GroupSight(
                state,
                2,
                Map.of(),
                Set.of("b", "c"),
                Map.of(),
                Map.of(),
                new EventLog.Health("b", 2, true, ""),
                1 << 20,
                1000,
                5_000));
    }

    private static GroupView view(Map<String, Heard> heard) {
        return view(heard, Set.of("b", "c"), true);
    }

    private static GroupView view(Map<String, Heard> heard, Set<String> inReach, boolean logWritable) {
        return view(heard, Map.of(), inReach, logWritable);
    }

    private static GroupView view(
            Map<String, Heard> heard, Map<String, HeardRouter> routers, Set<String> inReach, boolean logWritable) {
        return GroupViews.of(new GroupSight(
                established(),
                2,
                heard,
                inReach,
                routers,
                Map.of("app/haproxy", new GroupSight.Move(MOVED, 500)),
                new EventLog.Health("b", 2, logWritable, ""),
                1 << 20,
                1000,
                5_000));
    }

    @Test
    @DisplayName("{a: primary with lease and open gate, b: streams 40 behind} => writable, lag 40, replay lag 60")
    void writable() {
        GroupView view = view(Map.of(
                "a", heard("a", Process.PRIMARY, 1000, 0, Gate.Position.OPEN, 900, 10),
                "b", heard("b", Process.STANDBY, 960, 940, Gate.Position.READ, 0, 20)));
        assertTrue(view.writable());
        var b = view.member("b").orElseThrow();
        assertEquals(Role.STANDBY, b.role());
        assertEquals(40, b.lagBytes());
        assertEquals(60, b.replayLagBytes());
        assertEquals(1, b.diskFreeBytes());
        assertEquals(0, view.member("a").orElseThrow().lagBytes());
    }

    @Test
    @DisplayName(
            "{a router says that it has other readers than at its last move} => its word counts, with its sessions")
    void routerHeard() {
        var plan = new RoutePlan("main", 1, "a", new TreeSet<>(List.of("b", "c")));
        var heard = new HeardRouter(new RouterStatus("app/haproxy", plan, 900, new Router.Sessions(5, 2), null), 1000);
        assertEquals(
                List.of(new GroupView.Route("app/haproxy", 1000, 1, "a", new TreeSet<>(List.of("b", "c")), 900, 5, 2)),
                view(Map.of(), Map.of("app/haproxy", heard), Set.of("b"), true).routes());
    }

    @Test
    @DisplayName("{a router was last heard of too long ago} => what the log knows of it, and no sessions")
    void routerSilent() {
        var plan = new RoutePlan("main", 1, "a", new TreeSet<>(List.of("b", "c")));
        var heard = new HeardRouter(new RouterStatus("app/haproxy", plan, 900, new Router.Sessions(5, 2), null), 1001);
        var known = List.of(new GroupView.Route("app/haproxy", -1, 1, "a", new TreeSet<>(List.of("a")), 500, -1, -1));
        assertEquals(
                known,
                view(Map.of(), Map.of("app/haproxy", heard), Set.of("b"), true).routes());
        assertEquals(known, view(Map.of()).routes());
    }

    @Test
    @DisplayName("{a: open gate without lease} => not writable")
    void noLease() {
        assertFalse(view(Map.of("a", heard("a", Process.PRIMARY, 1000, 0, Gate.Position.OPEN, 0, 10)))
                .writable());
    }

    @Test
    @DisplayName("{a: last heard of too long ago} => a is unknown, b's lag is unknown, not writable")
    void stale() {
        GroupView view = view(Map.of(
                "a", heard("a", Process.PRIMARY, 1000, 0, Gate.Position.OPEN, 900, 1001),
                "b", heard("b", Process.STANDBY, 960, 940, Gate.Position.READ, 0, 20)));
        assertEquals(-1, view.member("a").orElseThrow().diskFreeBytes());
        assertFalse(view.writable());
        assertEquals(Role.UNKNOWN, view.member("a").orElseThrow().role());
        assertEquals(1001, view.member("a").orElseThrow().ageMs());
        assertEquals(-1, view.member("b").orElseThrow().lagBytes());
    }

    @Test
    @DisplayName(
            "what a person can do is said with the alarm: clients that only read, a server without restarts, a standby that flushes nothing")
    void remedies() {
        GroupState ill = established();
        for (GroupEvent event : List.of(
                new GroupEvent.WritesLimited(1, RuleId.READ_ONLY, "a", true, List.of(), "data has 7 MiB"),
                new GroupEvent.GreyFailureChanged(
                        1, RuleId.RESTARTS_SPENT, "b", GreyFailure.RESTARTS_SPENT, true, "b", "died 4 times"),
                new GroupEvent.GreyFailureChanged(
                        1, RuleId.FLUSH_STALLED, "b", GreyFailure.FLUSH_STALLED, true, "a", "for 900 ms"))) {
            ill = GroupEvolution.evolve(ill, event);
        }
        List<String> alarms = view(ill).alarms();
        for (String part : List.of(
                "R465 READ_ONLY: clients of a only read, its disk is all but full",
                "begin read write",
                "R460 RESTARTS_SPENT: b; see the server's log",
                "R470 FLUSH_STALLED: b; no commit waits for it")) {
            assertTrue(alarms.stream().anyMatch(alarm -> alarm.contains(part)), part + " in " + alarms);
        }
    }

    @Test
    @DisplayName("a standby that flushes nothing is waited for, where nobody else is: that is said then")
    void waitedFor() {
        SyncSet last = SyncSet.of(1, new TreeSet<>(Set.of("b")));
        GroupState ill = established();
        for (GroupEvent event : List.of(
                new GroupEvent.SyncSetIntended(1, RuleId.SYNC_SET_GROWN, ill.syncSet(), last, "b streams"),
                new GroupEvent.SyncSetApplied(1, RuleId.SYNC_SET_APPLIED, last, new Lsn(30), last.standbys()),
                new GroupEvent.GreyFailureChanged(
                        1, RuleId.FLUSH_STALLED, "b", GreyFailure.FLUSH_STALLED, true, "a", "for 900 ms"))) {
            ill = GroupEvolution.evolve(ill, event);
        }
        List<String> alarms = view(ill).alarms();
        assertTrue(alarms.stream().anyMatch(alarm -> alarm.contains("commits may wait for it")), alarms.toString());
    }

    @Test
    @DisplayName("a voter that cannot be reached is silent, and a degraded group has its alarm")
    void votersAndAlarms() {
        GroupView view = view(Map.of());
        assertEquals(
                List.of(false, true, true),
                view.voters().stream().map(GroupView.Voter::answering).toList());
        assertEquals(List.of("degraded: writes go on without a copy on a standby"), view.alarms());
        assertNull(view.held());
    }

    @Test
    @DisplayName(
            "{a} | {b, c} seen by a => one alarm names the lost majority, whatever the log says; not the log beside it")
    void noMajority() {
        GroupView view = view(Map.of(), Set.of("a"), false);
        assertEquals(
                "R950 VOTERS_LOST: no majority of voters, b and c do not answer; no gate is open until they do",
                view.alarms().getFirst());
        assertFalse(view.alarms().stream().anyMatch(alarm -> alarm.contains("event log")), view.alarms()::toString);
    }

    @Test
    @DisplayName("a majority answers and the log cannot be written => the alarm is the log's")
    void logLost() {
        GroupView view = view(Map.of(), Set.of("a", "b"), false);
        assertTrue(view.alarms().getFirst().startsWith("the event log cannot be written"), view.alarms()::toString);
    }
}
