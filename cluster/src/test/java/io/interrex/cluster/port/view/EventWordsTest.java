package io.interrex.cluster.port.view;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.Fencing;
import io.interrex.cluster.group.FencingStep;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupEvent.Durability;
import io.interrex.cluster.group.KnownLoss;
import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.group.MembershipEvent;
import io.interrex.cluster.group.Mode;
import io.interrex.cluster.group.Ranking;
import io.interrex.cluster.group.Reason;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.group.StepResult;
import io.interrex.cluster.port.Notifier;
import io.interrex.cluster.settings.GroupSettings;
import io.interrex.cluster.settings.Profile;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class EventWordsTest {

    private static final UUID ID = new UUID(0, 1);
    private static final Lsn LSN = Lsn.parse("0/3000148");
    private static final GroupSettings SETTINGS = GroupSettings.defaults(Profile.FAST.timings());

    private static MemberInfo member(String name) {
        return new MemberInfo(name, "10.0.0.1", 5432, "z1", 0, false, false, false);
    }

    private static TreeSet<String> set(String... names) {
        return new TreeSet<>(Set.of(names));
    }

    static Stream<Arguments> sentences() {
        return Stream.of(
                        groups(),
                        failovers(),
                        promotions(),
                        syncSets(),
                        RebuildLines.rebuilds(),
                        orders(),
                        plannedWork(),
                        MaintenanceWordsTest.lines(),
                        SlotWordsTest.lines(),
                        TroubleLines.troubles(),
                        powerAndVoters())
                .flatMap(part -> part);
    }

    private static Stream<Arguments> groups() {
        return Stream.of(
                line(
                        new GroupEvent.GroupCreated(
                                1,
                                RuleId.GROUP_CREATED,
                                "main",
                                "a",
                                ID,
                                List.of(member("a"), member("b")),
                                1,
                                List.of("a", "b", "c"),
                                SETTINGS),
                        "group main is created with the members a, b and the voters a, b, c; a makes the database"),
                line(
                        new GroupEvent.GroupAdopted(
                                1,
                                RuleId.GROUP_ADOPTED,
                                "main",
                                "a",
                                ID,
                                List.of(member("a"), member("b")),
                                1,
                                List.of("a", "b", "c"),
                                SETTINGS,
                                "7011",
                                3,
                                "eve"),
                        "group main adopts the database 7011 of a (timeline 3) with the members a, b and the voters a, b, c, as eve ordered"),
                line(
                        new GroupEvent.SettingsRecorded(1, RuleId.SETTINGS_RECORDED, SETTINGS, List.of(member("a"))),
                        "settings " + SETTINGS.id() + " take effect for the members a"),
                line(
                        new GroupEvent.ConfigurationReloaded(
                                1, RuleId.RELOADED, "b", "eve", List.of("groups.main.k", "groups.main.strict")),
                        "eve has b read its file again: groups.main.k, groups.main.strict"),
                line(
                        new GroupEvent.FormatRaised(1, RuleId.FORMAT_RAISED, 8, 7),
                        "every node knows format 8, the log held format 7 until here: no node of an older release reads on"),
                line(
                        new GroupEvent.PrimarySuspected(
                                1, RuleId.PRIMARY_SUSPECTED, "a", "b", "no word for 812 ms", List.of()),
                        "b suspects the primary a: no word for 812 ms"),
                line(
                        new GroupEvent.SuspicionCleared(1, RuleId.SUSPICION_CLEARED, "a", "b", "heard again"),
                        "b no longer suspects the primary a: heard again"),
                line(
                        new GroupEvent.MemberHealthChanged(
                                1, RuleId.MEMBER_UNHEALTHY, "c", false, "a", "3 probes failed"),
                        "member c is UNHEALTHY, says a: 3 probes failed"),
                line(
                        new GroupEvent.FailoverHeld(
                                1, RuleId.FAILOVER_NO_QUORUM, "1 of 2 in reach", List.of("c"), List.of()),
                        "the failover is held: 1 of 2 in reach; missing: c"));
    }

    private static Stream<Arguments> failovers() {
        return Stream.of(
                line(
                        new GroupEvent.FailoverStarted(
                                2,
                                RuleId.FAILOVER_BY_MAJORITY,
                                "a",
                                Reason.LEASE_SILENT,
                                List.of(
                                        new Evidence.VoterView("b", 1, 812, 0, false, false),
                                        new Evidence.VoterView("c", 1, 1812, 0, false, false)),
                                "b",
                                0,
                                null,
                                null),
                        "b starts to replace a, because a majority of voters had no renewal (b: no renewal for 812 ms, c: no renewal for 1.8 s)"),
                line(
                        new GroupEvent.PrimaryFenced(2, RuleId.FENCED, "a", Fencing.LEASE_EXPIRED, "1400 ms passed"),
                        "a is fenced: it has lost its lease on a majority of voters (1400 ms passed)"));
    }

    private static Stream<Arguments> promotions() {
        var ranking = new Ranking(
                "b",
                List.of(
                        new Ranking.Entry("b", LSN, 1, null, "newest"),
                        new Ranking.Entry("a", LSN, 1, RuleId.CANDIDATE_IS_FORMER, "it is the former primary")));
        return Stream.of(
                line(
                        new GroupEvent.PromotionAuthorized(
                                2,
                                RuleId.PROMOTION_AUTHORIZED,
                                "b",
                                LSN,
                                SyncSet.of(1, List.of("c")),
                                ID,
                                1,
                                ID,
                                ranking,
                                List.of()),
                        "b may be promoted from 0/3000148 on, then commits wait for c; not: a (R530: it is the former primary)"),
                line(
                        new GroupEvent.PrimaryEstablished(
                                2, RuleId.ESTABLISHED, "b", new Reign(2, ID, 2, LSN), LSN, set("c"), "7"),
                        "b is primary on timeline 2; its marker at 0/3000148 is on c"),
                line(
                        new GroupEvent.RestartBarrier(2, RuleId.BARRIER_PASSED, "b", LSN, set("c"), "postmaster died"),
                        "b restarted; its WAL up to 0/3000148 is on c: postmaster died"),
                line(
                        new GroupEvent.GateMoved(2, RuleId.GATE_RECORDED, "b", true, "established"),
                        "the gate of b is open: established"),
                line(
                        new GroupEvent.RouteMoved(2, RuleId.ROUTE_MOVED, "haproxy", "b", set("c"), 14),
                        "router haproxy sends writes to b and reads to c, after 14 ms"),
                line(
                        new GroupEvent.PeopleNotified(
                                2,
                                RuleId.NOTIFIED,
                                "pager",
                                Notifier.Severity.CRITICAL,
                                "main: primary is b",
                                "delivered"),
                        "pager was told \"main: primary is b\" (critical): delivered"));
    }

    private static Stream<Arguments> syncSets() {
        return Stream.of(
                line(
                        new GroupEvent.SyncSetIntended(
                                2,
                                RuleId.SYNC_SET_GROWN,
                                SyncSet.of(1, List.of("c")),
                                SyncSet.of(1, List.of("a", "c")),
                                "a streams"),
                        "commits are to wait for 1 of a, c instead of c: a streams"),
                line(
                        new GroupEvent.SyncSetApplied(
                                2, RuleId.SYNC_SET_APPLIED, SyncSet.of(1, List.of("a", "c")), LSN, set("c")),
                        "commits wait for 1 of a, c; proven at 0/3000148 on c"),
                line(
                        new GroupEvent.DurabilityChanged(
                                2, RuleId.DURABILITY_DEGRADED, Durability.DEGRADED, "no standby is left"),
                        "ALARM: writes go on without a copy on a standby: no standby is left"));
    }

    private static final KnownLoss UNKNOWN = new KnownLoss(Lsn.ZERO, -1, "nobody saw a", -1, "it never spoke");

    private static Stream<Arguments> plannedWork() {
        return Stream.of(
                line(
                        new MembershipEvent.SeatMoved(4, RuleId.SEAT_MOVED, "c", "d", "eve"),
                        "eve gives the seat of voter c to node d, whose disk counts when 'interrex voter readmit' has given it the seat"),
                line(
                        new MembershipEvent.MembersChanged(
                                4, RuleId.MEMBERS_CHANGED, List.of("d"), List.of("c"), "eve"),
                        "eve changes the members: d is added; c is no member any more"),
                line(
                        new GroupEvent.SwitchoverScheduled(
                                2, RuleId.ORDER_ACCEPTED, ID, "eve", null, 0, 300_000, false),
                        "eve schedules a switchover to the best standby at 1970-01-01T00:00:00Z, to begin before 1970-01-01T00:05:00Z"),
                line(
                        new GroupEvent.SwitchoverScheduleHeld(
                                2, RuleId.SCHEDULE_HELD, ID, RuleId.ORDER_LAGGING, "a lags"),
                        "the scheduled switchover cannot begin yet: a lags (R915 ORDER_LAGGING)"),
                line(
                        new GroupEvent.SwitchoverScheduleEnded(2, RuleId.SCHEDULE_EXPIRED, ID, null, "a lags"),
                        "ALARM: the scheduled switchover does not take place: a lags"),
                line(
                        restart(false, true),
                        "eve orders the servers of c, b to be restarted, one after the other; another member takes over before the primary's"),
                line(
                        restart(true, false),
                        "eve orders the servers of c, b to be restarted, one after the other, the primary's first"),
                line(
                        new GroupEvent.ServerRestarted(2, RuleId.RESTART_STEP, ID, "c", 200, 0),
                        "the server of c was restarted by order"));
    }

    private static Stream<Arguments> orders() {
        return Stream.of(
                line(
                        new GroupEvent.SwitchoverOrdered(2, RuleId.ORDER_ACCEPTED, ID, "eve", "b", "a"),
                        "eve orders a switchover from b to a"),
                line(
                        new GroupEvent.ReinitOrdered(2, RuleId.ORDER_ACCEPTED, ID, "eve", "c"),
                        "eve orders c to be copied anew"),
                line(
                        new GroupEvent.ForcePromotionOrdered(
                                2,
                                RuleId.ORDER_ACCEPTED,
                                ID,
                                "eve",
                                "hosts burnt",
                                "main",
                                2,
                                "b",
                                RuleId.FAILOVER_NO_QUORUM,
                                UNKNOWN),
                        "eve overrides R315 FAILOVER_NO_QUORUM: b shall be promoted whatever is lost, because hosts burnt; known loss: unknown, because nobody saw a; last contact: unknown, because it never spoke"),
                line(
                        new GroupEvent.PromotionForced(
                                3,
                                RuleId.PROMOTION_FORCED,
                                ID,
                                "b",
                                "eve",
                                "hosts burnt",
                                "1 of 2 revoked",
                                2,
                                LSN,
                                UNKNOWN,
                                set("a")),
                        "FORCED by eve: b is promoted although 1 of 2 revoked; kept is what was committed up to 0/3000148 of epoch 2; known loss: unknown, because nobody saw a; last contact: unknown, because it never spoke; not reached, to be cloned: a (hosts burnt)"),
                line(
                        new GroupEvent.OrderRefused(2, RuleId.ORDER_SELF, "switchover", "eve", "b is the primary"),
                        "the order \"switchover\" of eve is refused: b is the primary"),
                line(
                        new GroupEvent.OperationFinished(2, RuleId.ORDER_FINISHED, ID, false, "it expired"),
                        "operation 00000000-0000-0000-0000-000000000001 FAILED: it expired"),
                line(
                        new GroupEvent.ModeChanged(2, RuleId.ORDER_ACCEPTED, null, Mode.PAUSED, "eve", "new switches"),
                        "eve pauses Interrex: new switches"),
                line(
                        new GroupEvent.ModeChanged(
                                2, RuleId.ORDER_ACCEPTED, null, Mode.PAUSED, "eve", "switches", 60_000),
                        "eve pauses Interrex until 1970-01-01T00:01:00Z: switches"));
    }

    private static Stream<Arguments> powerAndVoters() {
        return Stream.of(
                line(
                        new GroupEvent.FencingStepTaken(
                                2,
                                RuleId.FENCING_STEP,
                                "a",
                                FencingStep.POWER,
                                StepResult.STARTED,
                                1,
                                "b",
                                7,
                                "a and c have promised"),
                        "fencing a, step power (attempt 1, by b): started; a and c have promised"),
                line(
                        new GroupEvent.FencingStepTaken(
                                2,
                                RuleId.FENCING_STEP,
                                "a",
                                FencingStep.POWER,
                                StepResult.UNKNOWN,
                                2,
                                "b",
                                7,
                                "no answer in 30 s"),
                        "ALARM: fencing a, step power (attempt 2, by b): unknown; no answer in 30 s"),
                line(
                        new GroupEvent.HandOverDecided(2, RuleId.HAND_OVER, "a", "b", 7, "a is full"),
                        "a is to hand over to b: a is full"),
                line(
                        new GroupEvent.HandOverDecided(2, RuleId.HAND_OVER_NOBODY, "a", null, 7, "nobody has room"),
                        "ALARM: a does not hand over: nobody has room"),
                line(
                        new GroupEvent.VotersRecovered(
                                4,
                                RuleId.VOTERS_RECOVERED,
                                2,
                                List.of("a"),
                                List.of("b", "c"),
                                "b",
                                "eve",
                                "room 2 burnt down",
                                "its log ends with version 17",
                                "a",
                                9000),
                        "eve gives up the generation of voters before, and what b, c alone knew, because room 2 burnt down: a votes from now on (generation 2); its log ends with version 17"),
                line(
                        new GroupEvent.SeatVacated(4, RuleId.SEAT_VACATED, 1, "c", ID, "eve", "age", List.of("a", "b")),
                        "eve has the seat of voter c vacated, because age: what its old disk granted counts no more (change 1 of the voters); a, b answer"),
                line(
                        new GroupEvent.SeatTaken(4, RuleId.SEAT_TAKEN, 2, "c", ID, List.of("a", "b")),
                        "c votes again with an empty disk that knows all epochs (change 2 of the voters); a, b had said that they grant without the old one"),
                line(
                        new GroupEvent.VotersLost(2, RuleId.VOTERS_LOST, "b", 5300),
                        "ALARM: b had no majority of voters for 5.3 s; its gate was closed meanwhile"));
    }

    static Arguments line(GroupEvent event, String sentence) {
        return Arguments.of(event, sentence);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("sentences")
    void sentence(GroupEvent event, String sentence) {
        assertEquals(sentence, EventWords.sentence(event));
    }

    @Test
    @DisplayName("every type of event has a sentence in this test")
    void complete() {
        Set<Class<?>> seen = sentences()
                .map(arguments -> Objects.requireNonNull(arguments.get()[0]).getClass())
                .collect(Collectors.toSet());
        Set<Class<?>> all = EventWordsTest.kinds(GroupEvent.class).collect(Collectors.toSet());
        assertEquals(all, seen);
    }

    private static Stream<Class<?>> kinds(Class<?> type) {
        return type.isSealed()
                ? Stream.of(type.getPermittedSubclasses()).flatMap(EventWordsTest::kinds)
                : Stream.of(type);
    }

    private static GroupEvent restart(boolean primaryFirst, boolean switchover) {
        var runs = List.of(new GroupCommand.Run("c", 100, false, false), new GroupCommand.Run("b", 100, true, false));
        return new GroupEvent.RestartOrdered(
                2, RuleId.ORDER_ACCEPTED, ID, "eve", runs, new TreeSet<>(), primaryFirst, switchover, 0);
    }
}
