package io.interrex.cluster.group;

import static io.interrex.cluster.group.Facts.names;
import static io.interrex.cluster.group.Facts.syncSet;
import static io.interrex.cluster.group.Groups.AFTER_EXPIRY;
import static io.interrex.cluster.group.Groups.ORDER;
import static io.interrex.cluster.group.Groups.SETTINGS;
import static io.interrex.cluster.group.Groups.STAMP;
import static io.interrex.cluster.group.Groups.after;
import static io.interrex.cluster.group.Groups.authorize;
import static io.interrex.cluster.group.Groups.authorized;
import static io.interrex.cluster.group.Groups.degraded;
import static io.interrex.cluster.group.Groups.intending;
import static io.interrex.cluster.group.Groups.members;
import static io.interrex.cluster.group.Groups.paused;
import static io.interrex.cluster.group.Groups.secondReign;
import static io.interrex.cluster.group.Groups.start;
import static io.interrex.cluster.group.Groups.started;
import static io.interrex.cluster.group.Groups.steady;
import static io.interrex.cluster.group.Groups.switchingOver;
import static io.interrex.cluster.group.Groups.waiting;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.detection.Headroom;
import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.GroupCommand.StandbyLag;
import io.interrex.cluster.group.GroupEvent.RebuildMethod;
import io.interrex.cluster.port.Notifier.Severity;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** For every rule one situation in which the decider goes by it, with the events that this leaves in the log. */
@DisplayName("Every rule decides something:")
class RulesTest {

    private static final Map<Troubles.GreyFailure, RuleId> TOLD_BY = Map.of(
            Troubles.GreyFailure.REPLAY_STALLED, RuleId.REPLAY_STALLED,
            Troubles.GreyFailure.CONNECTIONS_SHORT, RuleId.CONNECTIONS_SHORT,
            Troubles.GreyFailure.UNKILLABLE, RuleId.UNKILLABLE,
            Troubles.GreyFailure.RESTARTS_SPENT, RuleId.RESTARTS_SPENT,
            Troubles.GreyFailure.FLUSH_STALLED, RuleId.FLUSH_STALLED);

    private static final String SILENT = "a~starting b~900 c~900";

    /** Kept by parts that tell the log nothing: SupervisionTest, VoterTest, PowerOffTest and GroupLogTest show them. */
    private static final Set<RuleId> KEPT_ELSEWHERE =
            Set.of(RuleId.FAILOVER_JUST_STARTED, RuleId.PROMOTION_LEASE_MAY_LIVE, RuleId.RELOAD_REFUSED);

    private final Map<RuleId, Decision> decided = new EnumMap<>(RuleId.class);
    private final Map<RuleId, String> expected = new EnumMap<>(RuleId.class);

    RulesTest() {
        reports();
        failovers();
        troubles();
        promotions();
        candidates();
        openings();
        syncSets();
        rebuilds();
        orders();
        restarts();
        MaintenanceTest.examples(this::when);
        SlotDecisionsTest.examples(this::when);
        schedules();
        overrides();
        powerOffs();
    }

    private void powerOffs() {
        GroupState waiting = FencingDecisionsTest.waiting();
        put(RuleId.POWER_NEEDED, authorize(FencingDecisionsTest.begun(), "b:90 c:90 a:none"), "refused: FailoverHeld");
        var order = FencingDecisionsTest.order("b", 1, "a~0 b~0 c~0", 0);
        when(RuleId.FENCING_STEP, waiting, order, "accepted: FencingStepTaken FencingStepTaken FencingStepTaken");
        when(RuleId.POWER_VOTERS_FIRST, waiting, FencingDecisionsTest.order("b", 1, "b~0", 0), "refused:");
        when(RuleId.POWER_SELF, waiting, FencingDecisionsTest.order("a", 1, "a~0 b~0 c~0", 0), "refused:");
        when(RuleId.POWER_STALE, steady(), order, "refused:");
        var second = FencingDecisionsTest.order("c", 2, "a~0 b~0 c~0", 0);
        when(RuleId.POWER_BUSY, FencingDecisionsTest.ordered(), second, "refused:");
    }

    private void restarts() {
        GroupState ordered = RestartTest.decided(steady(), RestartTest.all("a d", false, false));
        var back = new GroupCommand.ReportServerRestarted(STAMP, 1, "d", 200);
        when(RuleId.RESTART_STEP, ordered, back, "accepted: ServerRestarted");
        when(
                RuleId.RESTART_HAND_OVER,
                RestartTest.back(ordered, "d"),
                RestartTest.HAND_OVER,
                "accepted: SwitchoverOrdered");
        var late = new GroupCommand.EndRestart(new GroupCommand.Stamp("b", Groups.NOW_MS + Restart.PATIENCE_MS));
        when(RuleId.RESTART_EXPIRED, ordered, late, "accepted: OperationFinished");
        when(RuleId.RESTART_PAUSED, paused(steady()), RestartTest.all("a d", false, false), "refused: OrderRefused");
        when(RuleId.RESTART_NOT_RUNNING, steady(), RestartTest.one("d", "a", false), "refused: OrderRefused");
        when(RuleId.RESTART_LOWERS, steady(), RestartTest.all("a!! d!!", false, false), "refused: OrderRefused");
    }

    private void schedules() {
        var order = ScheduledSwitchoverTest.order(ScheduledSwitchoverTest.ID, "b", -1, 1);
        when(RuleId.SCHEDULE_TIME, steady(), order, "refused: OrderRefused");
        GroupState there = ScheduledSwitchoverTest.scheduled(steady(), "b");
        var second = ScheduledSwitchoverTest.order(ORDER, "c", 1, 1);
        when(RuleId.SCHEDULE_TAKEN, there, second, "refused: OrderRefused");
        begins(RuleId.SCHEDULE_DUE, there, 60_000, "accepted: SwitchoverOrdered");
        GroupState begun = started(there);
        begins(RuleId.SCHEDULE_HELD, begun, 60_000, "refused: SwitchoverScheduleHeld");
        begins(RuleId.SCHEDULE_EXPIRED, begun, 360_000, "accepted: SwitchoverScheduleEnded");
        GroupState toB = ScheduledSwitchoverTest.failedOver(there);
        begins(RuleId.SCHEDULE_POINTLESS, toB, 60_000, "accepted: SwitchoverScheduleEnded");
        var cancel = new GroupCommand.CancelScheduled(STAMP, ORDER, "eve");
        when(RuleId.SCHEDULE_CANCELLED, there, cancel, "accepted: SwitchoverScheduleEnded");
        when(RuleId.SCHEDULE_NONE, steady(), cancel, "refused: OrderRefused");
    }

    private void begins(RuleId rule, GroupState given, long inMs, String then) {
        when(rule, given, ScheduledSwitchoverTest.begin(given, Groups.NOW_MS + inMs, "b"), then);
    }

    private void overrides() {
        GroupState held = ForceDecisionsTest.held(steady());
        when(RuleId.FORCE_OTHER_GROUP, held, ForceDecisionsTest.order("mian", 1, "b", "b"), "refused: OrderRefused");
        when(RuleId.FORCE_OTHER_EPOCH, held, ForceDecisionsTest.order("main", 2, "b", "b"), "refused: OrderRefused");
        when(RuleId.FORCE_NOT_NEEDED, steady(), ForceDecisionsTest.order("main", 1, "b", "b"), "refused: OrderRefused");
        when(RuleId.FORCE_TARGET_AWAY, held, ForceDecisionsTest.order("main", 1, "b", "d"), "refused: OrderRefused");
        GroupState begun = ForceDecisionsTest.begun(ForceDecisionsTest.forced(held));
        put(RuleId.PROMOTION_FORCED, authorize(begun, "b:90"), "accepted: PromotionForced PromotionAuthorized");
        put(RuleId.FORCED_TARGET_BEHIND, authorize(begun, "b:90 d:95"), "refused: FailoverHeld");
        var clone = new GroupCommand.StartRebuild(STAMP, 2, "c", RebuildMethod.CLONE, "not reached");
        when(RuleId.FORCED_NOT_REACHED, ForceDecisionsTest.established(), clone, "accepted: RebuildStarted");
    }

    private static List<MemberInfo> unwilling() {
        return List.of(Groups.member("a"), Groups.nofailover("b"), Groups.nofailover("c"));
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(RuleId.class)
    void produced(RuleId rule) {
        if (KEPT_ELSEWHERE.contains(rule)) {
            assertEquals(null, decided.get(rule), rule + " is decided here after all");
            return;
        }
        Decision decision = decided.get(rule);
        assertNotNull(decision, () -> rule + " has no situation in this test");
        assertTrue(rulesOf(decision).contains(rule), () -> "by " + rulesOf(decision) + ": " + decision.why());
        assertEquals(expected.get(rule), words(decision), decision.why());
    }

    private void reports() {
        var create = new GroupCommand.CreateGroup(
                STAMP, "main", "a", Facts.uuid(1), members(), List.of("a", "b", "c"), SETTINGS);
        when(RuleId.GROUP_CREATED, null, create, "accepted: GroupCreated FormatRaised");
        when(RuleId.GROUP_EXISTS, steady(), create, "refused:");
        when(RuleId.GROUP_ADOPTED, null, AdoptedGroupTest.ADOPT, "accepted: GroupAdopted FormatRaised");
        var firstLost = new GroupCommand.StartFailover(
                STAMP, 1, Reason.EXPIRED, Facts.evidence("b~900 c~900", 1), names("b c"));
        when(RuleId.FIRST_MEMBER_LOST, Groups.created(SETTINGS, members()), firstLost, "refused: FailoverHeld");
        SettingsDecisionsTest.show(this::put);
        var suspect = new GroupCommand.ReportSuspicion(STAMP, 1, "silent", List.of());
        when(RuleId.PRIMARY_SUSPECTED, steady(), suspect, "accepted: PrimarySuspected");
        var suspected = after(
                steady(), new GroupEvent.PrimarySuspected(1, RuleId.PRIMARY_SUSPECTED, "a", "b", "silent", List.of()));
        var clear = new GroupCommand.ClearSuspicion(STAMP, 1, "heard");
        when(RuleId.SUSPICION_CLEARED, suspected, clear, "accepted: SuspicionCleared");
        var unhealthy = new GroupCommand.ReportMemberHealth(STAMP, "c", false, "three probes");
        when(RuleId.MEMBER_UNHEALTHY, steady(), unhealthy, "accepted: MemberHealthChanged");
        var gate = new GroupCommand.ReportGate(STAMP, 1, "a", true, "barrier");
        when(RuleId.GATE_RECORDED, steady(), gate, "accepted: GateMoved");
        var route = new GroupCommand.ReportRoute(STAMP, 1, "haproxy", "a", names("b c"), 5);
        when(RuleId.ROUTE_MOVED, steady(), route, "accepted: RouteMoved");
        var told = new GroupCommand.ReportNotified(STAMP, 1, "mail", Severity.INFO, "all well", "done");
        when(RuleId.NOTIFIED, steady(), told, "accepted: PeopleNotified");
        var lost = new GroupCommand.ReportVotersLost(STAMP, 1, 4000);
        when(RuleId.VOTERS_LOST, steady(), lost, "accepted: VotersLost");
        SeatDecisionsTest.rules(this::when);
        VoterDecisionsTest.rules(this::when);
    }

    private void troubles() {
        var full = new GroupCommand.ReportDisk(STAMP, "a", TroubleDecisionsTest.free(2000));
        when(RuleId.DISK_HEADROOM, steady(), full, "accepted: DiskHeadroomChanged");
        GroupState critical = after(
                steady(),
                new GroupEvent.DiskHeadroomChanged(
                        1, RuleId.DISK_HEADROOM, "a", Headroom.Level.CRITICAL, full.spaces(), "a", "full"),
                new GroupEvent.DiskHeadroomChanged(
                        1, RuleId.DISK_HEADROOM, "d", Headroom.Level.CRITICAL, full.spaces(), "d", "full"));
        var handOver = new GroupCommand.HandOver(STAMP, 1, ORDER, List.of(new StandbyLag("b", 0)));
        when(RuleId.HAND_OVER, critical, handOver, "accepted: HandOverDecided SwitchoverOrdered");
        var nobody = new GroupCommand.HandOver(STAMP, 1, ORDER, List.of());
        when(RuleId.HAND_OVER_NOBODY, critical, nobody, "refused: HandOverDecided");
        when(RuleId.HAND_OVER_PAUSED, paused(critical), handOver, "refused: HandOverDecided");
        GroupState lately = after(
                critical, new GroupEvent.HandOverDecided(0, RuleId.HAND_OVER, "b", "a", Groups.NOW_MS - 1, "full"));
        when(RuleId.HAND_OVER_TOO_SOON, lately, handOver, "refused: HandOverDecided");
        GroupState exhausted = after(
                steady(),
                new GroupEvent.DiskHeadroomChanged(
                        1, RuleId.DISK_HEADROOM, "a", Headroom.Level.EXHAUSTED, full.spaces(), "a", "full"));
        var limit = new GroupCommand.LimitWrites(STAMP, 1, true, full.spaces(), List.of());
        when(RuleId.READ_ONLY, exhausted, limit, "accepted: WritesLimited");
        TOLD_BY.forEach((failure, rule) -> when(
                rule,
                steady(),
                new GroupCommand.ReportGreyFailure(STAMP, "b", failure, true, "as it is"),
                "accepted: GreyFailureChanged"));
        var clone = new GroupCommand.StartRebuild(STAMP, 1, "d", RebuildMethod.CLONE, "no data");
        when(RuleId.CLONE_DISK_CRITICAL, critical, clone, "refused:");
        GroupState tight = after(
                steady(),
                new GroupEvent.DiskHeadroomChanged(
                        1, RuleId.DISK_HEADROOM, "b", Headroom.Level.CRITICAL, full.spaces(), "b", "full"));
        put(RuleId.CANDIDATE_DISK, authorize(started(tight), "b:90 c:90"), "accepted: PromotionAuthorized");
    }

    private void failovers() {
        GroupState steady = steady();
        put(
                RuleId.FAILOVER_BY_MAJORITY,
                start(steady, Reason.LEASE_SILENT, SILENT, "b c"),
                "accepted: FailoverStarted");
        put(RuleId.FAILOVER_NO_MAJORITY, start(steady, Reason.LEASE_SILENT, "b~1900", "b c"), "refused: FailoverHeld");
        put(RuleId.FAILOVER_LEASE_ALIVE, start(steady, Reason.LEASE_SILENT, "a~90 b~900 c~90", "b c"), "refused:");
        put(RuleId.FAILOVER_NO_QUORUM, start(steady, Reason.LEASE_SILENT, SILENT, "b"), "refused: FailoverHeld");
        put(RuleId.FAILOVER_PAUSED, start(paused(steady), Reason.LEASE_SILENT, SILENT, "b c"), "refused: FailoverHeld");
        put(
                RuleId.FAILOVER_TOO_MANY,
                start(secondReign(waiting()), Reason.LEASE_SILENT, SILENT, "a c"),
                "refused: FailoverHeld");
        put(RuleId.FAILOVER_RUNNING, start(started(steady), Reason.LEASE_SILENT, SILENT, "b c"), "refused:");
        var again = new GroupCommand.StartFailover(AFTER_EXPIRY, 2, Reason.EXPIRED, List.of(), names("b c"));
        when(RuleId.FAILOVER_EXPIRED, started(steady), again, "accepted: FailoverStarted");
        var old = new GroupCommand.StartFailover(STAMP, 1, Reason.LEASE_SILENT, List.of(), names("b c"));
        when(RuleId.FAILOVER_STALE, secondReign(SETTINGS), old, "refused:");
    }

    private void promotions() {
        GroupState started = started(steady());
        put(
                RuleId.PROMOTION_AUTHORIZED,
                authorize(started, "b:90 c:80 a:dead:95"),
                "accepted: PromotionAuthorized PrimaryFenced");
        put(RuleId.PROMOTION_NO_QUORUM, authorize(started, "b:90 c:none"), "refused: FailoverHeld");
        put(
                RuleId.PROMOTION_NO_CANDIDATE,
                authorize(started(steady(SETTINGS, unwilling(), "1 b c")), "b:90 c:80"),
                "refused: FailoverHeld");
        GroupState single = started(steady(waiting(), members(), "1 b"));
        put(RuleId.PROMOTION_NO_STANDBY_LEFT, authorize(single, "b:90"), "refused: FailoverHeld");
        GroupState async = started(steady(Groups.asynchronous(100), members(), "none"));
        put(RuleId.PROMOTION_LAG_OVER_CAP, authorize(async, "b:90 c:80", 191), "refused: FailoverHeld");
        put(
                RuleId.PROMOTION_DEGRADED,
                authorize(started(degraded()), "a:dead:95 b:90"),
                "accepted: PromotionAuthorized PrimaryFenced");
    }

    private void candidates() {
        GroupState started = started(steady());
        String promoted = "accepted: PromotionAuthorized";
        put(RuleId.CANDIDATE_OFF_CHAIN, authorize(started, "b:90 c:90 d:95/1x"), promoted);
        put(RuleId.CANDIDATE_OLD_LINEAGE, authorize(started(secondReign(SETTINGS)), "a:150/2 c:200"), promoted);
        put(RuleId.CANDIDATE_BEHIND, authorize(started, "b:90 c:89"), promoted);
        var tagged = List.of(Groups.member("a"), Groups.nofailover("b"), Groups.member("c"));
        put(RuleId.CANDIDATE_NOFAILOVER, authorize(started(steady(SETTINGS, tagged, "1 b c")), "b:90 c:90"), promoted);
        put(RuleId.CANDIDATE_UNKNOWN, authorize(started, "b:90 c:90 d:none"), promoted);
        put(RuleId.CANDIDATE_FOREIGN, authorize(started, "b:90 c:90 d:99@8"), promoted);
        put(RuleId.CANDIDATE_IS_FORMER, authorize(started, "b:90 c:90 a:none"), promoted);
        put(RuleId.CANDIDATE_PREFERRED, authorize(started, "b:90 c:90"), promoted);
    }

    private void openings() {
        var enough =
                new GroupCommand.ReportEstablished(STAMP, 2, "b", Facts.reign(2, 90), new Lsn(100), names("c"), "7");
        when(RuleId.ESTABLISHED, authorized(), enough, "accepted: PrimaryFenced PrimaryEstablished");
        var tooFew =
                new GroupCommand.ReportEstablished(STAMP, 2, "b", Facts.reign(2, 90), new Lsn(100), names("a d"), "7");
        when(RuleId.ESTABLISHED_NOT_FLUSHED, authorized(), tooFew, "refused:");
        var restarted = new GroupCommand.ReportRestarted(STAMP, 1, "a", new Lsn(50), names("c"), "crashed");
        when(RuleId.BARRIER_PASSED, steady(), restarted, "accepted: RestartBarrier");
        var alone = new GroupCommand.ReportRestarted(STAMP, 1, "a", new Lsn(50), names("d"), "crashed");
        when(RuleId.BARRIER_NOT_FLUSHED, steady(), alone, "refused:");
        var fenced = new GroupCommand.ReportFenced(STAMP, 2, "a", Fencing.VERIFIED_DEAD, "no process left");
        when(RuleId.FENCED, started(steady()), fenced, "accepted: PrimaryFenced");
    }

    private void syncSets() {
        when(RuleId.SYNC_SET_SHRUNK, steady(), revise("", "c"), "accepted: SyncSetIntended");
        when(RuleId.SYNC_SET_GROWN, steady(), revise("d", ""), "accepted: SyncSetIntended");
        when(RuleId.SYNC_SET_BUSY, intending(steady(), "1 b"), revise("d", ""), "refused:");
        when(RuleId.SYNC_SET_APPLIED, intending(steady(), "1 b"), applied("1 b", "b"), "accepted: SyncSetApplied");
        when(
                RuleId.DURABILITY_DEGRADED,
                intending(steady(), "none"),
                applied("none", ""),
                "accepted: SyncSetApplied DurabilityChanged");
        when(
                RuleId.DURABILITY_RESTORED,
                intending(degraded(), "1 b"),
                applied("1 b", "b"),
                "accepted: SyncSetApplied DurabilityChanged");
        when(RuleId.SYNC_SET_EMPTIED, AsynchronousTest.ordered(steady()), revise("", ""), "accepted: SyncSetIntended");
        when(RuleId.DURABILITY_WAITS, steady(waiting(), members(), "1 b c"), revise("", "b c"), "refused:");
    }

    private void rebuilds() {
        var clone = new GroupCommand.StartRebuild(STAMP, 1, "c", RebuildMethod.CLONE, "no data");
        when(RuleId.REBUILD_STARTED, steady(), clone, "accepted: RebuildStarted");
        GroupState cloning = CloneSourceDecisionsTest.cloning();
        CloneSourceDecisionsTest.examples(this::put);
        when(RuleId.REBUILD_BUSY, cloning, clone, "refused:");
        var joined = new GroupCommand.ReportJoined(STAMP, 1, "d", new Lsn(90));
        when(RuleId.REBUILD_DONE, cloning, joined, "accepted: MemberJoined");
        var stuck = new GroupCommand.ReportStuck(STAMP, 1, "d", "disk full");
        when(RuleId.MEMBER_STUCK, cloning, stuck, "accepted: MemberStuck");
    }

    private void orders() {
        when(RuleId.ORDER_ACCEPTED, steady(), switchover("b"), "accepted: SwitchoverOrdered");
        when(RuleId.ORDER_UNKNOWN_MEMBER, steady(), switchover("x"), "refused: OrderRefused");
        when(RuleId.ORDER_SELF, steady(), switchover("a"), "refused: OrderRefused");
        when(RuleId.ORDER_LAGGING, steady(), switchover("c"), "refused: OrderRefused");
        when(RuleId.ORDER_BUSY, started(steady()), switchover("b"), "refused: OrderRefused");
        when(RuleId.ORDER_NO_PRIMARY, Groups.created(SETTINGS, members()), switchover("b"), "refused: OrderRefused");
        when(RuleId.ORDER_NOT_SYNC, steady(), switchover("d"), "refused: OrderRefused");
        var pause = new GroupCommand.OrderMode(STAMP, ORDER, Mode.PAUSED, "eve", "again");
        when(RuleId.ORDER_ALREADY, paused(steady()), pause, "refused: OrderRefused");
        var reinit = new GroupCommand.OrderReinit(STAMP, ORDER, "eve", "b");
        when(RuleId.ORDER_KEEPS_COPIES, Groups.steady(SETTINGS, members(), "1 b"), reinit, "refused: OrderRefused");
        GroupState untilNow = after(
                steady(),
                new GroupEvent.ModeChanged(
                        1, RuleId.ORDER_ACCEPTED, ORDER, Mode.PAUSED, "eve", "switches", STAMP.wallMs()));
        when(RuleId.PAUSE_ENDED, untilNow, new GroupCommand.EndPause(STAMP), "accepted: ModeChanged");
        var done = new GroupCommand.ReportOperation(STAMP, ORDER, false, "b did not get it all");
        when(RuleId.ORDER_FINISHED, switchingOver(steady(), "b"), done, "accepted: OperationFinished");
        var busy = new GroupCommand.ReportPoolersBusy(STAMP, ORDER, "a transaction is open");
        when(RuleId.POOLERS_BUSY, switchingOver(steady(), "b"), busy, "accepted: OperationFinished");
    }

    private static GroupCommand switchover(String target) {
        var lags = List.of(new StandbyLag("b", 0), new StandbyLag("c", 1L << 40), new StandbyLag("d", 0));
        return new GroupCommand.OrderSwitchover(STAMP, ORDER, "eve", target, lags, false);
    }

    private static GroupCommand revise(String caughtUp, String silent) {
        return new GroupCommand.ReviseSyncSet(STAMP, 1, names(caughtUp), names(silent));
    }

    private static GroupCommand applied(String rule, String flushedBy) {
        SyncSet now = syncSet(rule);
        return new GroupCommand.ReportSyncSetApplied(STAMP, 1, now, new Lsn(50), names(flushedBy));
    }

    private void when(RuleId rule, @Nullable GroupState given, GroupCommand when, String then) {
        put(rule, GroupDecider.decide(given, when), then);
    }

    private void put(RuleId rule, Decision decision, String then) {
        decided.put(rule, decision);
        expected.put(rule, then);
    }

    private static String words(Decision decision) {
        var words = new ArrayList<String>();
        words.add(decision.accepted() ? "accepted:" : "refused:");
        decision.events().forEach(event -> words.add(event.getClass().getSimpleName()));
        return String.join(" ", words);
    }

    private static Set<RuleId> rulesOf(Decision decision) {
        var rules = new TreeSet<RuleId>();
        rules.add(decision.rule());
        for (GroupEvent event : decision.events()) {
            rules.add(event.rule());
            if (event instanceof GroupEvent.PromotionAuthorized authorized) {
                authorized.ranking().entries().stream()
                        .map(Ranking.Entry::excludedBy)
                        .filter(java.util.Objects::nonNull)
                        .forEach(rules::add);
            }
        }
        return rules;
    }
}
