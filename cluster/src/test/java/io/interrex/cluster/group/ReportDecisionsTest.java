package io.interrex.cluster.group;

import static io.interrex.cluster.group.Facts.names;
import static io.interrex.cluster.group.Groups.SETTINGS;
import static io.interrex.cluster.group.Groups.STAMP;
import static io.interrex.cluster.group.Groups.after;
import static io.interrex.cluster.group.Groups.authorized;
import static io.interrex.cluster.group.Groups.members;
import static io.interrex.cluster.group.Groups.secondReign;
import static io.interrex.cluster.group.Groups.started;
import static io.interrex.cluster.group.Groups.steady;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.GroupCommand.ClearSuspicion;
import io.interrex.cluster.group.GroupCommand.RecordSettings;
import io.interrex.cluster.group.GroupCommand.ReportFenced;
import io.interrex.cluster.group.GroupCommand.ReportGate;
import io.interrex.cluster.group.GroupCommand.ReportJoined;
import io.interrex.cluster.group.GroupCommand.ReportMemberHealth;
import io.interrex.cluster.group.GroupCommand.ReportOperation;
import io.interrex.cluster.group.GroupCommand.ReportRoute;
import io.interrex.cluster.group.GroupCommand.ReportStuck;
import io.interrex.cluster.group.GroupCommand.ReportSuspicion;
import io.interrex.cluster.group.GroupCommand.StartRebuild;
import io.interrex.cluster.group.GroupEvent.PrimarySuspected;
import io.interrex.cluster.group.GroupEvent.RebuildMethod;
import io.interrex.cluster.group.GroupEvent.RebuildStarted;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is news is recorded once (RulesTest shows it); here, what is none. */
@DisplayName("A report")
class ReportDecisionsTest {

    private static Arguments of(String what, GroupState given, GroupCommand when) {
        return Arguments.of(what, given, when);
    }

    static Stream<Arguments> noNews() {
        GroupState suspected =
                after(steady(), new PrimarySuspected(1, RuleId.PRIMARY_SUSPECTED, "a", "b", "silent", List.of()));
        GroupState sick = after(
                steady(),
                new GroupEvent.MemberHealthChanged(1, RuleId.MEMBER_UNHEALTHY, "c", false, "b", "three probes"));
        GroupState fenced = after(
                started(steady()),
                new GroupEvent.PrimaryFenced(2, RuleId.FENCED, "a", Fencing.VERIFIED_DEAD, "no process"));
        GroupState stuck = after(steady(), new GroupEvent.MemberStuck(1, RuleId.MEMBER_STUCK, "d", "disk full"));
        return Stream.of(
                of(
                        "of settings that are recorded",
                        steady(),
                        new RecordSettings(STAMP, "tester", null, SETTINGS, members(), List.of())),
                of(
                        "of settings that are recorded, in another order",
                        steady(),
                        new RecordSettings(
                                STAMP, "tester", null, SETTINGS, members().reversed(), List.of())),
                of("of settings during a failover", started(steady()), settings()),
                of("of a suspicion that this node has reported", suspected, suspicion(1)),
                of("of a suspicion of another epoch", secondReign(SETTINGS), suspicion(1)),
                of("of a suspicion during a failover", started(steady()), suspicion(2)),
                of("that a suspicion is over which this node never had", steady(), new ClearSuspicion(STAMP, 1, "x")),
                of("that a suspicion of another epoch is over", suspected, new ClearSuspicion(STAMP, 2, "x")),
                of("that a sick member is sick", sick, new ReportMemberHealth(STAMP, "c", false, "x")),
                of("that a well member is well", steady(), new ReportMemberHealth(STAMP, "c", true, "x")),
                of("that a stranger is sick", steady(), new ReportMemberHealth(STAMP, "x", false, "x")),
                of("that a fenced primary is fenced", fenced, fencing("a", 2)),
                of("that another than the primary is fenced", started(steady()), fencing("c", 2)),
                of("that the primary is fenced, without a failover", steady(), fencing("a", 1)),
                of("that the primary is fenced, of another epoch", started(steady()), fencing("a", 1)),
                of("of a gate of another epoch", secondReign(SETTINGS), new ReportGate(STAMP, 1, "a", true, "x")),
                of(
                        "of a route of another epoch",
                        secondReign(SETTINGS),
                        new ReportRoute(STAMP, 1, "haproxy", "a", names("b"), 5)),
                of("that a member is back which was not away", steady(), new ReportJoined(STAMP, 1, "c", Lsn.ZERO)),
                of("that the primary is back", fenced, new ReportJoined(STAMP, 2, "a", Lsn.ZERO)),
                of("of an alarm that is raised", stuck, new ReportStuck(STAMP, 1, "d", "disk full")),
                of("of an alarm of another epoch", stuck, new ReportStuck(STAMP, 2, "d", "disk broken")),
                of(
                        "that an order is finished which does not run",
                        steady(),
                        new ReportOperation(STAMP, Groups.ORDER, true, "x")),
                of(
                        "that another order is finished than the one that runs",
                        Groups.switchingOver(steady(), "b"),
                        new ReportOperation(STAMP, Facts.uuid(8), true, "x")));
    }

    private static RecordSettings settings() {
        return new RecordSettings(STAMP, "tester", null, Groups.waiting(), members(), List.of());
    }

    private static ReportSuspicion suspicion(long epoch) {
        return new ReportSuspicion(STAMP, epoch, "silent", List.of());
    }

    private static ReportFenced fencing(String member, long epoch) {
        return new ReportFenced(STAMP, epoch, member, Fencing.VERIFIED_DEAD, "x");
    }

    @ParameterizedTest(name = "{0} is refused and leaves nothing in the log")
    @MethodSource("noNews")
    void nothing(String what, GroupState given, GroupCommand when) {
        Decision decision = GroupDecider.decide(given, when);
        assertFalse(decision.accepted(), what);
        assertEquals(List.of(), decision.events(), what);
    }

    @Test
    @DisplayName("before the group was created is refused, whatever it says")
    void beforeCreation() {
        Decision decision = GroupDecider.decide(null, suspicion(1));
        assertFalse(decision.accepted());
        assertEquals(RuleId.FAILOVER_STALE, decision.rule());
    }

    @Test
    @DisplayName("of an alarm with other words replaces it")
    void otherAlarm() {
        GroupState stuck = after(steady(), new GroupEvent.MemberStuck(1, RuleId.MEMBER_STUCK, "d", "disk full"));
        assertTrue(GroupDecider.decide(stuck, new ReportStuck(STAMP, 1, "d", "disk broken"))
                .accepted());
    }

    /** Given d is being cloned. */
    @ParameterizedTest(name = "that {0} asks for a {1} in epoch {2} => accepted: {3}, {4} events")
    @CsvSource({
        "c, CLONE,  1, false, 0",
        "c, REWIND, 1, true,  1",
        "c, STREAM, 1, true,  1",
        "d, CLONE,  1, true,  0",
        "d, REWIND, 1, true,  1",
        "a, REWIND, 1, false, 0",
        "x, REWIND, 1, false, 0",
        "c, REWIND, 2, false, 0",
    })
    void rebuild(String member, RebuildMethod method, long epoch, boolean accepted, int events) {
        GroupState cloning =
                after(steady(), new RebuildStarted(1, RuleId.REBUILD_STARTED, "d", RebuildMethod.CLONE, "no data"));
        Decision decision = GroupDecider.decide(cloning, new StartRebuild(STAMP, epoch, member, method, "x"));
        assertEquals(accepted, decision.accepted(), decision.why());
        assertEquals(events, decision.events().size());
    }

    @Test
    @DisplayName("that asks for a rebuild during a failover is refused: there is nobody to follow")
    void rebuildDuringFailover() {
        var command = new StartRebuild(STAMP, 2, "c", RebuildMethod.CLONE, "x");
        assertFalse(GroupDecider.decide(started(steady()), command).accepted());
        assertFalse(GroupDecider.decide(authorized(), command).accepted());
    }
}
