package io.interrex.cluster.port.view;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.FencingStep;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupEvent.Durability;
import io.interrex.cluster.group.GroupEvolution;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.group.Mode;
import io.interrex.cluster.group.Ranking;
import io.interrex.cluster.group.Reason;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.group.StepResult;
import io.interrex.cluster.group.Troubles.GreyFailure;
import io.interrex.cluster.settings.GroupSettings;
import io.interrex.cluster.settings.Profile;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("People are told as loudly as somebody on call would expect")
final class HeadlinesTest {

    private static final UUID ID = new UUID(0, 1);
    private static final Lsn LSN = new Lsn(100);

    private static String told(@Nullable GroupState before, GroupEvent event) {
        return Headlines.of(before, event)
                .map(headline -> headline.severity() + " " + headline.text())
                .orElse("nobody");
    }

    private static MemberInfo member(String name) {
        return new MemberInfo(name, "10.0.0.1", 5432, "z1", 0, false, false, false);
    }

    private static GroupState created() {
        return GroupEvolution.evolve(
                null,
                new GroupEvent.GroupCreated(
                        1,
                        RuleId.GROUP_CREATED,
                        "main",
                        "a",
                        ID,
                        List.of(member("a"), member("b")),
                        1,
                        List.of("a", "b", "c"),
                        GroupSettings.defaults(Profile.FAST.timings())));
    }

    private static GroupEvent.PrimaryEstablished established(long epoch, String member) {
        return new GroupEvent.PrimaryEstablished(
                epoch, RuleId.ESTABLISHED, member, new Reign(epoch, ID, 1, LSN), LSN, new TreeSet<>(), "7");
    }

    /** Epoch 2 is about to be established, for this reason. */
    private static GroupState promoting(Reason reason, String candidate) {
        GroupState first = GroupEvolution.evolve(created(), established(1, "a"));
        GroupState started = GroupEvolution.evolve(
                first,
                new GroupEvent.FailoverStarted(
                        2, RuleId.FAILOVER_BY_MAJORITY, "a", reason, List.of(), "c", 0, null, null));
        return GroupEvolution.evolve(
                started,
                new GroupEvent.PromotionAuthorized(
                        2,
                        RuleId.PROMOTION_AUTHORIZED,
                        candidate,
                        LSN,
                        SyncSet.of(1, List.of("c")),
                        ID,
                        1,
                        ID,
                        new Ranking(candidate, List.of()),
                        List.of()));
    }

    @ParameterizedTest(name = "{0}, and {1} is established => {2}")
    @CsvSource({
        "SWITCHOVER,   b, 'INFO Planned switchover done, now b'",
        "ORDERED,      b, 'INFO Ordered failover done, now b'",
        "LEASE_SILENT, b, 'CRITICAL CRITICAL: Primary Failover, now b'",
        "RELEASED,     b, 'CRITICAL CRITICAL: Primary Failover, now b'",
        "PRIMARY_DEAD, b, 'CRITICAL CRITICAL: Primary Failover, now b'",
        "EXPIRED,      b, 'CRITICAL CRITICAL: Primary Failover, now b'",
        "RELEASED,     a, 'WARNING Primary came back as itself: a'"
    })
    void primaries(Reason reason, String member, String told) {
        assertEquals(told, told(promoting(reason, member), established(2, member)));
    }

    @Test
    @DisplayName("the first primary of a group is information")
    void first() {
        assertEquals("INFO Group created, primary a", told(created(), established(1, "a")));
    }

    @ParameterizedTest(name = "a scheduled switchover ends by {0} => {1}")
    @CsvSource({
        "SCHEDULE_EXPIRED,   'WARNING Scheduled switchover did not take place: it lags'",
        "SCHEDULE_POINTLESS, 'INFO Scheduled switchover does not take place: it lags'",
        "SCHEDULE_CANCELLED, 'INFO Scheduled switchover does not take place: it lags'"
    })
    void scheduled(RuleId rule, String told) {
        assertEquals(told, told(created(), new GroupEvent.SwitchoverScheduleEnded(1, rule, ID, null, "it lags")));
    }

    private static GroupEvent power(StepResult result) {
        return new GroupEvent.FencingStepTaken(
                2, RuleId.FENCING_STEP, "a", FencingStep.POWER, result, 1, "b", 7, "why");
    }

    static Stream<Arguments> others() {
        var none = new TreeSet<String>();
        var one = SyncSet.of(1, List.of("b"));
        return Stream.of(
                Arguments.of(
                        "CRITICAL Failover held: R315 FAILOVER_NO_QUORUM",
                        new GroupEvent.FailoverHeld(1, RuleId.FAILOVER_NO_QUORUM, "1 of 2", List.of(), List.of())),
                Arguments.of(
                        "CRITICAL Member b: R265 UNKILLABLE",
                        new GroupEvent.GreyFailureChanged(
                                1, RuleId.UNKILLABLE, "b", GreyFailure.UNKILLABLE, true, "b", "process 7")),
                Arguments.of(
                        "INFO Member b, no more: R265 UNKILLABLE",
                        new GroupEvent.GreyFailureChanged(
                                1, RuleId.UNKILLABLE, "b", GreyFailure.UNKILLABLE, false, "b", "it is dead")),
                Arguments.of(
                        "CRITICAL Disk all but full: clients of a only read (data has 7 MiB)",
                        new GroupEvent.WritesLimited(1, RuleId.READ_ONLY, "a", true, List.of(), "data has 7 MiB")),
                Arguments.of(
                        "INFO Clients of a write again",
                        new GroupEvent.WritesLimited(1, RuleId.READ_ONLY, "a", false, List.of(), "data has 7 GiB")),
                Arguments.of("WARNING Powering off the host of a", power(StepResult.STARTED)),
                Arguments.of("WARNING The host of a is powered off", power(StepResult.DONE)),
                Arguments.of(
                        "CRITICAL The host of a is not known to be off: nobody is promoted", power(StepResult.UNKNOWN)),
                Arguments.of(
                        "CRITICAL Member stuck: b",
                        new GroupEvent.MemberStuck(1, RuleId.MEMBER_STUCK, "b", "its disk is full")),
                Arguments.of(
                        "CRITICAL Durability degraded: writes go on without a copy",
                        new GroupEvent.DurabilityChanged(1, RuleId.DURABILITY_DEGRADED, Durability.DEGRADED, "")),
                Arguments.of(
                        "WARNING Synchronous set shrinks: b does not acknowledge",
                        new GroupEvent.SyncSetIntended(
                                1, RuleId.SYNC_SET_SHRUNK, one, SyncSet.NONE, "b does not acknowledge")),
                Arguments.of(
                        "nobody",
                        new GroupEvent.SyncSetIntended(1, RuleId.SYNC_SET_GROWN, SyncSet.NONE, one, "b streams")),
                Arguments.of(
                        "WARNING Primary restarted in place: a",
                        new GroupEvent.RestartBarrier(1, RuleId.BARRIER_PASSED, "a", LSN, none, "it died")),
                Arguments.of(
                        "WARNING Majority of voters is back in reach of a",
                        new GroupEvent.VotersLost(1, RuleId.VOTERS_LOST, "a", 5300)),
                Arguments.of(
                        "WARNING Interrex paused by eve: only a person starts a failover",
                        new GroupEvent.ModeChanged(1, RuleId.ORDER_ACCEPTED, null, Mode.PAUSED, "eve", "new switches")),
                Arguments.of(
                        "INFO Interrex resumed by eve",
                        new GroupEvent.ModeChanged(1, RuleId.ORDER_ACCEPTED, null, Mode.AUTO, "eve", "done")),
                Arguments.of(
                        "INFO Switchover ordered by eve: a to b",
                        new GroupEvent.SwitchoverOrdered(1, RuleId.ORDER_ACCEPTED, ID, "eve", "a", "b")),
                Arguments.of(
                        "WARNING Ordered operation failed",
                        new GroupEvent.OperationFinished(1, RuleId.ORDER_FINISHED, ID, false, "it expired")),
                Arguments.of("nobody", new GroupEvent.OperationFinished(1, RuleId.ORDER_FINISHED, ID, true, "")),
                Arguments.of("nobody", new GroupEvent.GateMoved(1, RuleId.GATE_RECORDED, "a", false, "it died")));
    }

    @ParameterizedTest(name = "{1} => {0}")
    @MethodSource("others")
    void others(String told, GroupEvent event) {
        assertEquals(told, told(created(), event));
    }
}
